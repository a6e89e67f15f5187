package io.shardsync.processor.alert;

import io.shardsync.processor.check.DeepCheck;
import io.shardsync.processor.check.IndexFact;
import io.shardsync.processor.count.Finding;
import io.shardsync.processor.count.PartitionSummary;
import io.shardsync.processor.heal.HealState;
import io.shardsync.processor.judge.Cause;
import io.shardsync.processor.order.SnapshotOrder;
import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.ClusterSnapshot;
import io.shardsync.schemas.model.ClusterSnapshot.Node;
import io.shardsync.schemas.model.ClusterSnapshot.Switch;
import io.shardsync.schemas.model.Control;
import io.shardsync.schemas.model.Verdict;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * All that is remembered of a cluster to judge it as a whole.
 *
 * @param newest the newest collection; null before the first
 * @param seen the newest collection that could read the cluster; null before the first
 * @param summaries by partition
 * @param lost nodes that left with copies on them, by node id
 * @param leaving nodes with a shutdown registered, also while they are away, by node name
 * @param silent nodes that do not answer, by node name
 * @param switchedOff since when each switch is off its default, by {@link #switchKey}
 * @param deleted indices that went away within the last minutes, and when
 * @param diverged shards whose copies differ, by {@code index/shard}
 * @param alerts by fingerprint
 * @param healing by what it is about ({@link io.shardsync.processor.heal.Target#key})
 */
public record ClusterMemory(
        ClusterSnapshot newest,
        ClusterSnapshot seen,
        Map<Integer, PartitionSummary> summaries,
        Map<String, LostNode> lost,
        Map<String, LeavingNode> leaving,
        Map<String, SilentNode> silent,
        Map<String, Instant> switchedOff,
        Map<String, Instant> deleted,
        Map<String, Diverged> diverged,
        Map<String, AlertState> alerts,
        Map<String, HealState> healing) {

    /**
     * @param copies how many it held when it was last seen
     * @param unassignedBefore how many copies of the cluster were unassigned before the first of those now lost left
     */
    public record LostNode(String name, int copies, int unassignedBefore, Instant at) {}

    /**
     * @param shutdown Elasticsearch's word: restart, remove, …
     * @param since when it was first seen to be registered
     * @param at when it was last seen to be
     */
    public record LeavingNode(String shutdown, Instant since, Instant at) {}

    /** @param misses collections in a row in which it did not answer */
    public record SilentNode(int misses, Instant since) {}

    /** A lost node is history this long after, once its copies have been built elsewhere. */
    private static final Duration LOST_FOR = Duration.ofMinutes(10);

    /** Twice as long as Elasticsearch itself waits for a node that was to restart. */
    private static final Duration AWAY_FOR = Duration.ofMinutes(10);

    /** A gap up to this is another collector taking over; clocks so near each other do no harm. */
    private static final Duration TAKE_OVER = Duration.ofSeconds(30);

    /** No interval between collections is as long; nothing is known to have lasted through such a gap. */
    private static final Duration LOOKED_AWAY = Duration.ofMinutes(5);

    private static final Duration EXPLAINS_FOR = Duration.ofMinutes(10);

    public ClusterMemory {
        summaries = ordered(summaries);
        lost = ordered(lost);
        leaving = ordered(leaving);
        silent = ordered(silent);
        switchedOff = ordered(switchedOff);
        deleted = ordered(deleted);
        diverged = ordered(diverged);
        alerts = ordered(alerts);
        healing = ordered(healing);
    }

    public static ClusterMemory empty() {
        return new ClusterMemory(null, null, null, null, null, null, null, null, null, null, null);
    }

    private static <K extends Comparable<K>, V> Map<K, V> ordered(Map<K, V> map) {
        return map == null ? new TreeMap<>() : new TreeMap<>(map);
    }

    /** How a switch is told from others. */
    public static String switchKey(Switch off) {
        return off.scope() + "|" + off.setting() + "|" + (off.index() == null ? "" : off.index());
    }

    public ClusterMemory with(PartitionSummary summary) {
        Map<Integer, PartitionSummary> next = new HashMap<>(summaries);
        next.put(summary.partition(), summary);
        return new ClusterMemory(
                newest,
                seen,
                next,
                lost,
                leaving,
                silent,
                switchedOff,
                deletedAfter(summary.at(), summary.gone()),
                diverged,
                alerts,
                healing);
    }

    /** Takes in a deep check: who was not proven equal since still differs. */
    public ClusterMemory with(DeepCheck check) {
        Map<String, Diverged> next = new HashMap<>(diverged);
        next.values()
                .removeIf(shard -> shard.index().equals(check.index())
                        && !shard.indexUuid().equals(check.indexUuid()));
        for (DeepCheck.Shard shard : check.shards()) {
            Diverged found = new Diverged(check.index(), check.indexUuid(), shard);
            if (shard.verdict() == Verdict.DIVERGENT) {
                next.put(found.key(), found);
            } else if (shard.verdict() == Verdict.CONSISTENT) {
                next.remove(found.key());
            }
        }
        return next.equals(diverged) ? this : withDiverged(next, deleted);
    }

    /** Of an index that is gone, or was made anew, nothing is known any more. */
    public ClusterMemory with(IndexFact fact) {
        Map<String, Diverged> next = new HashMap<>(diverged);
        boolean any = next.values()
                .removeIf(shard -> shard.index().equals(fact.index())
                        && fact.isGone() == shard.indexUuid().equals(fact.indexUuid()));
        return any ? withDiverged(next, deletedAfter(fact.at(), List.of(fact.index()))) : this;
    }

    private ClusterMemory withDiverged(Map<String, Diverged> nextDiverged, Map<String, Instant> nextDeleted) {
        return new ClusterMemory(
                newest,
                seen,
                summaries,
                lost,
                leaving,
                silent,
                switchedOff,
                nextDeleted,
                nextDiverged,
                alerts,
                healing);
    }

    private Map<String, Instant> deletedAfter(Instant at, List<String> gone) {
        Map<String, Instant> after = new HashMap<>(deleted);
        after.values().removeIf(when -> when.plus(EXPLAINS_FOR).isBefore(at));
        gone.forEach(index -> after.put(index, at));
        return after;
    }

    /** Why an alert ends. */
    public String resolution(Alert alert) {
        List<String> indices = alert.index() != null
                ? List.of(alert.index())
                : alert.affected().indices();
        boolean allGone = !indices.isEmpty() && deleted.keySet().containsAll(indices);
        if (allGone) {
            return "deleted: " + String.join(", ", indices);
        }
        return alert.alertname().equals("CopiesDiverge")
                ? "a deep check found the copies equal"
                : "the condition holds no more";
    }

    public ClusterMemory with(Map<String, AlertState> nextAlerts, Map<String, HealState> nextHealing) {
        return new ClusterMemory(
                newest,
                seen,
                summaries,
                lost,
                leaving,
                silent,
                switchedOff,
                deleted,
                diverged,
                nextAlerts,
                nextHealing);
    }

    public ClusterMemory withHealing(Map<String, HealState> nextHealing) {
        return nextHealing.equals(healing) ? this : with(alerts, nextHealing);
    }

    /** Whether the newest collection could read the cluster, and its shards with it. */
    public boolean sees() {
        return newest.reachable() && newest.view() != ClusterSnapshot.View.NO_MASTER;
    }

    /**
     * Takes in the end of a collection; one that could not see says nothing about the nodes.
     *
     * @param wallMs now, epoch milliseconds
     * @return this, if it is not news
     */
    public ClusterMemory with(ClusterSnapshot snapshot, long wallMs) {
        if (newest != null && !SnapshotOrder.isNews(snapshot.snapshotId(), newest.snapshotId(), wallMs)) {
            return this;
        }
        return onTheClockOf(snapshot).taking(snapshot);
    }

    /** Times of two collectors' clocks can't be subtracted: what had lasted for so long then has lasted so long now. */
    private ClusterMemory onTheClockOf(ClusterSnapshot snapshot) {
        if (newest == null) {
            return this;
        }
        Duration gap = Duration.between(newest.completedAt(), snapshot.completedAt());
        boolean sameClock = Objects.equals(newest.collectorId(), snapshot.collectorId());
        if (!gap.isNegative() && gap.compareTo(sameClock ? LOOKED_AWAY : TAKE_OVER) <= 0) {
            return this;
        }
        Map<String, SilentNode> nextSilent = new HashMap<>(silent);
        nextSilent.replaceAll(
                (node, one) -> new SilentNode(one.misses(), one.since().plus(gap)));
        Map<String, Instant> nextSwitches = new HashMap<>(switchedOff);
        nextSwitches.replaceAll((off, since) -> gap.isNegative() ? since.plus(gap) : since);
        Map<String, AlertState> nextAlerts = new HashMap<>(alerts);
        nextAlerts.replaceAll((fingerprint, state) -> state.shifted(gap));
        return new ClusterMemory(
                newest,
                seen,
                summaries,
                lost,
                leaving,
                nextSilent,
                nextSwitches,
                deleted,
                diverged,
                nextAlerts,
                healing);
    }

    private ClusterMemory taking(ClusterSnapshot snapshot) {
        if (isAnother(snapshot)) {
            return new ClusterMemory(newest, null, summaries, null, null, null, null, null, null, alerts, healing)
                    .taking(snapshot);
        }
        if (!snapshot.reachable()) {
            return new ClusterMemory(
                    snapshot, seen, summaries, lost, leaving, silent, switchedOff, deleted, diverged, alerts, healing);
        }
        // Who does not answer is seen by anybody; who is no member any more, only by the master.
        if (snapshot.view() != ClusterSnapshot.View.MASTER) {
            return new ClusterMemory(
                    snapshot,
                    seen,
                    summaries,
                    lost,
                    leaving,
                    silentAfter(snapshot),
                    switchedOff,
                    deleted,
                    diverged,
                    alerts,
                    healing);
        }
        return new ClusterMemory(
                snapshot,
                snapshot,
                summaries,
                lostAfter(snapshot),
                leavingAfter(snapshot),
                silentAfter(snapshot),
                switchedOffAfter(snapshot),
                deletedAfter(snapshot.completedAt(), List.of()),
                diverged,
                alerts,
                healing);
    }

    /** A cluster that was put in another's place has lost none of its nodes. */
    private boolean isAnother(ClusterSnapshot snapshot) {
        return seen != null
                && seen.clusterUuid() != null
                && snapshot.clusterUuid() != null
                && !seen.clusterUuid().equals(snapshot.clusterUuid())
                && snapshot.reachable();
    }

    private Map<String, LostNode> lostAfter(ClusterSnapshot snapshot) {
        Map<String, LostNode> next = new HashMap<>(lost);
        if (seen != null) {
            for (Node before : seen.nodes()) {
                int held = Math.max(before.shards(), isData(before) ? unassignedSince(seen, snapshot) : 0);
                if (held > 0 && before.shutdown() == null) {
                    next.put(
                            before.id(),
                            new LostNode(before.name(), held, unassignedBeforeLosses(), snapshot.completedAt()));
                }
            }
            lost.forEach(next::put);
        }
        next.values()
                .removeIf(gone ->
                        isRebuilt(gone, snapshot) && gone.at().plus(LOST_FOR).isBefore(snapshot.completedAt()));
        for (Node present : snapshot.nodes()) {
            next.remove(present.id());
            next.values().removeIf(gone -> gone.name().equals(present.name()));
        }
        return next;
    }

    /** Copies that had no place while the node was there are not its own. */
    private static boolean isRebuilt(LostNode gone, ClusterSnapshot snapshot) {
        return snapshot.copies() != null && snapshot.copies().unassigned() <= gone.unassignedBefore();
    }

    /** Copies that nodes lost earlier left behind may be built before those of one lost now. */
    private int unassignedBeforeLosses() {
        int now = seen.copies() == null ? 0 : seen.copies().unassigned();
        return lost.values().stream().mapToInt(LostNode::unassignedBefore).reduce(now, Math::min);
    }

    /** A node may get its first copies and die between two collections; they are counted where they are missing. */
    private static int unassignedSince(ClusterSnapshot before, ClusterSnapshot after) {
        return before.copies() == null || after.copies() == null
                ? 0
                : after.copies().unassigned() - before.copies().unassigned();
    }

    private static boolean isData(Node node) {
        return node.roles().stream().anyMatch(role -> role.startsWith("data"));
    }

    /** What is missed while a node is away is explained by its shutdown for a while, and not if it never comes back. */
    private Map<String, LeavingNode> leavingAfter(ClusterSnapshot snapshot) {
        Map<String, LeavingNode> next = new HashMap<>(leaving);
        next.values().removeIf(gone -> gone.at().plus(AWAY_FOR).isBefore(snapshot.completedAt()));
        for (Node present : snapshot.nodes()) {
            LeavingNode before = next.remove(present.name());
            if (present.shutdown() != null) {
                next.put(
                        present.name(),
                        new LeavingNode(
                                present.shutdown().type(),
                                before == null ? snapshot.completedAt() : before.since(),
                                snapshot.completedAt()));
            }
        }
        return next;
    }

    /** Elasticsearch has been told beforehand, which is as good as a maintenance window of the node. */
    List<Control> shutdowns() {
        return leaving.entrySet().stream()
                .map(node -> new Control(
                        Control.Kind.MAINTENANCE,
                        newest.cluster(),
                        node.getKey(),
                        node.getValue().since(),
                        null,
                        "elasticsearch",
                        "node shutdown registered: " + node.getValue().shutdown()))
                .toList();
    }

    /** Whether an alert is about a node, or about the copies that it alone left behind. */
    boolean isAbout(String node, Alert alert) {
        if (node.equals(alert.labels().get("node"))) {
            return true;
        }
        return Cause.NODE_LEFT.code().equals(alert.labels().get("cause"))
                && seen != null
                && seen.nodes().stream().noneMatch(present -> present.name().equals(node))
                && lost.values().stream().allMatch(gone -> gone.name().equals(node));
    }

    private Map<String, SilentNode> silentAfter(ClusterSnapshot snapshot) {
        Map<String, SilentNode> next = new HashMap<>();
        for (Node node : snapshot.nodes()) {
            if (!node.answered()) {
                SilentNode before = silent.get(node.name());
                next.put(
                        node.name(),
                        before == null
                                ? new SilentNode(1, snapshot.completedAt())
                                : new SilentNode(before.misses() + 1, before.since()));
            }
        }
        return next;
    }

    private Map<String, Instant> switchedOffAfter(ClusterSnapshot snapshot) {
        Map<String, Instant> next = new HashMap<>();
        for (Switch off : snapshot.switches()) {
            next.put(switchKey(off), switchedOff.getOrDefault(switchKey(off), snapshot.completedAt()));
        }
        return next;
    }

    /** The copies that differ, by {@code index/shard}. */
    Map<String, DeepCheck.Shard> divergedShards() {
        Map<String, DeepCheck.Shard> found = new HashMap<>();
        diverged.forEach((key, shard) -> found.put(key, shard.found()));
        return found;
    }

    /** The moment judged: the end of the newest collection. */
    public Instant now() {
        return newest == null ? Instant.EPOCH : newest.completedAt();
    }

    /** What is wrong with shards, over all partitions. */
    public List<Finding> findings() {
        Map<Finding.Identity, Finding> merged = new LinkedHashMap<>();
        summaries.values().forEach(summary -> summary.findings()
                .forEach(finding -> merged.merge(finding.identity(), finding, Finding::and)));
        return List.copyOf(merged.values());
    }
}
