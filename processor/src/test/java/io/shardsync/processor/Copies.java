package io.shardsync.processor;

import io.shardsync.schemas.model.CopyState;
import io.shardsync.schemas.model.ShardSnapshot;
import io.shardsync.schemas.model.ShardSnapshot.Docs;
import io.shardsync.schemas.model.ShardSnapshot.GroupState;
import io.shardsync.schemas.model.ShardSnapshot.Role;
import io.shardsync.schemas.model.ShardSnapshot.SeqNo;
import io.shardsync.schemas.model.ShardSnapshot.Translog;
import io.shardsync.schemas.model.ShardSnapshot.Unassigned;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Writes copy groups as a collector would: replicas first, the primary last. */
public final class Copies {
    public static final Instant START = Instant.parse("2026-11-23T02:00:00Z");

    private final String cluster;
    private final String index;
    private final int shard;
    private final Instant at;
    private final List<ShardSnapshot> replicas = new ArrayList<>();
    private long term = 1;
    private String indexUuid;
    private String collector = "collector-test";
    private long snapshotId;

    private Copies(String cluster, String index, int shard, Instant at) {
        this.cluster = cluster;
        this.index = index;
        this.shard = shard;
        this.at = at;
        this.snapshotId = at.toEpochMilli();
    }

    public static Copies of(String index, Instant at) {
        return new Copies("prod", index, 0, at);
    }

    public static Copies of(String index, int shard, Instant at) {
        return new Copies("prod", index, shard, at);
    }

    public Copies term(long newTerm) {
        term = newTerm;
        return this;
    }

    /** By a collector of this name, in the collection that it numbered so. */
    public Copies by(String collectorId, long number) {
        collector = collectorId;
        snapshotId = number;
        return this;
    }

    /** As if the index had been deleted and made anew. */
    public Copies indexUuid(String uuid) {
        indexUuid = uuid;
        return this;
    }

    public Copies replica(String node, long localCheckpoint) {
        return replica(node, localCheckpoint, true);
    }

    public Copies replica(String node, long localCheckpoint, boolean answered) {
        replicas.add(copy(Role.REPLICA, CopyState.STARTED, node, localCheckpoint, answered, null, null));
        return this;
    }

    public Copies silentReplica(String node) {
        replicas.add(copy(Role.REPLICA, CopyState.STARTED, node, -2, false, null, null));
        return this;
    }

    public Copies initializing(String node) {
        replicas.add(copy(Role.REPLICA, CopyState.INITIALIZING, node, -2, true, null, null));
        return this;
    }

    /** As a retry of failed allocations leaves it, while the copy is being built. */
    public Copies retried(String node) {
        replicas.add(
                copy(Role.REPLICA, CopyState.INITIALIZING, node, -2, true, info("MANUAL_ALLOCATION", false, 0), null));
        return this;
    }

    public Copies moving(String from, String to, long localCheckpoint) {
        replicas.add(copy(Role.REPLICA, CopyState.RELOCATING, from, localCheckpoint, true, null, "id-" + to));
        replicas.add(copy(Role.REPLICA, CopyState.INITIALIZING, to, -2, true, null, "id-" + from));
        return this;
    }

    public Copies unassigned(String reason, boolean delayed) {
        replicas.add(copy(Role.REPLICA, CopyState.UNASSIGNED, null, -2, true, info(reason, delayed, 0), null));
        return this;
    }

    /** @param attempts that have failed so far */
    public Copies unassigned(String reason, int attempts) {
        replicas.add(copy(Role.REPLICA, CopyState.UNASSIGNED, null, -2, true, info(reason, false, attempts), null));
        return this;
    }

    public Copies exhausted() {
        replicas.add(
                copy(Role.REPLICA, CopyState.UNASSIGNED, null, -2, true, info("ALLOCATION_FAILED", false, 5), null));
        return this;
    }

    public List<ShardSnapshot> primary(String node, long maxSeqNo) {
        return primary(node, maxSeqNo, maxSeqNo, true);
    }

    public List<ShardSnapshot> primary(String node, long maxSeqNo, long globalCheckpoint, boolean answered) {
        ShardSnapshot primary =
                copy(Role.PRIMARY, CopyState.STARTED, node, answered ? maxSeqNo : -2, answered, null, null);
        return finish(answered ? with(primary, new SeqNo(maxSeqNo, maxSeqNo, globalCheckpoint)) : primary);
    }

