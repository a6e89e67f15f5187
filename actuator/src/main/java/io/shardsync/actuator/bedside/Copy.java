package io.shardsync.actuator.bedside;

import io.shardsync.schemas.model.CopyState;

import java.time.Instant;

/**
 * One copy of a shard, from {@code routing_table.indices.*.shards.*} of the cluster state.
 *
 * @param shard the shard it is a copy of
 * @param primary whether it is the primary
 * @param state its routing state
 * @param node id of the node that holds it; null while unassigned
 * @param movesTo id of the node it relocates to; null unless it does
 * @param allocationId {@code allocation_id.id}, another one with each allocation; null while unassigned
 * @param unassigned why and since when; null unless it is unassigned, or recovering from having been
 */
public record Copy(
        ShardId shard,
        boolean primary,
        CopyState state,
        String node,
        String movesTo,
        String allocationId,
        Unassigned unassigned) {

    /** A copy that does not move, where its allocation does not matter. */
    public Copy(ShardId shard, boolean primary, CopyState state, String node, Unassigned unassigned) {
        this(shard, primary, state, node, null, null, unassigned);
    }

    /** Whether it serves: a copy that moves does so until the handover. */
    public boolean serves() {
        return state == CopyState.STARTED || state == CopyState.RELOCATING;
    }

    /** {@code primary} or {@code replica}, for people. */
    public String role() {
        return primary ? "primary" : "replica";
    }

    /**
     * {@code unassigned_info} of the cluster state.
     *
     * @param reason Elasticsearch's own name, such as {@code NODE_LEFT}
     * @param at since when; null where Elasticsearch does not say
     * @param failedAttempts allocations that failed in a row, from 0
     * @param delayed whether Elasticsearch waits for its node to come back
     * @param lastNode id of the node that held it last; null where unknown
     * @param details failure text; null where nothing failed
     * @param allocationStatus outcome of the last attempt, such as {@code no_attempt}
     */
    public record Unassigned(
            String reason,
            Instant at,
            int failedAttempts,
            boolean delayed,
            String lastNode,
            String details,
            String allocationStatus) {}
}
