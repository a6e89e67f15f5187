package io.shardsync.actuator.execute;

import io.shardsync.actuator.bedside.Answer;
import io.shardsync.actuator.bedside.Bedside;
import io.shardsync.actuator.bedside.ClusterView;
import io.shardsync.actuator.bedside.NotAnswered;
import io.shardsync.actuator.bedside.Pulse;
import io.shardsync.actuator.bedside.Recoveries;
import io.shardsync.actuator.bedside.ShardId;
import io.shardsync.actuator.brake.Brakes;
import io.shardsync.actuator.brake.Circumstances;
import io.shardsync.actuator.diagnose.Diagnoser;
import io.shardsync.actuator.diagnose.Examination;
import io.shardsync.actuator.diagnose.Finding;
import io.shardsync.actuator.diagnose.Scope;
import io.shardsync.actuator.ledger.Ending;
import io.shardsync.actuator.ledger.Ledger;
import io.shardsync.actuator.ledger.Story;
import io.shardsync.actuator.plan.Measure;
import io.shardsync.actuator.plan.Plan;
import io.shardsync.actuator.plan.Remedies;
import io.shardsync.actuator.watch.Sighting;
import io.shardsync.actuator.watch.Verdict;
import io.shardsync.actuator.watch.Watch;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.Control;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.model.RecoveryResult.Progress;
import io.shardsync.schemas.model.RecoveryResult.Status;
import io.shardsync.schemas.model.RecoveryResult.Undo;
import org.apache.kafka.common.KafkaException;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * One command, from the diagnosis to its end: look, plan, brake, act, watch, verify. Each stage either hands over to
 * the next or ends the command.
 */
final class Execution {
    private static final ClusterView UNASKED = new ClusterView(null, null, Map.of(), Map.of());

    private final RecoveryCommand command;
    private final Story story;
    private final Stop stop;
    private final Bedside bedside;
    private final Means means;
    private Instant silentSince;

    /**
     * What every execution works with.
     *
     * @param diagnoser looks
     * @param brakes say no
     * @param controls what people have ordered, read to the end; fails where that can't be read
     * @param ledger what was done before
     * @param timing how long to watch
     * @param clock the time
     */
    record Means(
            Diagnoser diagnoser,
            Brakes brakes,
            Supplier<List<Control>> controls,
            Ledger ledger,
            WatchTiming timing,
            Clock clock) {}

    Execution(Story story, Stop stop, Bedside bedside, Means means) {
        this.command = story.command();
        this.story = story;
        this.stop = stop;
        this.bedside = bedside;
        this.means = means;
    }

    /** How it ended; empty where it was stopped and somebody else will go on. */
    Optional<Ending> run() {
        try {
            story.started();
            return Optional.of(treat());
        } catch (Stop.Cancelled e) {
            return Optional.of(Ending.of(
                    Status.CANCELLED,
                    e.getMessage()
                            + (story.actedBefore()
                                    ? "; the calls that were made stay made, they are no longer watched"
                                    : "; nothing was changed")));
        } catch (Stop.Abandoned e) {
            return Optional.empty();
        } catch (NotAnswered e) {
            return Optional.of(unseen(e));
        }
    }

    private Ending treat() {
        if (story.actedBefore()) {
            return goOn();
        }
        if (changes()) {
            Optional<Ending> held = brake(Optional.empty(), Optional.empty());
            if (held.isPresent()) {
                return held.get();
            }
        }
        Examination seen = examine();
        Optional<String> missing = Scope.of(command).missingFrom(seen.view());
        return missing.isPresent() ? Ending.of(Status.REJECTED, missing.get()) : answer(seen);
    }

    /**
     * What was begun before a restart is watched to its end, whatever the brakes say by now. A call whose outcome
     * nobody knows, or that was still to come, is made only if a fresh diagnosis shows that it is needed.
     */
    private Ending goOn() {
        Examination seen = examine();
        boolean needed = !Remedies.of(command.type()).plan(command, seen).isEmpty();
        if (needed && (story.outcomeUnknown() || story.callsLeft())) {
            return answer(seen);
        }
        return needed && story.targets().isEmpty()
                ? Ending.failed("setting", "the call was made before a restart, and what it was to change is unchanged")
                : watch(story.targets());
    }

