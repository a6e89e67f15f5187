package io.shardsync.schemas.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import static java.util.Objects.requireNonNull;

/**
 * The end of one collection, and what it learnt about the cluster as a whole. When Elasticsearch could not be read,
 * {@code reachable} is false, {@code error} says why, and what would be stale is null or empty.
 *
 * @param cluster the configured cluster name
 * @param clusterUuid the cluster behind the address; null if never seen
 * @param snapshotId the collection; see {@link ShardSnapshot#snapshotId()}
 * @param collectorId which collector instance wrote this
 * @param startedAt start of the collection
 * @param completedAt end of the collection
 * @param tookMs duration of the collection
 * @param full whether every copy group was published, the unchanged ones too
 * @param endOffsets for a full collection: by partition of the shard snapshots' topic, the offset after its last record
 *     there, 0 where it wrote none: a shard that a reader past it has not seen in this collection is gone. Else empty
 * @param status green, yellow or red; null if unknown
 * @param view whether what was read is the elected master's view
 * @param master null without one
 * @param pendingTasks length of the master's queue; null if unknown
 * @param nodes the nodes in the cluster state
 * @param copies copies by state; null if unknown
 * @param delayed allocations that wait for a node to come back; null if unknown
 * @param switches allocation settings off their default
 * @param maxShardsPerNode {@code cluster.max_shards_per_node}; null if unknown
 * @param reachable whether the collection could be made
 * @param error why not; null if it could
 */
public record ClusterSnapshot(
        String cluster,
        String clusterUuid,
        long snapshotId,
        String collectorId,
        Instant startedAt,
        Instant completedAt,
        long tookMs,
        boolean full,
        Map<Integer, Long> endOffsets,
        String status,
        View view,
        Master master,
        Integer pendingTasks,
        List<Node> nodes,
        Copies copies,
        Delayed delayed,
        List<Switch> switches,
        Integer maxShardsPerNode,
        boolean reachable,
        @JsonInclude(JsonInclude.Include.NON_NULL) Failure error)
        implements Message {

    public ClusterSnapshot {
        requireNonNull(cluster, "cluster");
        requireNonNull(completedAt, "completedAt");
        endOffsets = endOffsets == null ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(endOffsets));
        nodes = nodes == null ? List.of() : List.copyOf(nodes);
        switches = switches == null ? List.of() : List.copyOf(switches);
    }

    public enum View {
        /** Confirmed by the elected master. */
        @JsonProperty("master")
        MASTER,
        /** A node's own copy of the state, older than the master's. */
        @JsonProperty("stale")
        STALE,
        /** The node asked knows no master. */
        @JsonProperty("no_master")
        NO_MASTER
    }

    /**
     * @param since when this collector first saw it elected
     * @param changes1h elections seen within the last hour
     */
    public record Master(String nodeId, Instant since, @JsonProperty("changes_1h") int changes1h) {}

    /**
     * @param id persistent node id
     * @param ephemeralId changes with every restart of the process
     * @param answered whether it answered the statistics call in time
     * @param answeredAt when it last did; null if never seen to
     * @param shutdown registered with {@code PUT _nodes/ID/shutdown}; null if none
     * @param shards copies on it by the routing table
     * @param storeBytes sum over its copies; null if it did not answer
     * @param disk null if it did not answer
     */
    public record Node(
            String id,
            String ephemeralId,
            String name,
            List<String> roles,
            boolean answered,
            Instant answeredAt,
            Shutdown shutdown,
            int shards,
            Long storeBytes,
            Disk disk) {
        public Node {
            requireNonNull(id, "id");
            requireNonNull(name, "name");
            roles = roles == null ? List.of() : List.copyOf(roles);
        }
    }

    /** @param type Elasticsearch's word: restart, remove, replace, sigterm */
    public record Shutdown(String type, String status) {}

    /** Bytes of the node's data paths, {@code fs.total}. */
    public record Disk(@JsonProperty("total") long totalBytes, @JsonProperty("available") long availableBytes) {}

    public record Copies(
            int total, int primaries, int replicas, int started, int initializing, int relocating, int unassigned) {}

    /** @param nextExpiry when the first of the timers runs out; null if none runs or it is not known */
    public record Delayed(int copies, Instant nextExpiry) {}

    public enum Scope {
        @JsonProperty("transient")
        TRANSIENT,
        @JsonProperty("persistent")
        PERSISTENT,
        @JsonProperty("index")
        INDEX
    }

    /**
     * @param setting full name, such as {@code cluster.routing.allocation.enable}
     * @param value as it is set
     * @param index only for scope {@code index}
     */
    public record Switch(
            String setting, String value, Scope scope, @JsonInclude(JsonInclude.Include.NON_NULL) String index) {
        public Switch {
            requireNonNull(setting, "setting");
            requireNonNull(value, "value");
            requireNonNull(scope, "scope");
            if (scope == Scope.INDEX) {
                requireNonNull(index, "index");
            }
        }
    }

    /**
     * @param code unreachable, timeout, authentication, authorization, wrong_cluster, blocked, too_many_requests,
     *     not_elasticsearch, truncated, server_error or rejected
     * @param text one line for people
     */
    public record Failure(String code, String text) {}

    @Override
    public String eventId() {
        return snapshotId + ":" + cluster;
    }

    @Override
    public Instant eventTime() {
        return completedAt;
    }
}
