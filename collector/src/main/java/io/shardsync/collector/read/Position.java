package io.shardsync.collector.read;

import com.fasterxml.jackson.core.JsonParser;

import java.io.IOException;

/**
 * Which state a node is in; differs from the one before as soon as anything has changed.
 *
 * @param clusterUuid null while the cluster has not formed yet
 * @param version rises with every change
 * @param stateUuid tells states of equal version apart
 * @param masterNode null while the node knows no master; losing it changes neither version nor uuid
 */
public record Position(String clusterUuid, long version, String stateUuid, String masterNode) {
    static final String PATH = "/_cluster/state/version,master_node";
    static final String FILTER = "cluster_uuid,version,state_uuid,master_node";

    /** @throws IOException when the body is not JSON or ends early */
    public static Position read(JsonParser json) throws IOException {
        ClusterState state = ClusterStateReader.read(json);
        return of(state);
    }

    /** The position of a whole state. */
    public static Position of(ClusterState state) {
        return new Position(state.clusterUuid(), state.version(), state.stateUuid(), state.masterNode());
    }
}
