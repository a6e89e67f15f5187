package io.shardsync.actuator.execute;

import io.shardsync.actuator.bedside.Answer;
import io.shardsync.actuator.bedside.Bedside;
import io.shardsync.actuator.bedside.ClusterView;
import io.shardsync.actuator.bedside.NotAnswered;
import io.shardsync.actuator.bedside.Recoveries;
import io.shardsync.actuator.ledger.Ending;
import io.shardsync.actuator.ledger.Ousted;
import io.shardsync.actuator.ledger.Story;
import io.shardsync.actuator.plan.Calls;
import io.shardsync.actuator.plan.Goal;
import io.shardsync.actuator.plan.Measure;
import io.shardsync.actuator.watch.Relocations;
import io.shardsync.schemas.model.CopyState;
import io.shardsync.schemas.model.RecoveryResult.Status;
import io.shardsync.schemas.model.RecoveryResult.Undo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Settings for a while: sets them, follows the relocations until nothing moves, and puts the former values back,
 * however it ends. After a crash they are put back first thing, and nothing is followed any more.
 */
final class Tuner {
    private static final Logger log = LoggerFactory.getLogger(Tuner.class);
    /** Relocations take minutes; asking every shard each second would be part of the load. */
    private static final int LOOKS_LEFT_OUT = 5;
    /** A full circuit breaker passes; what was set stays until it is put back. */
    private static final int TOO_MANY_REQUESTS = 429;

    private final Acts acts;
    private final Story story;
    private final Stop stop;
    private final Bedside bedside;
    private final Means means;

    Tuner(Story story, Stop stop, Bedside bedside, Means means) {
        this.acts = new Acts(story, stop, bedside, means);
        this.story = story;
        this.stop = stop;
        this.bedside = bedside;
        this.means = means;
    }

    Ending tune(Measure set, Goal.Settled goal) {
        Ending ending;
        try {
            ending = acts.make(set).orElseGet(() -> follow(goal.limit()));
        } catch (Stop.Cancelled e) {
            if (!story.actedBefore()) {
                throw e;
            }
            ending = Ending.of(Status.CANCELLED, e.getMessage());
        } catch (NotAnswered e) {
            ending = Ending.failed("unreachable", "the cluster did not answer: " + e.getMessage());
        } catch (Ousted | Stop.Abandoned e) {
            throw e;
        } catch (RuntimeException e) {
            if (!story.actedBefore()) {
                throw e;
            }
            log.atError()
                    .setCause(e)
                    .addKeyValue("command_id", story.last().commandId())
                    .log("relocations can't be followed any more, the former values are put back");
            ending = Ending.failed("internal", "unexpected: " + e);
        }
        return afterPuttingBack(ending);
    }

    /** The end of what a restart has interrupted. */
    Ending interrupted() {
        return afterPuttingBack(Ending.failed(
                "interrupted",
                "the actuator was restarted in the middle; what relocates goes on, and is no longer followed"));
    }

    private Ending afterPuttingBack(Ending ending) {
        List<String> foreign = new ArrayList<>();
        Optional<String> trouble = putBack(foreign);
        String left = foreign.isEmpty()
                ? ""
                : "; left as they are, for somebody else set them meanwhile: " + String.join(", ", foreign);
        return trouble.map(why -> Ending.failed(
                        "put_back",
                        ending.message() + "; the former values are NOT back: " + why + left + ". They stand in undo"))
                .orElseGet(() -> new Ending(
                        ending.status(),
                        ending.message() + "; the former values are back" + left,
                        ending.verified(),
                        ending.cause()));
    }

