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
 */
public record Judgement(ReplicationStatus status, List<Symptom> symptoms, Instant at) {
    public Judgement {
        symptoms = List.copyOf(symptoms);
    }

    static Judgement gone(Instant at) {
        return new Judgement(null, List.of(), at);
    }

    public boolean removed() {
        return status == null;
    }
}
