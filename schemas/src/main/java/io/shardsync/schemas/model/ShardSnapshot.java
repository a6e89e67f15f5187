package io.shardsync.schemas.model;

import com.fasterxml.jackson.annotation.JsonProperty;

import java.time.Instant;

import static java.util.Objects.requireNonNull;

/**
 * One copy of one shard as one collection saw it. A collection publishes the whole copy group of a shard together,
 * replicas first and the primary last, relocation targets included.
 *
 * @param cluster the configured cluster name
 * @param index index name
 * @param indexUuid tells a deleted and recreated index from its predecessor;
 *     {@code metadata.indices.*.settings.index.uuid}
 * @param shard shard number, from 0
 * @param snapshotId the collection; rises strictly within a cluster, near the epoch in milliseconds
 * @param collectedAt when Elasticsearch had answered
 * @param collectorId which collector instance wrote this
 * @param stateVersion {@code version} of the cluster state the routing was read from
 * @param groupState whether the shard still exists
 * @param groupSize how many records this copy group has in this collection
 * @param copyOrdinal this record's place in the group, from 0; the primary's is the highest
 * @param role primary or replica
 * @param state routing state; a copy that moves appears twice, RELOCATING at its source and INITIALIZING at its target
 * @param primaryTerm {@code metadata.indices.*.primary_terms}
 * @param allocationId null while unassigned
 * @param nodeId persistent node id; null while unassigned
 * @param nodeName null while unassigned
 * @param relocatingNodeId the other end of a move, else null
 * @param inSyncSet whether the allocation id is in {@code metadata.indices.*.in_sync_allocations}
 * @param answered whether the copy's node answered the statistics call in time; true for an unassigned copy
 * @param seqNo sequence numbers; null where the copy has none to report
 * @param docs document counts; null where unknown
 * @param storeBytes bytes on disk; null where unknown
 * @param translog what is not yet in a commit; null where unknown
 * @param unassigned why it is unassigned; null unless it is, or is initializing after having been
 */
public record ShardSnapshot(
        String cluster,
        String index,
        String indexUuid,
        int shard,
        long snapshotId,
        Instant collectedAt,
        String collectorId,
        long stateVersion,
        GroupState groupState,
        int groupSize,
        int copyOrdinal,
        Role role,
        CopyState state,
        long primaryTerm,
        String allocationId,
        String nodeId,
        String nodeName,
        String relocatingNodeId,
        boolean inSyncSet,
        boolean answered,
        SeqNo seqNo,
        Docs docs,
        Long storeBytes,
        Translog translog,
        Unassigned unassigned)
        implements Message {

    public ShardSnapshot {
        requireNonNull(cluster, "cluster");
        requireNonNull(index, "index");
        requireNonNull(indexUuid, "indexUuid");
        requireNonNull(collectedAt, "collectedAt");
        requireNonNull(groupState, "groupState");
        requireNonNull(role, "role");
        requireNonNull(state, "state");
    }

    public enum GroupState {
        @JsonProperty("live")
        LIVE,
        @JsonProperty("removed")
        REMOVED
    }

    public enum Role {
        @JsonProperty("primary")
        PRIMARY,
        @JsonProperty("replica")
        REPLICA
    }

    /**
     * The copy's own view of its operations, {@code seq_no} of the shard statistics; -1 means none yet.
     *
     * @param max highest sequence number seen
     * @param localCheckpoint every operation up to here is in this copy
     * @param globalCheckpoint every operation up to here is in every in-sync copy, as far as this copy knows
     */
    public record SeqNo(long max, long localCheckpoint, long globalCheckpoint) {}

    /**
     * @param count live documents as of the last refresh, nested ones included
     * @param deleted deleted documents not merged away yet
     */
    public record Docs(long count, long deleted) {}

    public record Translog(long uncommittedOperations, long uncommittedBytes) {}

    /**
     * {@code unassigned_info} of the routing table.
     *
     * @param reason Elasticsearch's word, such as NODE_LEFT; new ones may appear
     * @param at since when
     * @param failedAttempts failed allocations so far
     * @param delayed whether Elasticsearch waits for the node to come back
     * @param details failure text, may be long; null where there is none
     * @param allocationStatus Elasticsearch's word, such as no_attempt or deciders_no
     */
    public record Unassigned(
            String reason, Instant at, int failedAttempts, boolean delayed, String details, String allocationStatus) {}

    public ShardKey key() {
        return new ShardKey(cluster, index, shard);
    }

    @Override
    public String eventId() {
        return snapshotId + ":" + key() + ":" + copyOrdinal;
    }

    @Override
    public Instant eventTime() {
        return collectedAt;
    }
}