    private Examination examine() {
        return means.diagnoser().examine(bedside, Scope.of(command));
    }

    private Ending answer(Examination seen) {
        Plan plan = Remedies.of(command.type()).plan(command, seen);
        story.diagnosed(seen, plan);
        if (command.type() == CommandType.DIAGNOSE) {
            return Ending.of(Status.SUCCEEDED, plan.message());
        }
        if (plan.isEmpty()) {
            return Ending.of(Status.NOTHING_TO_DO, plan.message());
        }
        if (command.dryRun()) {
            return dryRun(seen, plan);
        }
        for (Measure measure : plan.measures()) {
            Optional<Ending> ended = brake(Optional.of(seen), Optional.of(plan)).or(() -> act(measure));
            if (ended.isPresent()) {
                return ended.get();
            }
        }
        return watch(plan.targets());
    }

    private boolean changes() {
        return command.type().changing() && !command.dryRun();
    }

    private Ending dryRun(Examination seen, Plan plan) {
        String held = brake(Optional.of(seen), Optional.of(plan))
                .map(ending -> "; it would be held now: " + ending.message())
                .orElse("");
        return Ending.of(
                Status.DRY_RUN, "dry run, nothing was changed. Would make these calls: " + plan.message() + held);
    }

    private Optional<Ending> brake(Optional<Examination> seen, Optional<Plan> plan) {
        List<Control> controls;
        try {
            controls = means.controls().get();
        } catch (KafkaException e) {
            return Optional.of(Ending.of(
                    Status.HELD,
                    "brake paused: control.v1 can't be read, so nobody knows whether healing is paused: "
                            + e.getMessage()));
        }
        return means.brakes()
                .objection(circumstances(controls, seen, plan))
                .map(why -> Ending.of(
                        Status.HELD, story.actedBefore() ? why + "; the steps say which calls were made before" : why));
    }

    private Circumstances circumstances(List<Control> controls, Optional<Examination> seen, Optional<Plan> plan) {
        Instant now = means.clock().instant();
        Pulse pulse = bedside.pulse();
        // Behind a hung node the next questions might wait for half a minute, and the answer is no anyway.
        boolean ask = pulse.allAnswer();
        return new Circumstances(
                now,
                command,
                controls,
                pulse,
                ask ? bedside.identity() : UNASKED,
                ask ? bedside.shutdowns() : Set.of(),
                seen,
                plan,
                means.ledger().acts(now));
    }

    private Optional<Ending> act(Measure measure) {
        stop.check();
        story.intent(measure);
        try {
            Answer answer = bedside.send(measure.call());
            story.outcome(measure, answer.ok() ? "answered HTTP " + answer.status() : answer.complaint());
            if (!answer.ok()) {
                return Optional.of(
                        Ending.failed("refused", measure.call().action() + " was refused: " + answer.complaint()));
            }
            return switchedBack(measure);
        } catch (NotAnswered e) {
            story.outcome(measure, "no answer: " + e.getMessage());
            // It may have been carried out all the same; the routing table will tell.
            return e.outcomeUnknown() ? Optional.empty() : Optional.of(Ending.failed("unreachable", e.getMessage()));
        }
    }

    /** What Elasticsearch acknowledges is looked up all the same. */
    private Optional<Ending> switchedBack(Measure measure) {
        for (Undo undo : measure.undo()) {
            boolean index = undo.scope().startsWith("index ");
            String name = index ? undo.scope().substring("index ".length()) : null;
            String now = index
                    ? bedside.indexSetting(Set.of(name), undo.setting()).get(name)
                    : bedside.settings().scopesOf(undo.setting()).get(undo.scope());
            if (undo.former().equals(now)) {
                return Optional.of(Ending.failed(
                        "setting",
                        undo.setting() + " (" + undo.scope() + ") is still " + now
                                + " although the call was acknowledged"));
            }
        }
        return Optional.empty();
    }

