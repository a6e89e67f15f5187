package io.shardsync.actuator.ledger;

import io.shardsync.schemas.model.ConsistencyReport;
import io.shardsync.schemas.topic.Topics;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * The reports of deep checks that stand in {@code consistency.report.v1}, each read to the topic's end before it is
 * believed. Holds them as they were written, for there may be thousands. Safe for use by many threads.
 */
public final class Reports implements AutoCloseable {
    private static final String FINGERPRINT = "/fingerprint";
    /** Longer than Kafka keeps a dead processor's transaction open. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Consumer<byte[], byte[]> consumer;
    private final Topics topics;
    private final Tail tail;
    private final Map<String, byte[]> byKey = new HashMap<>();

    /** @param consumer without a group; becomes this object's to close */
    public Reports(Consumer<byte[], byte[]> consumer, Topics topics, Ends ends) {
        this(consumer, topics, ends, PATIENCE);
    }

    Reports(Consumer<byte[], byte[]> consumer, Topics topics, Ends ends, Duration patience) {
        this.consumer = consumer;
        this.topics = topics;
        List<TopicPartition> partitions = consumer
                .partitionsFor(topics.consistencyReports().name())
                .stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        this.tail = new Tail(consumer, partitions, ends, patience);
    }

    /** The key of a deep check's report. */
    public static String key(ConsistencyReport report) {
        return key(report.cluster(), report.index());
    }

    private static String key(String cluster, String index) {
        return cluster + "/" + index + FINGERPRINT;
    }

    /**
     * The newest report of an index; empty where there is none.
     *
     * @throws KafkaException if the topic can't be read to its end, or the report can't be read
     */
    public synchronized Optional<ConsistencyReport> newest(String cluster, String index) {
        if (!tail.read(this::note)) {
            throw new KafkaException(
                    topics.consistencyReports().name() + " can't be read to its end, a transaction stays open in it");
        }
        return Optional.ofNullable(byKey.get(key(cluster, index))).map(value -> topics.consistencyReports()
                .values()
                .deserializer()
                .deserialize(topics.consistencyReports().name(), value));
    }

    private void note(ConsumerRecord<byte[], byte[]> record) {
        String key = record.key() == null ? "" : new String(record.key(), UTF_8);
        if (!key.endsWith(FINGERPRINT)) {
            return;
        }
        if (record.value() == null) {
            byKey.remove(key);
        } else {
            byKey.put(key, record.value());
        }
    }

    @Override
    public synchronized void close() {
        consumer.close();
    }
}
