package io.shardsync.processor.judge;

import io.shardsync.schemas.model.ReplicationStatus;

import java.time.Instant;
import java.util.List;

/**
 * What is said of one shard now.
 *
 * @param status null once the shard is gone
 * @param symptoms what is wrong with it
 * @param at the moment it is said of
 * @param check what its checkpoints say, if that is told now; null else
 * @param amended whether it is the last judgement told again, with what a deep check found; its symptoms stand
 */
public record Judgement(
        ReplicationStatus status, List<Symptom> symptoms, Instant at, ShardCheck check, boolean amended) {
    public Judgement {
        symptoms = List.copyOf(symptoms);
    }

    static Judgement of(ReplicationStatus status, List<Symptom> symptoms, Instant at, ShardCheck check) {
        return new Judgement(status, symptoms, at, check, false);
    }

    static Judgement amended(ReplicationStatus status, Instant at) {
        return new Judgement(status, List.of(), at, null, true);
    }

    static Judgement gone(ShardCheck last) {
        return new Judgement(null, List.of(), last.at(), last, false);
    }

    public boolean removed() {
        return status == null;
    }
}
