package io.shardsync.schemas.topic;

import org.apache.kafka.common.serialization.Serde;

import java.time.Duration;

/**
 * A topic's contract.
 *
 * @param name with prefix
 * @param valueType class of the values
 * @param keys how keys are written
 * @param values how values are written; on a topic also sets the CloudEvents headers
 * @param cleanup what Kafka removes
 * @param retention how long records are kept where the cleanup deletes; null where it only compacts
 * @param layout how its partitions are counted
 */
public record Topic<K, V>(
        String name,
        Class<V> valueType,
        Serde<K> keys,
        Serde<V> values,
        Cleanup cleanup,
        Duration retention,
        Layout layout) {

    public enum Cleanup {
        DELETE("delete"),
        COMPACT("compact"),
        COMPACT_AND_DELETE("compact,delete");

        private final String policy;

        Cleanup(String policy) {
            this.policy = policy;
        }

        /** The value of Kafka's {@code cleanup.policy}. */
        public String policy() {
            return policy;
        }
    }

    public enum Layout {
        /** The common partition count, {@code topics.partitions}. */
        PARTITIONED,
        /** One partition: few records, read whole by everyone. */
        SINGLE
    }
}
