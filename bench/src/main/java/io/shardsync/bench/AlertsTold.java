package io.shardsync.bench;

import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.topic.Topic;
import io.shardsync.schemas.topic.Topics;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the alerts' topic has said so far, but for the Watchdog. */
final class AlertsTold implements AutoCloseable {
    private final Topic<?, Alert> topic;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Map<String, Alert> newest = new HashMap<>();
    private final Map<String, Integer> records = new HashMap<>();

    AlertsTold(String bootstrap, Topics topics) {
        topic = topics.alerts();
        consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrap, "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = consumer.partitionsFor(topic.name()).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /** Reads all that can be read by now. */
    void read() {
        Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                Alert alert = record.value() == null
                        ? null
                        : topic.values().deserializer().deserialize(topic.name(), record.value());
                if (alert != null && !alert.alertname().equals("Watchdog")) {
                    newest.put(alert.fingerprint(), alert);
                    records.merge(alert.alertname(), 1, Integer::sum);
                }
            }
        }
    }

    /** Names of those that are not resolved. */
    Set<String> open() {
        Set<String> open = new HashSet<>();
        for (Alert alert : newest.values()) {
            if (alert.status() != Alert.Status.RESOLVED) {
                open.add(alert.alertname());
            }
        }
        return open;
    }

    /** How many records there were by name of the alert: beginnings, heartbeats and ends. */
    Map<String, Integer> records() {
        return Map.copyOf(records);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
