package io.shardsync.schemas.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

import java.time.Instant;
import java.util.List;

import static java.util.Objects.requireNonNull;

/**
 * How far a shard's replicas are in step with its primary, by one collection.
 *
 * @param cluster the configured cluster name
 * @param index index name
 * @param shard shard number, from 0
 * @param snapshotId the collection it was computed from
 * @param evaluatedAt when that collection had its answers, or when the processor noticed that it went blind
 * @param primaryNode node name; null without an active primary
 * @param replicaNodes node names of the assigned replicas
 * @param inSync true only if health is {@code in_sync}
 * @param syncLagOps maximum over the replicas, operations; null if one of them is unknown
 * @param syncLagBytes maximum over the replicas, bytes; null if one of them is unknown
 * @param lastSyncTime when it was last seen in sync; null if never
 * @param health the first that applies, in the order of the enum
 * @param since when health became what it is
 * @param replicas one entry per replica; a move's target is part of its source
 * @param verified the last deep check of this shard; null if never checked
 */
public record ReplicationStatus(
        String cluster,
        String index,
        int shard,
        long snapshotId,
        Instant evaluatedAt,
        String primaryNode,
        List<String> replicaNodes,
        boolean inSync,
        Long syncLagOps,
        Long syncLagBytes,
        Instant lastSyncTime,
        Health health,
        Instant since,
        List<Replica> replicas,
        @JsonInclude(JsonInclude.Include.NON_NULL) Verified verified)
        implements Message {

    public ReplicationStatus {
        requireNonNull(cluster, "cluster");
        requireNonNull(index, "index");
        requireNonNull(health, "health");
        replicaNodes = List.copyOf(replicaNodes);
        replicas = List.copyOf(replicas);
    }

    public enum Health {
        /** No active primary. */
        @JsonProperty("no_primary")
        NO_PRIMARY,
        /** The primary, or else a replica, can't be seen. */
        @JsonProperty("unknown")
        UNKNOWN,
        /** A replica is unassigned. */
        @JsonProperty("degraded")
        DEGRADED,
        /** A replica is being built. */
        @JsonProperty("recovering")
        RECOVERING,
        /** A started replica has been behind for longer than the grace. */
        @JsonProperty("lagging")
        LAGGING,
        @JsonProperty("in_sync")
        IN_SYNC
    }

    public enum ReplicaState {
        @JsonProperty("in_sync")
        IN_SYNC,
        @JsonProperty("lagging")
        LAGGING,
        @JsonProperty("recovering")
        RECOVERING,
        @JsonProperty("relocating")
        RELOCATING,
        @JsonProperty("unassigned")
        UNASSIGNED,
        @JsonProperty("unknown")
        UNKNOWN
    }

    /** What the bytes of a lag are made of. */
    public enum LagBasis {
        @JsonProperty("none")
        NONE,
        /** Operations behind times the mean size of an operation. */
        @JsonProperty("ops_estimate")
        OPS_ESTIMATE,
        /** Bytes that the running recovery still has to copy. */
        @JsonProperty("recovery_remaining")
        RECOVERY_REMAINING,
        /** The primary's store: the copy has to be built anew. */
        @JsonProperty("full_copy")
        FULL_COPY
    }

    /**
     * @param node node name; null while unassigned
     * @param allocationId null while unassigned
     * @param lagOps operations behind the primary; null if unknown
     * @param lagBytes bytes behind, see the basis; null if unknown
     * @param lagMs how long ago the primary passed this copy's local checkpoint; null if unknown
     * @param laggingSince when it began to lag; null unless state is {@code lagging}
     * @param recovery the recovery that builds it; null if none runs
     * @param unassigned why it is unassigned; null unless it is
     */
    public record Replica(
            String node,
            String allocationId,
            ReplicaState state,
            Long lagOps,
            Long lagBytes,
            Long lagMs,
            LagBasis lagBasis,
            @JsonInclude(JsonInclude.Include.NON_NULL) Instant laggingSince,
            @JsonInclude(JsonInclude.Include.NON_NULL) RecoveryProgress recovery,
            @JsonInclude(JsonInclude.Include.NON_NULL) ShardSnapshot.Unassigned unassigned) {}

    /** The essence of the newest {@link RecoveryEvent} of a copy; fields as there. */
    public record RecoveryProgress(
            String recoveryId,
            String type,
            String stage,
            String sourceNode,
            String targetNode,
            Instant startedAt,
            Instant at,
            long bytesTotal,
            long bytesRemaining,
            Double percent,
            Long bytesPerSecond,
            Long etaMs,
            long stalledMs,
            RecoveryEvent.Mode mode) {

        public static RecoveryProgress of(RecoveryEvent event) {
            return new RecoveryProgress(
                    event.recoveryId(),
                    event.type(),
                    event.stage(),
                    event.sourceNode(),
                    event.targetNode(),
                    event.startedAt(),
                    event.at(),
                    event.bytes().total(),
                    event.bytes().remaining(),
                    event.percent(),
                    event.bytesPerSecond(),
                    event.etaMs(),
                    event.stalledMs(),
                    event.mode());
        }
    }

    public record Verified(Verdict verdict, Instant at) {}

    public ShardKey key() {
        return new ShardKey(cluster, index, shard);
    }

    /** How many of its copies are being built. */
    public int copiesBeingBuilt() {
        int count = 0;
        for (Replica replica : replicas) {
            count += replica.recovery() == null ? 0 : 1;
        }
        return count;
    }

    @Override
    public String eventId() {
        String evaluation = snapshotId + ":" + key() + ":" + evaluatedAt.toEpochMilli();
        return verified == null ? evaluation : evaluation + ":" + verified.at().toEpochMilli();
    }

    @Override
    public Instant eventTime() {
        return evaluatedAt;
    }
}
