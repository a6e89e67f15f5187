package io.shardsync.actuator.execute;

import io.shardsync.actuator.bedside.Bedside;
import io.shardsync.actuator.bedside.ClusterView;
import io.shardsync.actuator.bedside.NotAnswered;
import io.shardsync.actuator.bedside.Pulse;
import io.shardsync.actuator.bedside.ShardId;
import io.shardsync.actuator.brake.Circumstances;
import io.shardsync.actuator.compare.Depth;
import io.shardsync.actuator.diagnose.Comparison;
import io.shardsync.actuator.diagnose.Examination;
import io.shardsync.actuator.diagnose.Looking;
import io.shardsync.actuator.diagnose.Scope;
import io.shardsync.actuator.ledger.Ending;
import io.shardsync.actuator.ledger.Story;
import io.shardsync.actuator.plan.Goal;
import io.shardsync.actuator.plan.Measure;
import io.shardsync.actuator.plan.Plan;
import io.shardsync.actuator.plan.Remedies;
import io.shardsync.actuator.plan.Remedy;
import io.shardsync.schemas.model.ClusterSnapshot;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.Control;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.model.RecoveryResult.Status;
import org.apache.kafka.common.KafkaException;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One command, from the diagnosis to its end: look, plan, brake, act, watch, verify. Each stage either hands over to
 * the next or ends the command.
 */
final class Execution {
    private static final Duration FRESH = Duration.ofSeconds(10);
    private static final ClusterView UNASKED = new ClusterView(null, null, Map.of(), Map.of());

    private final RecoveryCommand command;
    private final Remedy remedy;
    private final Story story;
    private final Stop stop;
    private final Bedside bedside;
    private final Means means;

    Execution(Story story, Stop stop, Bedside bedside, Means means) {
        this.command = story.command();
        this.remedy = Remedies.of(command.type());
        this.story = story;
        this.stop = stop;
        this.bedside = bedside;
        this.means = means;
    }

