package io.shardsync.actuator.diagnose;

import io.shardsync.actuator.bedside.Bedside;
import io.shardsync.actuator.bedside.Checkpoint;
import io.shardsync.actuator.bedside.Checkpoints;
import io.shardsync.actuator.bedside.ClusterView;
import io.shardsync.actuator.bedside.Copy;
import io.shardsync.actuator.bedside.Recovering;
import io.shardsync.schemas.model.CopyState;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Finds what stands still, by looking for as long as it takes to be sure: a recovery without a byte, file or operation,
 * a started copy without an operation. Ends at once where everything moves.
 *
 * @param clock the time
 * @param stall how long a recovery must stand still ({@code recovery.stall.ms})
 * @param stuck how long a started copy must ({@code lag.stuck.ms})
 * @param interval between two looks
 */
public record Standstill(Clock clock, Duration stall, Duration stuck, Duration interval) {

    /** The same examination, with recoveries in its scope that are stalled as a cause of their own. */
    public Examination recoveries(Bedside bedside, Examination seen, Pause pause) {
        Set<String> indices = seen.view()
                .copies()
                .filter(copy -> copy.state() == CopyState.INITIALIZING || copy.movesTo() != null)
                .filter(seen.scope()::lies)
                .map(copy -> copy.shard().index())
                .collect(Collectors.toCollection(TreeSet::new));
        if (indices.isEmpty()) {
            return seen;
        }
        Instant begin = clock.instant();
        Map<String, Recovering> still = new HashMap<>();
        running(bedside, indices, seen.scope()).forEach(one -> still.put(one.id(), one));
        while (!still.isEmpty() && clock.instant().isBefore(begin.plus(stall))) {
            pause.pause(interval);
            Map<String, Recovering> now = running(bedside, indices, seen.scope()).stream()
                    .collect(Collectors.toMap(Recovering::id, one -> one, (one, same) -> one));
            still.values()
                    .removeIf(first ->
                            !now.containsKey(first.id()) || !now.get(first.id()).standsStillSince(first));
        }
        if (still.isEmpty()) {
            return seen;
        }
        // What was seen first is old by now, and a call must not rest on it.
        ClusterView view = bedside.view();
        List<Copy> copies = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        for (Recovering one : still.values()) {
            view.copiesOf(one.shard()).stream()
                    .filter(copy -> copy.state() == CopyState.INITIALIZING
                            ? one.target().equals(copy.node())
                            : one.target().equals(copy.movesTo()))
                    .forEach(copies::add);
            texts.add((one.primary() ? "primary " : "replica ") + one.shard() + " on "
                    + view.nodeName(one.target()) + " stands at stage " + one.stage() + ", " + one.bytesDone() + " of "
                    + one.bytesTotal() + " bytes, " + one.opsDone() + " operations");
        }
        return with(
                seen.renewed(clock.instant(), view),
                Cause.RECOVERY_STALLED,
                copies,
                "nothing moved for " + stall.toSeconds() + " s (recovery.stall.ms) and nothing held it back: "
                        + String.join("; ", texts));
    }

    private static List<Recovering> running(Bedside bedside, Set<String> indices, Scope scope) {
        return bedside.recoveries(indices).each().stream()
                .filter(one -> one.target() != null && scope.lies(one.shard()))
                .toList();
    }

    /** The same examination, with started replicas in its scope that are stuck as a cause of their own. */
    public Examination copies(Bedside bedside, Examination seen, Pause pause) {
        Instant begin = clock.instant();
        Checkpoints first = bedside.checkpoints();
        List<Copy> still = new ArrayList<>(seen.view()
                .copies()
                .filter(copy -> !copy.primary() && copy.serves())
                .filter(seen.scope()::lies)
                .filter(copy -> behind(copy, seen.view(), first))
                .toList());
        while (!still.isEmpty() && clock.instant().isBefore(begin.plus(stuck))) {
            pause.pause(interval);
            Checkpoints now = bedside.checkpoints();
            still.removeIf(copy -> {
                Checkpoint is = now.of(copy.shard()).get(copy.node());
                return is == null
                        || is.local() > first.of(copy.shard()).get(copy.node()).local();
            });
        }
        if (still.isEmpty()) {
            return seen;
        }
        ClusterView view = bedside.view();
        still.removeIf(copy -> !view.copiesOf(copy.shard()).contains(copy));
        return with(
                seen.renewed(clock.instant(), view),
                Cause.REPLICA_STUCK,
                still,
                "started, but without any operation for " + stuck.toSeconds()
                        + " s (lag.stuck.ms) although the primary has more: "
                        + still.stream()
                                .map(copy -> copy.shard() + " on " + seen.view().nodeName(copy.node())
                                        + " stands at "
                                        + first.of(copy.shard())
                                                .get(copy.node())
                                                .local())
                                .collect(Collectors.joining("; ")));
    }

    private static boolean behind(Copy replica, ClusterView view, Checkpoints checkpoints) {
        Map<String, Checkpoint> copies = checkpoints.of(replica.shard());
        Checkpoint own = copies.get(replica.node());
        return own != null
                && view.copiesOf(replica.shard()).stream()
                        .filter(Copy::primary)
                        .map(primary -> copies.get(String.valueOf(primary.node())))
                        .anyMatch(primary -> primary != null && own.local() < primary.maxSeqNo());
    }

    private static Examination with(Examination seen, Cause cause, List<Copy> copies, String text) {
        if (copies.isEmpty()) {
            return seen;
        }
        List<Finding> findings = new ArrayList<>();
        findings.add(new Finding(new Reason(cause, null, text), copies, copies.size()));
        seen.findings().stream()
                .map(finding -> new Finding(
                        finding.reason(),
                        finding.copies().stream()
                                .filter(copy -> !copies.contains(copy))
                                .toList(),
                        finding.explained()))
                .filter(finding -> !finding.copies().isEmpty())
                .forEach(findings::add);
        return seen.with(findings);
    }
}
