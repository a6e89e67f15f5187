package io.shardsync.processor.join;

import io.shardsync.schemas.model.CopyState;
import io.shardsync.schemas.model.ReplicationStatus.RecoveryProgress;
import io.shardsync.schemas.model.ShardKey;
import io.shardsync.schemas.model.ShardSnapshot;
import io.shardsync.schemas.model.ShardSnapshot.GroupState;
import io.shardsync.schemas.model.ShardSnapshot.Role;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All copies of one shard as one collection saw them.
 *
 * @param primary the primary, also while it is unassigned
 * @param others replicas, and the targets of moves
 * @param recoveries the newest progress of running recoveries, by the target's allocation id
 */
public record CopyGroup(ShardSnapshot primary, List<ShardSnapshot> others, Map<String, RecoveryProgress> recoveries) {

    public CopyGroup {
        others = List.copyOf(others);
        recoveries = Map.copyOf(recoveries);
    }

    /** Whether a record is the one that completes its group. */
    public static boolean completes(ShardSnapshot copy) {
        return copy.copyOrdinal() == copy.groupSize() - 1;
    }

    /** Joins the copy that completes a group with the rest of it, which may be of another collection, or missing. */
    public static CopyGroup of(ShardSnapshot primary, ReplicaGroup rest) {
        boolean sameCollection = rest != null && rest.snapshotId() == primary.snapshotId();
        return new CopyGroup(primary, sameCollection ? rest.copies() : List.of(), Map.of());
    }

    public CopyGroup with(Recoveries running) {
        return running == null ? this : new CopyGroup(primary, others, running.byTarget());
    }

    /** Whether every copy of the collection has arrived. */
    public boolean complete() {
        return others.size() == primary.groupSize() - 1;
    }

    public boolean removed() {
        return primary.groupState() == GroupState.REMOVED;
    }

    public ShardKey key() {
        return primary.key();
    }

    public String cluster() {
        return primary.cluster();
    }

    public long snapshotId() {
        return primary.snapshotId();
    }

    public Instant collectedAt() {
        return primary.collectedAt();
    }

    public boolean primaryActive() {
        return primary.state() == CopyState.STARTED || primary.state() == CopyState.RELOCATING;
    }

    /** The replicas proper: the target of a move is part of its source. */
    public List<ShardSnapshot> replicas() {
        for (ShardSnapshot copy : others) {
            if (!isReplicaProper(copy)) {
                return others.stream().filter(CopyGroup::isReplicaProper).toList();
            }
        }
        return others;
    }

    /** The recovery that builds a copy, or the one that its move runs. */
    public Optional<RecoveryProgress> recoveryOf(ShardSnapshot copy) {
        if (copy.state() == CopyState.RELOCATING) {
            return others.stream()
                    .filter(CopyGroup::isMoveTarget)
                    .filter(target -> copy.nodeId() != null && copy.nodeId().equals(target.relocatingNodeId()))
                    .findFirst()
                    .flatMap(target -> recoveryInto(target.allocationId()));
        }
        // A copy that serves is built: its recovery's last event, on another topic, may only not have come yet.
        return copy.state() == CopyState.STARTED ? Optional.empty() : recoveryInto(copy.allocationId());
    }

    private Optional<RecoveryProgress> recoveryInto(String allocationId) {
        return allocationId == null ? Optional.empty() : Optional.ofNullable(recoveries.get(allocationId));
    }

    private static boolean isReplicaProper(ShardSnapshot copy) {
        return copy.role() == Role.REPLICA && !isMoveTarget(copy);
    }

    private static boolean isMoveTarget(ShardSnapshot copy) {
        return copy.state() == CopyState.INITIALIZING && copy.relocatingNodeId() != null;
    }
}
