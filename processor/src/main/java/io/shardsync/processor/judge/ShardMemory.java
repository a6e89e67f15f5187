package io.shardsync.processor.judge;

import io.shardsync.processor.join.CopyGroup;
import io.shardsync.schemas.model.ReplicationStatus;
import io.shardsync.schemas.model.ReplicationStatus.Health;
import io.shardsync.schemas.model.ShardSnapshot;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;

/**
 * What is remembered of a shard between two collections.
 *
 * @param indexUuid with the next two: whose history this is; another index, term or primary begins anew
 * @param primaryTerm see there
 * @param primaryAllocationId see there; null while the primary was unassigned
 * @param history the primary's
 * @param pace by allocation id, when each started replica last moved
 * @param primaryDownSince since when it has no active primary; null while it has
 * @param replicaMissingSince since when a replica is unassigned for which Elasticsearch does not wait, or is being
 *     built after it was; null while none is
 * @param light what its checkpoints last said; null before the first look at this index
 * @param status as last published
 */
public record ShardMemory(
        String indexUuid,
        long primaryTerm,
        String primaryAllocationId,
        PrimaryHistory history,
        Map<String, Pace> pace,
        Instant primaryDownSince,
        Instant replicaMissingSince,
        LightPolicy.Light light,
        ReplicationStatus status) {

    public ShardMemory {
        pace = pace == null ? Map.of() : Map.copyOf(pace);
    }

    /**
     * @param localCheckpoint where the copy is
     * @param since when it was first seen there
     * @param laggingSince when it began to lag; null if it does not
     * @param primaryThen where the primary was when the copy was first seen there
     */
    public record Pace(long localCheckpoint, Instant since, Instant laggingSince, long primaryThen) {}

    public long snapshotId() {
        return status.snapshotId();
    }

    public Health health() {
        return status.health();
    }

    public ShardMemory withStatus(ReplicationStatus next) {
        return with(light, next);
    }

    ShardMemory with(LightPolicy.Light nextLight) {
        return with(nextLight, status);
    }

    private ShardMemory with(LightPolicy.Light nextLight, ReplicationStatus nextStatus) {
        return new ShardMemory(
                indexUuid,
                primaryTerm,
                primaryAllocationId,
                history,
                pace,
                primaryDownSince,
                replicaMissingSince,
                nextLight,
                nextStatus);
    }

    boolean isOfIndex(String uuid) {
        return Objects.equals(indexUuid, uuid);
    }

    boolean isHistoryOf(CopyGroup group) {
        ShardSnapshot primary = group.primary();
        return isOfIndex(primary.indexUuid())
                && primaryTerm == primary.primaryTerm()
                && Objects.equals(primaryAllocationId, primary.allocationId());
    }
}
