package io.shardsync.actuator.execute;

import io.shardsync.actuator.bedside.Answer;
import io.shardsync.actuator.bedside.Bedside;
import io.shardsync.actuator.bedside.NotAnswered;
import io.shardsync.actuator.ledger.Ending;
import io.shardsync.actuator.ledger.Story;
import io.shardsync.actuator.plan.Calls;
import io.shardsync.actuator.plan.Measure;
import io.shardsync.schemas.model.RecoveryResult.Undo;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Makes a call: the intent before it, what came of it after it, and what it changed read back. */
final class Acts {
    /** Less than a successor needs to take over from one that is silent. */
    private static final Duration LATE = Duration.ofSeconds(5);

    private final Story story;
    private final Stop stop;
    private final Bedside bedside;
    private final Means means;

    Acts(Story story, Stop stop, Bedside bedside, Means means) {
        this.story = story;
        this.stop = stop;
        this.bedside = bedside;
        this.means = means;
    }

    /** Empty where it was made, or may have been; otherwise how the command ends. */
    Optional<Ending> make(Measure measure) {
        stop.check();
        try {
            Optional<String> refused = refused(measure, send(measure));
            if (refused.isPresent()) {
                return Optional.of(
                        Ending.failed("refused", measure.call().action() + " was refused: " + refused.get()));
            }
        } catch (NotAnswered e) {
            story.noAnswer(measure, e.getMessage());
            // It may have been carried out all the same, or still be: what it was to change will tell.
            return e.outcomeUnknown()
                    ? readBack(measure, means.timing().patience(), "the call was not answered: " + e.getMessage())
                    : Optional.of(Ending.failed("unreachable", e.getMessage()));
        }
        return readBack(measure, means.timing().settle(), "the call was acknowledged");
    }

    /**
     * Makes a call, the intent before it. Who was stopped in between for a while, by its machine or by Kafka, may have
     * been taken for dead: then the call is no longer its to make.
     *
     * @throws NotAnswered if it was not made, or nobody knows
     */
    Answer send(Measure measure) {
        long begun = means.ticker().getAsLong();
        story.intent(measure);
        Duration passed = Duration.ofNanos(means.ticker().getAsLong() - begun);
        if (passed.compareTo(LATE) > 0) {
            throw new NotAnswered(
                    NotAnswered.Kind.REFUSED,
                    "not sent, too late: it took " + passed.toSeconds()
                            + " s to write the intent down, and another actuator may have taken over",
                    null);
        }
        return bedside.send(measure.call());
    }

    private Optional<String> refused(Measure measure, Answer answer) {
        if (!answer.ok()) {
            story.outcome(measure, answer.complaint());
            return Optional.of(answer.complaint());
        }
        List<String> refusals = answer.refusals();
        String told = String.join("; ", refusals);
        story.outcome(measure, "answered HTTP " + answer.status() + (refusals.isEmpty() ? "" : ", but " + told));
        // Of several reroute commands some may be carried out; with none, nothing was done although it says success.
        return !refusals.isEmpty() && refusals.size() == answer.explained() ? Optional.of(told) : Optional.empty();
    }

    /**
     * What Elasticsearch acknowledges is looked up all the same; a question that gets no answer is asked again.
     *
     * @param within how long a change may take to be seen
     * @param answer what came of the call, for people
     */
    private Optional<Ending> readBack(Measure measure, Duration within, String answer) {
        Instant begin = means.clock().instant();
        while (true) {
            Duration waited = Duration.between(begin, means.clock().instant());
            try {
                Optional<String> unchanged = measure.undo().stream()
                        .flatMap(undo -> unchanged(measure, undo).stream())
                        .findFirst();
                if (unchanged.isEmpty()) {
                    return Optional.empty();
                }
                if (waited.compareTo(within) > 0) {
                    return Optional.of(Ending.failed("setting", unchanged.get() + "; " + answer));
                }
            } catch (NotAnswered e) {
                if (waited.compareTo(means.timing().patience()) > 0) {
                    throw e;
                }
            }
            stop.pause(means.timing().interval());
        }
    }

    private Optional<String> unchanged(Measure measure, Undo undo) {
        boolean index = undo.scope().startsWith("index ");
        String name = index ? undo.scope().substring("index ".length()) : null;
        String now = index
                ? bedside.indexSetting(Set.of(name), undo.setting()).get(name)
                : bedside.settings().scopesOf(undo.setting()).get(undo.scope());
        boolean same = measure.call().action().equals(Calls.SET)
                ? !Objects.equals(now, Calls.values(measure.call()).get(undo.setting()))
                : now != null && now.equals(undo.former());
        return same ? Optional.of(undo.setting() + " (" + undo.scope() + ") is still " + now) : Optional.empty();
    }
}
