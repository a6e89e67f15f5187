package io.shardsync.processor.judge;

import com.fasterxml.jackson.annotation.JsonInclude;

import java.time.Instant;

/**
 * One thing that is wrong with one copy of a shard.
 *
 * @param kind what
 * @param cause for an unassigned copy, why; else null
 * @param node for an assigned copy, its node's name; else null
 * @param since since when, by Elasticsearch or by the collections remembered
 * @param ops operations behind; 0 where it does not apply
 * @param bytes bytes behind; 0 where it does not apply or is unknown
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Symptom(Kind kind, Cause cause, String node, Instant since, long ops, long bytes) {

    public enum Kind {
        PRIMARY_UNASSIGNED,
        REPLICA_UNASSIGNED,
        /** Unassigned, and its grace is not over. */
        PRIMARY_PENDING,
        REPLICA_PENDING,
        /** Unassigned, while Elasticsearch waits for its node to come back: not a fault yet. */
        REPLICA_DELAYED,
        /** Being built again after its grace was over and attempts had failed: no success yet, and no new fault. */
        REPLICA_RETRIED,
        REPLICA_LAGGING,
        REPLICA_STUCK,
        RECOVERY_STALLED,
        /** Elasticsearch has failed to build it, and still tries. */
        RECOVERY_FAILED
    }
}
