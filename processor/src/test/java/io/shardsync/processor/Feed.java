package io.shardsync.processor;

import io.shardsync.sandbox.Sandbox;
import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.Alert.Status;
import io.shardsync.schemas.model.ClusterSnapshot;
import io.shardsync.schemas.model.ShardSnapshot;
import io.shardsync.schemas.topic.Topic;
import io.shardsync.schemas.topic.Topics;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import static org.assertj.core.api.Assertions.assertThat;

/** Stands where a collector stands, over a real Kafka: writes what it would see, and reads what came of it. */
final class Feed implements AutoCloseable {
    static final int INDICES = 12;

    private final String bootstrap;
    private final Topics topics;
    private final KafkaProducer<byte[], byte[]> producer;
    private final Set<Integer> broken = new TreeSet<>();
    private List<String> nodes = List.of("n1", "n2", "n3");

    Feed(Sandbox sandbox, String prefix) {
        bootstrap = sandbox.kafka().bootstrap();
        topics = new Topics(prefix, "/shardsync/test");
        producer = new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    Topics topics() {
        return topics;
    }

    /** From now on the replica of this index is unassigned. */
    synchronized void breaks(int index) {
        broken.add(index);
    }

    synchronized void loses(String node) {
        nodes = nodes.stream().filter(one -> !one.equals(node)).toList();
    }

    /** One collection, of all indices. */
    synchronized void collect(Instant at) {
        for (int i = 0; i < INDICES; i++) {
            Copies copies = Copies.of("index-" + i, at);
            List<ShardSnapshot> group = broken.contains(i)
                    ? copies.unassigned("NODE_LEFT", false).primary("n1", 100)
                    : copies.replica("n2", 100).primary("n1", 100);
            group.forEach(copy -> send(topics.shardSnapshots(), copy.key(), copy, at));
        }
        ClusterSnapshot end = Harness.collectionAt(at, nodes);
        send(topics.clusterSnapshots(), end.cluster(), end, at);
    }

    /** One collection of this many indices, all of which have copies at these operations. */
    void collect(Instant at, int indices, long replica, long primary) {
        for (int i = 0; i < indices; i++) {
            Copies.of("many-" + i, at)
                    .replica("n2", replica)
                    .primary("n1", primary)
                    .forEach(copy -> send(topics.shardSnapshots(), copy.key(), copy, at));
        }
        ClusterSnapshot end = Harness.collectionAt(at, nodes);
        send(topics.clusterSnapshots(), end.cluster(), end, at);
    }

    <K, V> void send(Topic<K, V> topic, K key, V value, Instant at) {
        producer.send(new ProducerRecord<>(
                topic.name(),
                null,
                at.toEpochMilli(),
                topic.keys().serializer().serialize(topic.name(), key),
                topic.values().serializer().serialize(topic.name(), value)));
    }

    void raw(Topic<?, ?> topic, byte[] key, byte[] value) {
        producer.send(new ProducerRecord<>(topic.name(), key, value));
    }

    void flush() {
        producer.flush();
    }

    /** Everything told so far but the Watchdog, in order within each fingerprint. */
    List<Alert> alerts() {
        List<Alert> told = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : read(topics.alerts())) {
            Alert alert = topics.alerts().values().deserializer().deserialize(record.topic(), record.value());
            if (alert != null && !alert.alertname().equals("Watchdog")) {
                told.add(alert);
            }
        }
        return told;
    }

    /** The newest record of each alert that is not over, by name. */
    Map<String, Alert> firing() {
        Map<String, Alert> newest = new HashMap<>();
        alerts().forEach(alert -> newest.put(alert.fingerprint(), alert));
        Map<String, Alert> firing = new TreeMap<>();
        newest.values().stream()
                .filter(alert -> alert.status() != Status.RESOLVED)
                .forEach(alert -> firing.put(alert.alertname(), alert));
        return firing;
    }

    /** All committed records of a topic. */
    List<ConsumerRecord<byte[], byte[]>> read(Topic<?, ?> topic) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrap,
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic.name()).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
        }
        return records;
    }

    /** One life at a time, each counted once and begun by firing. */
    static void noTransitionWasToldTwice(List<Alert> told) {
        Map<String, Alert> last = new HashMap<>();
        for (Alert alert : told) {
            Alert before = last.put(alert.fingerprint(), alert);
            if (before != null && before.status() != Status.RESOLVED) {
                assertThat(alert.startsAt()).as("one life at a time: %s", alert).isEqualTo(before.startsAt());
            } else {
                assertThat(alert.status())
                        .as("a life begins with firing: %s", alert)
                        .isEqualTo(Status.FIRING);
                assertThat(alert.occurrences())
                        .as("each life is counted once: %s", alert)
                        .isEqualTo(before == null ? 1 : before.occurrences() + 1);
            }
        }
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(2));
    }
}