    /** How it ended; empty where it was stopped and somebody else will go on. */
    Optional<Ending> run() {
        try {
            story.started();
            if (!story.actedBefore()) {
                stop.check();
            }
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
        Examination seen = means.diagnoser().examine(bedside, Scope.of(command));
        Optional<String> missing = Scope.of(command).missingFrom(seen.view());
        return missing.isPresent() ? Ending.of(Status.REJECTED, missing.get()) : answer(closer(seen));
    }

    /**
     * What was begun before a restart is watched to its end, whatever the brakes say by now. A call whose outcome
     * nobody knows, or that was still to come, is made only if a fresh diagnosis shows that it is needed.
     */
    private Ending goOn() {
        Goal goal = story.goal();
        if (goal instanceof Goal.Settled) {
            return new Tuner(story, stop, bedside, means).interrupted();
        }
        Examination seen = patientlyExamined();
        boolean needed = !remedy.plan(command, seen).isEmpty()
                && !Vigil.reached(goal, seen.view()).isPresent();
        if (needed && (story.outcomeUnknown() || story.callsLeft())) {
            return answer(seen);
        }
        return needed && goal.shards().isEmpty()
                ? Ending.failed("setting", "the call was made before a restart, and what it was to change is unchanged")
                : proved(goal, vigil().keep(goal));
    }

    /** What has been begun is not given up for one unanswered question. */
    private Examination patientlyExamined() {
        Instant begun = means.clock().instant();
        while (true) {
            try {
                return closer(means.diagnoser().examine(bedside, Scope.of(command)));
            } catch (NotAnswered e) {
                if (means.clock().instant().isAfter(begun.plus(means.timing().patience()))) {
                    throw e;
                }
            }
            stop.pause(means.timing().interval());
        }
    }

    private Examination closer(Examination seen) {
        return remedy.look(command, seen, new Looking(bedside, means.standstill(), stop::pause));
    }

    private Ending answer(Examination first) {
        Examination seen = first;
        Plan plan = remedy.plan(command, seen);
        story.diagnosed(seen, plan);
        if (command.type() == CommandType.DIAGNOSE) {
            return Ending.of(Status.SUCCEEDED, plan.message());
        }
        if (plan.onlyWatches() && !command.dryRun()) {
            return vigil().keep(plan.goal());
        }
        if (plan.isEmpty()) {
            return Ending.of(plan.otherwise(), plan.message());
        }
        if (command.dryRun()) {
            return dryRun(seen, plan);
        }
        Instant begun = means.clock().instant();
        Optional<Ending> wrongWay = direction(plan).map(why -> Ending.of(Status.HELD, why));
        if (wrongWay.isPresent()) {
            return wrongWay.get();
        }
        if (Duration.between(begun, means.clock().instant()).compareTo(FRESH) > 0) {
            // Comparing takes as long as there are documents, and a call needs a diagnosis of now.
            seen = closer(means.diagnoser().examine(bedside, Scope.of(command)));
            Plan.Rebuild compared = plan.rebuild().orElse(null);
            plan = remedy.plan(command, seen);
            if (!plan.rebuild().equals(Optional.ofNullable(compared))) {
                return Ending.of(
                        Status.HELD,
                        "the copies changed while they were compared, so that the comparison no longer counts: "
                                + plan.message());
            }
            story.diagnosed(seen, plan);
        }
        return act(seen, plan);
    }

    private Ending act(Examination seen, Plan plan) {
        if (plan.goal() instanceof Goal.Settled settled) {
            return brake(Optional.of(seen), Optional.of(plan)).orElseGet(() -> new Tuner(story, stop, bedside, means)
                    .tune(plan.measures().get(0), settled));
        }
        Acts acts = new Acts(story, stop, bedside, means);
        for (Measure measure : plan.measures()) {
            Optional<Ending> ended = brake(Optional.of(seen), Optional.of(plan)).or(() -> acts.make(measure));
            if (ended.isPresent()) {
                return ended.get();
            }
        }
        return proved(plan.goal(), vigil().keep(plan.goal()));
    }

    /**
     * That a rebuilt replica is STARTED and caught up proves nothing: its documents are compared with its primary's.
     */
    private Ending proved(Goal goal, Ending moved) {
        boolean rebuilt = goal instanceof Goal.Moved && command.type() != CommandType.MOVE_SHARD;
        return rebuilt && moved.verified() ? new Proof(story, stop, bedside, means).of(goal, moved) : moved;
    }

    private Vigil vigil() {
        return new Vigil(story, stop, bedside, means);
    }

    private boolean changes() {
        return command.type().changing() && !command.dryRun();
    }

    private Ending dryRun(Examination seen, Plan plan) {
        String held = direction(plan)
                .or(() -> brake(Optional.of(seen), Optional.of(plan)).map(Ending::message))
                .map(why -> "; it would be held now: " + why)
                .orElse("");
        return Ending.of(
                Status.DRY_RUN, "dry run, nothing was changed. Would make these calls: " + plan.message() + held);
    }

    /**
     * Rebuilding a replica destroys what it alone holds. It is done where the comparison shows that there is nothing of
     * the kind, or where a person has taken it on himself.
     */
    private Optional<String> direction(Plan plan) {
        if (plan.rebuild().isEmpty()) {
            return Optional.empty();
        }
        Plan.Rebuild rebuild = plan.rebuild().get();
        Comparison.Outcome shown = means.comparison()
                .compare(bedside, rebuild.shard(), rebuild.node(), byContent(rebuild.shard()), stop::pause);
        if (shown.direction() == Comparison.Direction.PRIMARY_HAS_ALL) {
            return Optional.empty();
        }
        Optional<String> taken = story.approvedBy()
                .map(by -> "approved by " + by)
                .or(() -> shown.direction() == Comparison.Direction.UNPROVEN ? stated() : Optional.empty());
        if (taken.isPresent()) {
            if (!command.dryRun()) {
                story.note("direction", taken.get() + "; " + shown.why());
            }
            return Optional.empty();
        }
        return Optional.of("brake direction: it is not shown that the primary of " + rebuild.shard()
                + " is the right copy (" + shown.why() + "), and rebuilding the replica would destroy what it alone"
                + " holds. Compare them (VERIFY_CONSISTENCY); then a person may send RESYNC_REPLICA with"
                + " params.primary_is_right=true, or have it approved by a second one");
    }

    /** A fault that only content showed is neither understood nor proved to be gone without it. */
    private boolean byContent(ShardId shard) {
        Depth wished = Depth.of(command.params().get(Depth.PARAM)).orElse(Depth.VERSIONS);
        try {
            return wished == Depth.CONTENT || new Inspection(story, stop, bedside, means).contentDiffered(shard);
        } catch (KafkaException e) {
            return true;
        }
    }

    private Optional<String> stated() {
        boolean right = "true".equals(String.valueOf(command.params().get("primary_is_right")));
        return right && command.type() == CommandType.RESYNC_REPLICA && !Circumstances.automatic(command)
                ? Optional.of(command.requestedBy() + " states that the primary is right (params.primary_is_right)")
                : Optional.empty();
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
        Pulse pulse = bedside.pulse();
        // Behind a hung node the next questions might wait for half a minute, and the answer is no anyway.
        boolean ask = pulse.allAnswer();
        ClusterView identity = ask ? bedside.identity() : UNASKED;
        Set<String> shutdowns = ask ? bedside.shutdowns() : Set.of();
        Optional<ClusterSnapshot> snapshot = snapshot();
        Instant now = means.clock().instant();
        return new Circumstances(
                now,
                command,
                controls,
                pulse,
                identity,
                shutdowns,
                seen,
                plan,
                snapshot,
                means.ledger().acts(now));
    }

    /** What can't be read counts as not there: who needs it is held. */
    private Optional<ClusterSnapshot> snapshot() {
        try {
            return means.snapshots().apply(command.cluster());
        } catch (KafkaException e) {
            return Optional.empty();
        }
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