    private Ending follow(Duration limit) {
        Instant begin = means.clock().instant();
        Relocations relocations = new Relocations(means.timing().settle());
        Relocations.Told told = null;
        while (true) {
            stop.check();
            Instant now = means.clock().instant();
            try {
                Recoveries running = bedside.recoveries(List.of());
                boolean moves = running.running() > 0
                        || bedside.view()
                                .copies()
                                .anyMatch(copy ->
                                        copy.state() == CopyState.RELOCATING || copy.state() == CopyState.INITIALIZING);
                Relocations.Told next = relocations.see(now, running, moves);
                if (next.quiet()) {
                    return Ending.verified(next.message());
                }
                if (!next.equals(told)) {
                    told = next;
                    story.progress(next.progress(), next.message());
                }
            } catch (NotAnswered e) {
                story.progress(null, "the cluster did not answer, asking again: " + e.getMessage());
            }
            if (now.isAfter(begin.plus(limit))) {
                return Ending.failed(
                        "timeout",
                        "copies still relocate after " + limit.toSeconds() + " s: "
                                + (told == null ? "the cluster did not answer" : told.message()));
            }
            stop.pause(means.timing().interval().multipliedBy(LOOKS_LEFT_OUT));
        }
    }

    /**
     * Puts back what is still as this command has set it. Goes on trying for as long as the cluster does not answer or
     * has too much to do: as long as the values are there, the command has not ended.
     *
     * @param foreign gets the settings that somebody else has changed meanwhile
     * @return why they are not back; empty where they are
     */
    private Optional<String> putBack(List<String> foreign) {
        Map<String, String> set = story.last().plan().stream()
                .filter(call -> call.action().equals(Calls.SET))
                .findFirst()
                .map(Calls::values)
                .orElse(Map.of());
        Map<String, String> former = new HashMap<>();
        for (Undo undo : story.last().undo()) {
            former.put(undo.setting(), undo.former());
        }
        // What was not answered may still stand in the master's queue; what is sent now stands behind it.
        boolean sendAnyway = story.unanswered(Calls.SET);
        String silence = null;
        while (true) {
            try {
                ClusterView identity = bedside.pulse().allAnswer() ? bedside.identity() : null;
                if (identity != null && identity.master() != null) {
                    if (!Objects.equals(identity.uuid(), story.last().clusterUuid())) {
                        return Optional.of("behind the address is now another cluster, " + identity.uuid());
                    }
                    Map<String, String> todo = todo(set, former, sendAnyway, foreign);
                    if (todo.isEmpty()) {
                        return Optional.empty();
                    }
                    Optional<String> refused = send(Calls.putBack(todo));
                    if (refused.isPresent()) {
                        return refused;
                    }
                    sendAnyway = false;
                    continue;
                }
            } catch (NotAnswered e) {
                if (!e.getMessage().equals(silence)) {
                    silence = e.getMessage();
                    story.progress(null, "the former values can't be put back yet: " + silence);
                }
            }
            stop.linger(means.timing().interval());
        }
    }

    private Map<String, String> todo(
            Map<String, String> set, Map<String, String> former, boolean all, List<String> foreign) {
        Map<String, String> now = bedside.settings().persistent();
        Map<String, String> todo = new TreeMap<>();
        foreign.clear();
        set.forEach((setting, ours) -> {
            String value = now.get(setting);
            if (Objects.equals(value, former.get(setting))) {
                if (all) {
                    todo.put(setting, former.get(setting));
                }
            } else if (ours.equals(value)) {
                todo.put(setting, former.get(setting));
            } else {
                foreign.add(setting + "=" + value);
            }
        });
        return todo;
    }

    private Optional<String> send(Measure putBack) {
        Answer answer;
        try {
            answer = acts.send(putBack);
        } catch (NotAnswered e) {
            story.noAnswer(putBack, e.getMessage());
            throw e;
        }
        story.outcome(putBack, answer.ok() ? "answered HTTP " + answer.status() : answer.complaint());
        if (answer.status() == TOO_MANY_REQUESTS) {
            throw new NotAnswered(NotAnswered.Kind.REFUSED, answer.complaint(), null);
        }
        return answer.ok() ? Optional.empty() : Optional.of(answer.complaint());
    }
}
