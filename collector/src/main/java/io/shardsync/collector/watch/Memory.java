package io.shardsync.collector.watch;

import io.shardsync.collector.fact.MasterHistory;
import io.shardsync.collector.group.ChangeDetector;
import io.shardsync.collector.publish.SnapshotIds;
import io.shardsync.collector.recovery.RecoveryTracker;
import io.shardsync.schemas.model.ClusterSnapshot;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** What the owner of a cluster remembers from one published collection to the next. */
final class Memory {
    /** As far as clocks may differ, Elasticsearch's and a predecessor's; an end that is told twice does no harm. */
    private static final Duration CLOCKS = Duration.ofMinutes(1);

    /** Nobody knows how long a predecessor that saw nothing last had not seen anything. */
    private static final Duration BLINDNESS = Duration.ofHours(1);

    private final ChangeDetector changes = new ChangeDetector();
    private final SnapshotIds ids;
    private final Map<String, Instant> memberSince = new HashMap<>();
    private final Map<String, Instant> answeredAt = new HashMap<>();
    private RecoveryTracker recoveries;
    private MasterHistory masters;
    private String clusterUuid;
    private Instant lastFull;

    /**
     * Goes on from what was published.
     *
     * @param last the newest that anybody published of the cluster; null if there is none
     * @param uuid {@code cluster_uuid} it must have, whatever it had before; empty for the same as before
     */
    Memory(ClusterSnapshot last, Optional<String> uuid) {
        ids = SnapshotIds.after(last);
        String before = last == null ? null : last.clusterUuid();
        clusterUuid = uuid.orElse(before);
        boolean isSame = Objects.equals(before, clusterUuid);
        masters = MasterHistory.after(isSame ? last : null);
        recoveries = last == null || !isSame
                ? RecoveryTracker.create()
                : RecoveryTracker.after(last.completedAt().minus(last.copies() == null ? BLINDNESS : CLOCKS));
        if (last != null && isSame) {
            last.nodes().forEach(node -> {
                if (node.answeredAt() != null) {
                    answeredAt.put(node.id(), node.answeredAt());
                }
            });
        }
    }

    ChangeDetector changes() {
        return changes;
    }

    SnapshotIds ids() {
        return ids;
    }

    RecoveryTracker recoveries() {
        return recoveries;
    }

    void recoveries(RecoveryTracker after) {
        recoveries = after;
    }

    MasterHistory masters() {
        return masters;
    }

    void masters(MasterHistory now) {
        masters = now;
    }

    /** The cluster that belongs behind the address; null as long as none was seen there. */
    String clusterUuid() {
        return clusterUuid;
    }

    void clusterUuid(String uuid) {
        clusterUuid = uuid;
    }

    Map<String, Instant> memberSince() {
        return memberSince;
    }

    Map<String, Instant> answeredAt() {
        return answeredAt;
    }

    /** Takes note of the members, and of those among them that answer. */
    void nodes(Iterable<String> members, Iterable<String> answering, Instant at) {
        Map<String, Instant> since = new HashMap<>();
        members.forEach(id -> since.put(id, memberSince.getOrDefault(id, at)));
        memberSince.clear();
        memberSince.putAll(since);
        answering.forEach(id -> answeredAt.put(id, at));
        answeredAt.keySet().retainAll(since.keySet());
    }

    /** Whether the next collection has to publish everything. */
    boolean needsFull(Instant now, Duration interval) {
        return lastFull == null || !now.isBefore(lastFull.plus(interval));
    }

    void publishedFull(Instant at) {
        lastFull = at;
    }

    /** Times before can't be compared with those to come. */
    void clockWasSetBack(Instant now) {
        memberSince.replaceAll((id, since) -> now);
        lastFull = null;
    }

    /** What is on the topics is not known any more. */
    void distrust() {
        lastFull = null;
    }
}
