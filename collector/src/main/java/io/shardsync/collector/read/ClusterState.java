package io.shardsync.collector.read;

import java.util.List;
import java.util.Map;

/**
 * What is used of {@code GET _cluster/state}.
 *
 * @param clusterUuid null while the cluster has not formed yet
 * @param version rises with every change
 * @param stateUuid tells states of equal version apart
 * @param masterNode persistent id of the elected master; null without one
 * @param hiddenBecause description of the global block under which the indices can't be seen; null if they can
 * @param nodes members by persistent id
 * @param indices all indices, hidden, closed and system ones included
 */
public record ClusterState(
        String clusterUuid,
        long version,
        String stateUuid,
        String masterNode,
        String hiddenBecause,
        Map<String, Member> nodes,
        List<IndexRouting> indices) {

    /** Copies the collections. */
    public ClusterState {
        nodes = Map.copyOf(nodes);
        indices = List.copyOf(indices);
    }

    /**
     * A member of the cluster.
     *
     * @param ephemeralId changes with every restart of the process
     * @param shutdownType {@code metadata.node_shutdown.nodes.ID.type}; null if none is registered
     */
    public record Member(String id, String ephemeralId, String name, List<String> roles, String shutdownType) {
        /** Copies the list. */
        public Member {
            roles = List.copyOf(roles);
        }
    }

    /** The node's name, or its id where it is no member any more; null for null. */
    public String nodeName(String id) {
        Member member = id == null ? null : nodes.get(id);
        return member == null ? id : member.name();
    }
}