    private Ending watch(Set<ShardId> targets) {
        if (targets.isEmpty()) {
            return Ending.verified("done and read back; no copy was waiting for it");
        }
        Watch watch = new Watch(means.timing().patience(), means.timing().settle());
        Set<String> indices = targets.stream().map(ShardId::index).collect(Collectors.toCollection(TreeSet::new));
        Progress told = null;
        while (true) {
            stop.check();
            Sighting sighting = look(indices, targets);
            Verdict.Seen seen = sighting == null ? new Verdict.Seen(Verdict.GOING_ON, told) : watch.see(sighting);
            switch (seen.verdict()) {
                case HEALED -> {
                    return Ending.verified(
                            sighting.copies() == 0
                                    ? "the shards were deleted meanwhile"
                                    : "all " + sighting.copies() + " copies of " + targets.size()
                                            + " shards are STARTED");
                }
                case STUCK -> {
                    Examination left = examine(indices, targets);
                    if (!left.onlyWaiting() && !left.findings().isEmpty()) {
                        return failed(sighting, left);
                    }
                    watch.waitsForGoodReason();
                }
                case TOO_LONG -> {
                    return failed(sighting, examine(indices, targets));
                }
                case GOING_ON -> {}
            }
            if (sighting != null && !seen.progress().equals(told)) {
                told = seen.progress();
                story.progress(
                        told,
                        sighting.started() + " of " + sighting.copies() + " copies are STARTED, "
                                + sighting.initializing() + " recover");
            }
            stop.pause(means.timing().interval());
        }
    }

    /** Null where the cluster did not answer this time: a heal is not given up for one unanswered question. */
    private Sighting look(Set<String> indices, Set<ShardId> targets) {
        try {
            var view = bedside.view(indices);
            silentSince = null;
            Sighting counted = Sighting.of(means.clock().instant(), view, targets, Recoveries.NONE);
            // It asks every shard of these indices, so only where something runs.
            return counted.initializing() == 0
                    ? counted
                    : Sighting.of(counted.at(), view, targets, bedside.recoveries(indices));
        } catch (NotAnswered e) {
            Instant now = means.clock().instant();
            silentSince = silentSince == null ? now : silentSince;
            if (now.isAfter(silentSince.plus(means.timing().patience()))) {
                throw e;
            }
            return null;
        }
    }

    private Examination examine(Set<String> indices, Set<ShardId> targets) {
        Scope scope =
                indices.size() == 1 ? new Scope(indices.iterator().next(), null, null) : new Scope(null, null, null);
        Examination all = means.diagnoser().examine(bedside, scope);
        List<Finding> ours = all.findings().stream()
                .map(finding -> new Finding(
                        finding.reason(),
                        finding.copies().stream()
                                .filter(copy -> targets.contains(copy.shard()))
                                .toList(),
                        finding.explained()))
                .filter(finding -> !finding.copies().isEmpty())
                .toList();
        return new Examination(all.at(), scope, all.view(), all.settings(), all.indexSwitches(), ours);
    }

    private Ending failed(Sighting sighting, Examination left) {
        story.left(left);
        String why = left.findings().stream()
                .map(finding -> finding.cause().code() + ": " + finding.reason().text())
                .collect(Collectors.joining("; "));
        String tried = story.last().plan().stream()
                .map(call -> call.method() + " " + call.path())
                .collect(Collectors.joining(", then "));
        return Ending.failed(
                left.findings().isEmpty()
                        ? "timeout"
                        : left.findings().get(0).cause().code(),
                "tried " + tried + "; " + (sighting.copies() - sighting.started()) + " of " + sighting.copies()
                        + " copies are still not STARTED"
                        + (why.isEmpty()
                                ? ", without progress for "
                                        + means.timing().patience().toSeconds() + " s"
                                : ": " + why));
    }

    private Ending unseen(NotAnswered e) {
        if (changes() && !story.actedBefore()) {
            return Ending.of(
                    Status.HELD,
                    (e.kind() == NotAnswered.Kind.NO_MASTER
                                    ? "brake no_master: the cluster has no elected master: "
                                    : "brake unseen: nothing is changed on a cluster that can't be seen: ")
                            + e.getMessage());
        }
        return Ending.failed("unreachable", "the cluster did not answer: " + e.getMessage());
    }
}
