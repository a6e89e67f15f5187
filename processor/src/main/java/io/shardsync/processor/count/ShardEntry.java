package io.shardsync.processor.count;

import io.shardsync.processor.judge.Judgement;
import io.shardsync.processor.judge.ShardMemory;
import io.shardsync.processor.judge.Symptom;
import io.shardsync.schemas.model.ReplicationStatus;
import io.shardsync.schemas.model.ReplicationStatus.Health;

import java.time.Instant;
import java.util.List;

/**
 * What of a shard's judgement is counted.
 *
 * @param health of the shard
 * @param lagOps worst of its replicas, operations; 0 where unknown
 * @param lagBytes worst of its replicas, bytes; 0 where unknown
 * @param recovering how many of its copies are being built
 * @param symptoms what is wrong with it
 * @param at of the judgement
 */
public record ShardEntry(
        Health health, long lagOps, long lagBytes, int recovering, List<Symptom> symptoms, Instant at) {
    public ShardEntry {
        symptoms = List.copyOf(symptoms);
    }

    static ShardEntry of(Judgement judgement) {
        return of(judgement.status(), judgement.symptoms(), judgement.at());
    }

    static ShardEntry of(ShardMemory memory) {
        return of(memory.status(), memory.symptoms(), memory.status().evaluatedAt());
    }

    private static ShardEntry of(ReplicationStatus status, List<Symptom> symptoms, Instant at) {
        return new ShardEntry(
                status.health(),
                status.syncLagOps() == null ? 0 : status.syncLagOps(),
                status.syncLagBytes() == null ? 0 : status.syncLagBytes(),
                status.copiesBeingBuilt(),
                symptoms,
                at);
    }
}
