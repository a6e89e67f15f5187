package io.shardsync.collector.fact;

import io.shardsync.collector.read.Activity;
import io.shardsync.collector.read.ClusterState;
import io.shardsync.collector.read.CopyRouting;
import io.shardsync.collector.read.IndexRouting;
import io.shardsync.collector.read.NodeStats;
import io.shardsync.collector.read.ShardRouting;
import io.shardsync.schemas.model.ClusterSnapshot.Copies;
import io.shardsync.schemas.model.ClusterSnapshot.Delayed;
import io.shardsync.schemas.model.ClusterSnapshot.Node;
import io.shardsync.schemas.model.ClusterSnapshot.Shutdown;
import io.shardsync.schemas.model.CopyState;

import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Counts copies and nodes.
 *
 * @param copies entries of the routing table; a copy that moves counts once
 * @param delayed copies that wait for their node to come back
 * @param nodes members, by name
 * @param moving whether something initializes or relocates
 */
public record Census(Copies copies, Delayed delayed, List<Node> nodes, boolean moving) {
    /** How far a shutdown is the master works out when it is asked; the state has only what was registered. */
    private static final String UNKNOWN = "unknown";

    /**
     * Counts.
     *
     * @param stats of this collection; empty ones where none could be had
     * @param activity of this collection
     * @param answered ids of the nodes that answered just now
     * @param answeredAt when each node last answered, by id, this collection included
     */
    public static Census of(
            ClusterState state,
            NodeStats stats,
            Activity activity,
            Set<String> answered,
            Map<String, Instant> answeredAt) {
        Counter counter = new Counter();
        for (IndexRouting index : state.indices()) {
            for (ShardRouting shard : index.shards()) {
                shard.copies().forEach(copy -> counter.count(index, copy));
            }
        }
        List<Node> nodes = state.nodes().values().stream()
                .map(member -> node(member, stats, activity, answered, answeredAt, counter))
                .sorted(Comparator.comparing(Node::name).thenComparing(Node::id))
                .toList();
        return new Census(
                counter.copies(),
                new Delayed(counter.delayed, counter.nextExpiry),
                nodes,
                counter.initializing + counter.relocating > 0);
    }

    private static Node node(
            ClusterState.Member member,
            NodeStats stats,
            Activity activity,
            Set<String> answered,
            Map<String, Instant> answeredAt,
            Counter counter) {
        NodeStats.OfNode own = stats.node(member.id());
        return new Node(
                member.id(),
                member.ephemeralId(),
                member.name(),
                member.roles(),
                answered.contains(member.id()),
                answeredAt.get(member.id()),
                member.shutdownType() == null ? null : new Shutdown(member.shutdownType(), UNKNOWN),
                counter.byNode.getOrDefault(member.id(), 0),
                own == null ? null : Long.valueOf(own.storeBytes()),
                activity.disk(member.id()));
    }

    private static final class Counter {
        private final Map<String, Integer> byNode = new HashMap<>();
        private int primaries;
        private int replicas;
        private int started;
        private int initializing;
        private int relocating;
        private int unassigned;
        private int delayed;
        private Instant nextExpiry;

        void count(IndexRouting index, CopyRouting copy) {
            if (copy.node() != null) {
                byNode.merge(copy.node(), 1, Integer::sum);
            }
            if (copy.state() == CopyState.INITIALIZING && copy.relocatingNode() != null) {
                // The target of a move is not one more copy of the shard.
                return;
            }
            if (copy.primary()) {
                primaries++;
            } else {
                replicas++;
            }
            switch (copy.state()) {
                case STARTED -> started++;
                case INITIALIZING -> initializing++;
                case RELOCATING -> relocating++;
                case UNASSIGNED -> unassigned++;
            }
            if (copy.state() == CopyState.UNASSIGNED
                    && copy.unassigned() != null
                    && copy.unassigned().delayed()) {
                delayed++;
                expires(copy.unassigned().at(), index);
            }
        }

        private void expires(Instant since, IndexRouting index) {
            if (since != null) {
                Instant expiry = since.plus(index.delayedTimeout());
                nextExpiry = nextExpiry == null || expiry.isBefore(nextExpiry) ? expiry : nextExpiry;
            }
        }

        Copies copies() {
            return new Copies(primaries + replicas, primaries, replicas, started, initializing, relocating, unassigned);
        }
    }
}
