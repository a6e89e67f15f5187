package io.shardsync.collector.read;

import io.shardsync.schemas.model.CopyState;
import io.shardsync.schemas.model.ShardSnapshot.Unassigned;

/**
 * One entry of the routing table.
 *
 * @param primary whether it is the primary, or the target of its move
 * @param node persistent id of the node it is on; null while unassigned
 * @param relocatingNode the other end of a move; null if it does not move
 * @param allocationId null while unassigned
 * @param inSync whether the allocation id is in {@code in_sync_allocations}
 * @param recoverySource {@code recovery_source.type}, such as PEER; null once started, and for the target of a move
 * @param relocationFailures {@code relocation_failure_info.failed_attempts}
 * @param unassigned {@code unassigned_info}; null once started
 */
public record CopyRouting(
        boolean primary,
        CopyState state,
        String node,
        String relocatingNode,
        String allocationId,
        boolean inSync,
        String recoverySource,
        int relocationFailures,
        Unassigned unassigned) {

    /** Whether a recovery fills it: it is a new copy, or one on its way to another node. */
    public boolean recovers() {
        return state == CopyState.INITIALIZING && allocationId != null;
    }
}
