package io.shardsync.collector.group;

import io.shardsync.collector.read.ClusterState;
import io.shardsync.collector.read.CopyRouting;
import io.shardsync.collector.read.IndexRouting;
import io.shardsync.collector.read.NodeStats;
import io.shardsync.collector.read.ShardRouting;
import io.shardsync.schemas.model.CopyState;
import io.shardsync.schemas.model.ShardSnapshot.Role;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Joins routing and statistics. The routing table says which copies there are; the statistics list only those that are
 * assigned and whose node answered.
 */
public record Grouping(ClusterState state, NodeStats stats) {

    /** Visits every group, one at a time: 100,000 of them together would be many megabytes. */
    public void forEach(Consumer<CopyGroup> visitor) {
        for (IndexRouting index : state.indices()) {
            for (ShardRouting shard : index.shards()) {
                if (!shard.copies().isEmpty()) {
                    visitor.accept(group(index, shard));
                }
            }
        }
    }

    private CopyGroup group(IndexRouting index, ShardRouting shard) {
        List<Copy> copies = new ArrayList<>(shard.copies().size());
        CopyRouting primary = null;
        for (CopyRouting routing : shard.copies()) {
            // Of a primary that moves, its source is the primary until the handover; the target goes with the replicas.
            if (routing.primary() && (primary == null || primary.state() == CopyState.INITIALIZING)) {
                if (primary != null) {
                    copies.add(copy(index, shard, primary, Role.REPLICA));
                }
                primary = routing;
            } else {
                copies.add(copy(index, shard, routing, Role.REPLICA));
            }
        }
        if (primary != null) {
            copies.add(copy(index, shard, primary, Role.PRIMARY));
        }
        return new CopyGroup(index.name(), index.uuid(), shard.shard(), shard.primaryTerm(), copies);
    }

    private Copy copy(IndexRouting index, ShardRouting shard, CopyRouting routing, Role role) {
        String node = routing.node();
        NodeStats.OfCopy found = node == null ? null : stats.copy(node, index.name(), shard.shard());
        NodeStats.OfCopy known = found == null ? new NodeStats.OfCopy(null, null, null, null) : found;
        return new Copy(
                role,
                routing.state(),
                routing.allocationId(),
                node,
                state.nodeName(node),
                routing.relocatingNode(),
                routing.inSync(),
                node == null || stats.answered(node),
                known.seqNo(),
                known.docs(),
                known.storeBytes(),
                known.translog(),
                routing.unassigned());
    }
}
