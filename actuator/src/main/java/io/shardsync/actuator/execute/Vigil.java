package io.shardsync.actuator.execute;

import io.shardsync.actuator.bedside.Bedside;
import io.shardsync.actuator.bedside.ClusterView;
import io.shardsync.actuator.bedside.Copy;
import io.shardsync.actuator.bedside.NotAnswered;
import io.shardsync.actuator.bedside.Recoveries;
import io.shardsync.actuator.bedside.ShardId;
import io.shardsync.actuator.diagnose.Examination;
import io.shardsync.actuator.diagnose.Finding;
import io.shardsync.actuator.diagnose.Scope;
import io.shardsync.actuator.ledger.Ending;
import io.shardsync.actuator.ledger.Story;
import io.shardsync.actuator.plan.Goal;
import io.shardsync.actuator.watch.Backlog;
import io.shardsync.actuator.watch.Sighting;
import io.shardsync.actuator.watch.Verdict;
import io.shardsync.actuator.watch.Watch;
import io.shardsync.schemas.model.CopyState;
import io.shardsync.schemas.model.RecoveryResult.Progress;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Watches until a goal is reached or given up, by the routing table and the checkpoints alone. */
final class Vigil {
    private final Story story;
    private final Stop stop;
    private final Bedside bedside;
    private final Means means;
    private Instant silentSince;

    Vigil(Story story, Stop stop, Bedside bedside, Means means) {
        this.story = story;
        this.stop = stop;
        this.bedside = bedside;
        this.means = means;
    }

    /** What a routing table says about a goal that concerns one copy: reached, and how; empty where it is not. */
    static Optional<String> reached(Goal goal, ClusterView view) {
        if (goal instanceof Goal.Moved moved) {
            List<Copy> copies = view.copiesOf(moved.shard());
            boolean there =
                    copies.stream().anyMatch(copy -> copy.serves() && moved.to().equals(copy.node()));
            boolean gone = copies.stream().noneMatch(copy -> moved.from().equals(copy.node()));
            return there && gone
                    ? Optional.of("the copy of " + moved.shard() + " is STARTED on " + view.nodeName(moved.to())
                            + " and no longer on " + view.nodeName(moved.from()))
                    : Optional.empty();
        }
        if (goal instanceof Goal.Cancelled cancelled) {
            boolean goesOn = view.copiesOf(cancelled.shard()).stream()
                    .filter(copy -> String.valueOf(copy.allocationId()).equals(cancelled.allocation()))
                    .anyMatch(copy -> copy.state() == CopyState.INITIALIZING
                            || cancelled.node().equals(copy.movesTo()));
            return goesOn
                    ? Optional.empty()
                    : Optional.of("that recovery of " + cancelled.shard() + " is over; its copies: "
                            + view.copiesOf(cancelled.shard()).stream()
                                    .map(copy -> copy.role() + " " + copy.state()
                                            + (copy.node() == null ? "" : " on " + view.nodeName(copy.node())))
                                    .collect(Collectors.joining(", ")));
        }
        return Optional.empty();
    }

    Ending keep(Goal goal) {
        if (goal.shards().isEmpty()) {
            return Ending.verified("done and read back; no copy was waiting for it");
        }
        Watch watch = new Watch(means.timing().patience(), means.timing().settle());
        Set<String> indices = goal.shards().stream().map(ShardId::index).collect(Collectors.toCollection(TreeSet::new));
        Progress told = null;
        while (true) {
            stop.check();
            Sighting sighting = look(indices, goal);
            Verdict.Seen seen = sighting == null ? new Verdict.Seen(Verdict.GOING_ON, told) : watch.see(sighting);
            switch (seen.verdict()) {
                case HEALED -> {
                    return sighting.copies() == 0
                            ? Ending.verified("the shards were deleted meanwhile")
                            : goal instanceof Goal.Cancelled
                                    ? Ending.verified(sighting.words())
                                    : caughtUp(indices, goal, sighting.words());
                }
                case STUCK -> {
                    if (!(goal instanceof Goal.Healed)) {
                        return failed(goal, sighting);
                    }
                    Examination left = examine(indices, goal.shards());
                    if (!left.onlyWaiting() && !left.findings().isEmpty()) {
                        return failed(sighting, left);
                    }
                    watch.waitsForGoodReason();
                }
                case TOO_LONG -> {
                    return goal instanceof Goal.Healed
                            ? failed(sighting, examine(indices, goal.shards()))
                            : failed(goal, sighting);
                }
                case GOING_ON -> {}
            }
            if (sighting != null && !seen.progress().equals(told)) {
                told = seen.progress();
                story.progress(told, sighting.words());
            }
            stop.pause(means.timing().interval());
        }
    }

