package io.shardsync.processor.judge;

import io.shardsync.processor.join.CopyGroup;
import io.shardsync.schemas.model.ReplicationStatus;
import io.shardsync.schemas.model.ReplicationStatus.Health;
import io.shardsync.schemas.model.ShardSnapshot;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * What is remembered of a shard between two collections.
 *
 * @param indexUuid with the next two: whose history this is; another index, term or primary begins anew
 * @param primaryTerm see there
 * @param primaryAllocationId see there; null while the primary was unassigned
 * @param collectorId whose clock the times were read from
 * @param lookedAt the last collection that showed the shard
 * @param history the primary's
 * @param paces when each started replica last moved. A list, though it is asked by allocation id: names of fields that
 *     are never the same are what a JSON parser is slowest at
 * @param primaryDownSince since when it has no active primary; null while it has
 * @param replicaMissingSince since when a replica is unassigned for which Elasticsearch does not wait, or is being
 *     built after it was; null while none is
 * @param light what its checkpoints last said; null before the first look at this index
 * @param symptoms what was wrong with it then
 * @param status as last published
 */
public record ShardMemory(
        String indexUuid,
        long primaryTerm,
        String primaryAllocationId,
        String collectorId,
        Instant lookedAt,
        PrimaryHistory history,
        List<Pace> paces,
        Instant primaryDownSince,
        Instant replicaMissingSince,
        LightPolicy.Light light,
        List<Symptom> symptoms,
        ReplicationStatus status) {

    public ShardMemory {
        paces = paces == null ? List.of() : List.copyOf(paces);
        symptoms = symptoms == null ? List.of() : List.copyOf(symptoms);
    }

    /**
     * @param allocationId the copy
     * @param localCheckpoint where it is
     * @param since when it was first seen there
     * @param laggingSince when it began to lag; null if it does not
     * @param primaryThen where the primary was when the copy was first seen there
     */
    public record Pace(
            String allocationId, long localCheckpoint, Instant since, Instant laggingSince, long primaryThen) {
        private Pace shifted(Duration by) {
            return new Pace(
                    allocationId,
                    localCheckpoint,
                    since.plus(by),
                    laggingSince == null ? null : laggingSince.plus(by),
                    primaryThen);
        }
    }

    public long snapshotId() {
        return status.snapshotId();
    }

    public Health health() {
        return status.health();
    }

    ShardMemory with(ReplicationStatus next) {
        return with(light, symptoms, next);
    }

    ShardMemory with(LightPolicy.Light nextLight) {
        return with(nextLight, symptoms, status);
    }

    ShardMemory with(List<Symptom> next) {
        return with(light, next, status);
    }

    private ShardMemory with(LightPolicy.Light nextLight, List<Symptom> nextSymptoms, ReplicationStatus nextStatus) {
        return new ShardMemory(
                indexUuid,
                primaryTerm,
                primaryAllocationId,
                collectorId,
                lookedAt,
                history,
                paces,
                primaryDownSince,
                replicaMissingSince,
                nextLight,
                nextSymptoms,
                nextStatus);
    }

    /**
     * This memory on the clock of a newer collection. Times of two clocks can't be subtracted, and nothing is known to
     * have lasted through a time in which nobody looked: what had lasted for so long at the last look has then lasted
     * for so long still, neither less, which would end alerts, nor more, which would raise them.
     */
    ShardMemory onTheClockOf(CopyGroup group, LagSettings settings) {
        if (lookedAt == null) {
            // Written by a version that did not remember it.
            return this;
        }
        Duration gap = Duration.between(lookedAt, group.collectedAt());
        boolean sameClock = Objects.equals(collectorId, group.primary().collectorId());
        if (gap.isNegative() || (!sameClock && gap.compareTo(settings.grace()) > 0)) {
            List<Pace> shifted = paces.stream().map(pace -> pace.shifted(gap)).toList();
            return shifted(history.shifted(gap), shifted, gap);
        }
        return gap.compareTo(settings.unseen()) > 0 ? shifted(history, paces, gap) : this;
    }

    private ShardMemory shifted(PrimaryHistory nextHistory, List<Pace> nextPaces, Duration by) {
        return new ShardMemory(
                indexUuid,
                primaryTerm,
                primaryAllocationId,
                collectorId,
                lookedAt,
                nextHistory,
                nextPaces,
                primaryDownSince == null ? null : primaryDownSince.plus(by),
                replicaMissingSince == null ? null : replicaMissingSince.plus(by),
                light,
                symptoms,
                status);
    }

    /** Null if the copy was not started when it was last seen. */
    Pace paceOf(String allocationId) {
        for (Pace pace : paces) {
            if (Objects.equals(pace.allocationId(), allocationId)) {
                return pace;
            }
        }
        return null;
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
