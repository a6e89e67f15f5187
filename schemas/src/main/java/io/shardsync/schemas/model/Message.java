package io.shardsync.schemas.model;

import java.time.Instant;

/**
 * The value of a record on one of ShardSync's topics. JSON names are the component names in snake_case.
 *
 * <p>Identity and time let any of them travel as a CloudEvent: {@code ce_id} and {@code ce_time} are derived from the
 * value, so the same fact written twice (after a crash, say) carries the same id.
 */
public sealed interface Message
        permits ShardSnapshot,
                RecoveryEvent,
                ClusterSnapshot,
                ReplicationStatus,
                Alert,
                RecoveryCommand,
                RecoveryResult,
                RecoveryStep,
                ConsistencyReport,
                Control {

    /** The configured name of the cluster this is about, {@code [a-z0-9_-]+}; {@code *} where it is about all. */
    String cluster();

    /** Unique among the events of one topic: equal for the same fact, different for any other. */
    String eventId();

    /** When what this says was so. */
    Instant eventTime();
}
