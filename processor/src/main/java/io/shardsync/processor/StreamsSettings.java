package io.shardsync.processor;

import io.shardsync.processor.discard.Discard;
import io.shardsync.runtime.config.CommonConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.streams.StreamsConfig;

import java.util.HashMap;
import java.util.Map;

/** What the processor asks of Kafka Streams. */
final class StreamsSettings {
    private static final int BATCH_BYTES = 64 << 10;
    /** The memory of a cluster of a thousand nodes, or with as many alerts, is longer than Kafka's megabyte. */
    private static final int LONGEST_STATE_BYTES = 32 << 20;

    private StreamsSettings() {}

    /** What we prefer, and {@code kafka.*} may override. */
    static Map<String, Object> preferences() {
        return Map.of(
                StreamsConfig.TOPOLOGY_OPTIMIZATION_CONFIG,
                StreamsConfig.NO_OPTIMIZATION,
                // Until the group knows that an instance is dead, nobody judges its shards.
                StreamsConfig.mainConsumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG),
                10_000,
                StreamsConfig.mainConsumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG),
                2_000,
                StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG),
                5,
                // JSON shrinks to a fifth or less, on the wire and on the brokers' disks.
                StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG),
                "lz4",
                // A collection of a large cluster comes at once: fewer requests, and better compressed.
                StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG),
                BATCH_BYTES);
    }

    /**
     * What correctness rests on, and may not be overridden by {@code kafka.*}: every transition exactly once, nothing
     * unreadable lost, names that stay the same from version to version.
     */
    static Map<String, Object> of(CommonConfig common, ProcessorConfig config, Discard.Bin bin) {
        Map<String, Object> settings = new HashMap<>();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, ProcessorRights.application(common));
        settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        settings.put(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);
        settings.put(
                StreamsConfig.STATE_DIR_CONFIG,
                common.stateDir().resolve("processor").toString());
        settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, config.threads());
        settings.put(
                StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, config.commitInterval().toMillis());
        settings.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, config.standbys());
        settings.put(
                StreamsConfig.REPLICATION_FACTOR_CONFIG, (int) common.topics().replicationFactor());
        config.applicationServer().ifPresent(server -> settings.put(StreamsConfig.APPLICATION_SERVER_CONFIG, server));
        // No store uses it: a cache holds back what a table tells until the next commit.
        settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0);
        settings.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, BoundedStores.class);
        settings.put(StreamsConfig.DESERIALIZATION_EXCEPTION_HANDLER_CLASS_CONFIG, Discard.class);
        settings.put(StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG, Discard.class);
        settings.put(StreamsConfig.PROCESSING_EXCEPTION_HANDLER_GLOBAL_ENABLED_CONFIG, true);
        settings.put(Discard.BIN, bin);
        settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
        settings.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), LONGEST_STATE_BYTES);
        settings.put(StreamsConfig.topicPrefix(TopicConfig.MAX_MESSAGE_BYTES_CONFIG), LONGEST_STATE_BYTES);
        return settings;
    }
}
