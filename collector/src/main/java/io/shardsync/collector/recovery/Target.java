package io.shardsync.collector.recovery;

import io.shardsync.collector.read.ClusterState;
import io.shardsync.collector.read.CopyRouting;
import io.shardsync.collector.read.IndexRouting;
import io.shardsync.collector.read.ShardRouting;
import io.shardsync.schemas.model.CopyState;

import java.time.Instant;

/**
 * The copy that a recovery fills, by the routing table: the recoveries' own answer knows no allocation ids.
 *
 * @param recoveryId its allocation id
 * @param nodeId persistent id
 * @param nodeName name
 * @param type {@code recovery_source.type}; PEER for the target of a move and for a replica, UNKNOWN for a primary,
 *     once they serve and the source is not named any more
 * @param moves whether it is the target of a move
 * @param relocationFailures failed moves of the shard when it was first seen
 * @param unassignedAt when it had been unassigned; null if it was not
 */
record Target(
        String recoveryId,
        String index,
        String indexUuid,
        int shard,
        boolean primary,
        String nodeId,
        String nodeName,
        String type,
        boolean moves,
        int relocationFailures,
        Instant unassignedAt) {

    private static final String FAILED = "ALLOCATION_FAILED";

    static Target of(ClusterState state, IndexRouting index, ShardRouting shard, CopyRouting copy) {
        return new Target(
                copy.allocationId(),
                index.name(),
                index.uuid(),
                shard.shard(),
                copy.primary(),
                copy.node(),
                state.nodeName(copy.node()),
                type(copy),
                copy.relocatingNode() != null,
                copy.relocationFailures(),
                copy.unassigned() == null ? null : copy.unassigned().at());
    }

    private static String type(CopyRouting copy) {
        if (copy.recoverySource() != null) {
            return copy.recoverySource();
        }
        return copy.primary() && !copy.recovers() ? "UNKNOWN" : "PEER";
    }

    /** Whether what became of the shard says that this recovery, which is over without success, failed. */
    boolean failedBy(ShardRouting now) {
        return now.copies().stream()
                .anyMatch(copy -> moves ? copy.relocationFailures() > relocationFailures : tellsOfFailure(copy));
    }

    private boolean tellsOfFailure(CopyRouting copy) {
        boolean waits = copy.state() == CopyState.UNASSIGNED || copy.state() == CopyState.INITIALIZING;
        return waits
                && copy.unassigned() != null
                && FAILED.equals(copy.unassigned().reason())
                && copy.primary() == primary
                && isNewer(copy.unassigned().at());
    }

    private boolean isNewer(Instant at) {
        return unassignedAt == null || at == null || at.isAfter(unassignedAt);
    }
}