    /**
     * STARTED is not caught up: each replica must have every operation that its primary had at one moment. That moment
     * is the first reading, so that writes that go on do not move the mark.
     */
    private Ending caughtUp(Set<String> indices, Goal goal, String started) {
        Backlog backlog = new Backlog(goal.shards(), means.timing().patience());
        while (true) {
            stop.check();
            try {
                Instant now = means.clock().instant();
                Backlog.Told told = backlog.see(now, bedside.view(indices), bedside.checkpoints());
                silentSince = null;
                switch (told.verdict()) {
                    case HEALED -> {
                        return Ending.verified(started + "; " + told.message());
                    }
                    case TOO_LONG -> {
                        return Ending.failed("replica_stuck", tried() + started + ", but " + told.message());
                    }
                    default -> {}
                }
            } catch (NotAnswered e) {
                tolerate(e);
            }
            stop.pause(means.timing().interval());
        }
    }

    /** Null where the cluster did not answer this time: a heal is not given up for one unanswered question. */
    private Sighting look(Set<String> indices, Goal goal) {
        try {
            ClusterView view = bedside.view(indices);
            silentSince = null;
            Sighting counted = sighting(view, goal, Recoveries.NONE);
            // It asks every shard of these indices, so only where something runs.
            return counted.initializing() == 0 ? counted : sighting(view, goal, bedside.recoveries(indices));
        } catch (NotAnswered e) {
            tolerate(e);
            return null;
        }
    }

    private Sighting sighting(ClusterView view, Goal goal, Recoveries recoveries) {
        Instant now = means.clock().instant();
        if (goal instanceof Goal.Healed healed) {
            return Sighting.of(now, view, healed.shards(), recoveries);
        }
        ShardId shard = goal.shards().iterator().next();
        Optional<String> reached = reached(goal, view);
        boolean runs = view.copiesOf(shard).stream()
                .anyMatch(copy -> copy.movesTo() != null || copy.state() == CopyState.INITIALIZING);
        return new Sighting(
                now,
                view.copiesOf(shard).isEmpty() ? 0 : 1,
                reached.isPresent() ? 1 : 0,
                runs && reached.isEmpty() ? 1 : 0,
                recoveries.of(shard),
                reached.orElse("a copy of " + shard + (runs ? " is on its way" : " does not move")));
    }

    private void tolerate(NotAnswered e) {
        Instant now = means.clock().instant();
        silentSince = silentSince == null ? now : silentSince;
        if (now.isAfter(silentSince.plus(means.timing().patience()))) {
            throw e;
        }
    }

    private Examination examine(Set<String> indices, Set<ShardId> targets) {
        Scope scope =
                indices.size() == 1 ? new Scope(indices.iterator().next(), null, null) : new Scope(null, null, null);
        Examination all = means.diagnoser().examine(bedside, scope);
        return all.with(all.findings().stream()
                .map(finding -> new Finding(
                        finding.reason(),
                        finding.copies().stream()
                                .filter(copy -> targets.contains(copy.shard()))
                                .toList(),
                        finding.explained()))
                .filter(finding -> !finding.copies().isEmpty())
                .toList());
    }

    private Ending failed(Goal goal, Sighting sighting) {
        return Ending.failed(
                goal instanceof Goal.Moved ? "move" : "cancel",
                tried() + "and it did not come to its end: " + sighting.words());
    }

    private Ending failed(Sighting sighting, Examination left) {
        story.left(left);
        String why = left.findings().stream()
                .map(finding -> finding.cause().code() + ": " + finding.reason().text())
                .collect(Collectors.joining("; "));
        return Ending.failed(
                left.findings().isEmpty()
                        ? "timeout"
                        : left.findings().get(0).cause().code(),
                tried() + (sighting.copies() - sighting.started()) + " of " + sighting.copies()
                        + " copies are still not STARTED"
                        + (why.isEmpty()
                                ? ", without progress for "
                                        + means.timing().patience().toSeconds() + " s"
                                : ": " + why));
    }

    private String tried() {
        return story.last().plan().isEmpty()
                ? "nothing was to be done; "
                : "tried "
                        + story.last().plan().stream()
                                .map(call -> call.method() + " " + call.path())
                                .collect(Collectors.joining(", then "))
                        + "; ";
    }
}