    public List<ShardSnapshot> noPrimary(String reason) {
        return finish(copy(Role.PRIMARY, CopyState.UNASSIGNED, null, -2, true, info(reason, false, 0), null));
    }

    /** The primary as a restore from a snapshot builds it. */
    public List<ShardSnapshot> restoring(String node) {
        return finish(
                copy(Role.PRIMARY, CopyState.INITIALIZING, node, -2, true, info("NEW_INDEX_RESTORED", false, 0), null));
    }

    /** The primary as it waits in a restore of many for its turn. */
    public List<ShardSnapshot> waitingToBeRestored() {
        Unassigned waits = new Unassigned("NEW_INDEX_RESTORED", at, 0, false, null, "deciders_throttled");
        return finish(copy(Role.PRIMARY, CopyState.UNASSIGNED, null, -2, true, waits, null));
    }

    public List<ShardSnapshot> removed() {
        ShardSnapshot last = copy(Role.PRIMARY, CopyState.UNASSIGNED, null, -2, true, null, null);
        return List.of(ordered(last, GroupState.REMOVED, 1, 0));
    }

    private List<ShardSnapshot> finish(ShardSnapshot primary) {
        List<ShardSnapshot> all = new ArrayList<>();
        int size = replicas.size() + 1;
        for (ShardSnapshot replica : replicas) {
            all.add(ordered(replica, GroupState.LIVE, size, all.size()));
        }
        all.add(ordered(primary, GroupState.LIVE, size, all.size()));
        return all;
    }

    private Unassigned info(String reason, boolean delayed, int attempts) {
        return new Unassigned(reason, at, attempts, delayed, null, "no_attempt");
    }

    private ShardSnapshot copy(
            Role role,
            CopyState state,
            String node,
            long localCheckpoint,
            boolean answered,
            Unassigned unassigned,
            String relocating) {
        boolean readable = localCheckpoint > -2;
        return new ShardSnapshot(
                cluster,
                index,
                indexUuid == null ? "uuid-" + index : indexUuid,
                shard,
                snapshotId,
                at,
                collector,
                1,
                GroupState.LIVE,
                1,
                0,
                role,
                state,
                term,
                node == null ? null : "alloc-" + index + "-" + node,
                node == null ? null : "id-" + node,
                node,
                relocating,
                node != null,
                answered,
                readable ? new SeqNo(localCheckpoint, localCheckpoint, localCheckpoint) : null,
                readable ? new Docs(1000, 0) : null,
                readable ? 2_000_000L : null,
                readable ? new Translog(100, 50_000) : null,
                unassigned);
    }

    private static ShardSnapshot with(ShardSnapshot c, SeqNo seqNo) {
        return new ShardSnapshot(
                c.cluster(),
                c.index(),
                c.indexUuid(),
                c.shard(),
                c.snapshotId(),
                c.collectedAt(),
                c.collectorId(),
                c.stateVersion(),
                c.groupState(),
                c.groupSize(),
                c.copyOrdinal(),
                c.role(),
                c.state(),
                c.primaryTerm(),
                c.allocationId(),
                c.nodeId(),
                c.nodeName(),
                c.relocatingNodeId(),
                c.inSyncSet(),
                c.answered(),
                seqNo,
                c.docs(),
                c.storeBytes(),
                c.translog(),
                c.unassigned());
    }

    private static ShardSnapshot ordered(ShardSnapshot c, GroupState state, int size, int ordinal) {
        return new ShardSnapshot(
                c.cluster(),
                c.index(),
                c.indexUuid(),
                c.shard(),
                c.snapshotId(),
                c.collectedAt(),
                c.collectorId(),
                c.stateVersion(),
                state,
                size,
                ordinal,
                c.role(),
                c.state(),
                c.primaryTerm(),
                c.allocationId(),
                c.nodeId(),
                c.nodeName(),
                c.relocatingNodeId(),
                c.inSyncSet(),
                c.answered(),
                c.seqNo(),
                c.docs(),
                c.storeBytes(),
                c.translog(),
                c.unassigned());
    }
}
