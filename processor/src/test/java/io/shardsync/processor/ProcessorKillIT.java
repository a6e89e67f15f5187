package io.shardsync.processor;

import io.shardsync.sandbox.JavaService;
import io.shardsync.sandbox.JavaServiceSpec;
import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.junit.WithSandbox;
import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.Alert.Status;
import io.shardsync.schemas.model.ClusterSnapshot;
import io.shardsync.schemas.model.ShardSnapshot;
import io.shardsync.schemas.topic.Topic;
import io.shardsync.schemas.topic.Topics;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Kill -9 in the middle of a storm: afterwards the alerts are the truth, and none of their transitions was told twice.
 */
@WithSandbox(nodes = 0)
class ProcessorKillIT {
    private static final Topics TOPICS = new Topics(Topics.DEFAULT_PREFIX, "/shardsync/test");
    private static final List<String> ALL = List.of("n1", "n2", "n3");
    private static final int INDICES = 12;
    private static final long SEED = 7;

    /** What the collector would see now. */
    private static final class World {
        private final Random random = new Random(SEED);
        private final Set<Integer> broken = new TreeSet<>();
        private List<String> nodes = ALL;
        private boolean storm = true;
        private int ticks;

        synchronized void tick() {
            ticks++;
            if (storm && ticks % 3 == 0) {
                int index = random.nextInt(INDICES);
                if (!broken.remove(index)) {
                    broken.add(index);
                }
                nodes = random.nextInt(4) == 0 ? List.of("n1", "n2") : ALL;
            }
        }

        synchronized void calmWithOneNodeLost() {
            storm = false;
            broken.clear();
            broken.add(1);
            broken.add(2);
            nodes = List.of("n1", "n2");
        }
    }

    @Test
    void afterAKillInAStormTheAlertsAreTheTruthAndNoTransitionWasToldTwice(Sandbox sandbox) throws Exception {
        kill(sandbox, 1);
    }

    @Tag("long")
    @Test
    void afterMoreKillsToo(Sandbox sandbox) throws Exception {
        kill(sandbox, 5);
    }

    private void kill(Sandbox sandbox, int kills) throws Exception {
        sandbox.reset();
        int port = Sandbox.freePorts(1).get(0);
        JavaService processor = sandbox.service(spec(sandbox, "killed-" + kills, port));
        processor.start();
        World world = new World();
        ScheduledExecutorService collector = Executors.newSingleThreadScheduledExecutor();
        Random random = new Random(SEED);
        try (KafkaProducer<byte[], byte[]> producer = producer(sandbox)) {
            collector.scheduleAtFixedRate(() -> collect(producer, world), 0, 500, TimeUnit.MILLISECONDS);
            // When
            for (int kill = 0; kill < kills; kill++) {
                int before = alerts(sandbox).size();
                await().atMost(Duration.ofMinutes(1))
                        .until(() -> alerts(sandbox).size() > before + 1);
                TimeUnit.MILLISECONDS.sleep(random.nextInt(1500));
                processor.kill();
                processor.start();
            }
            world.calmWithOneNodeLost();
            // Then
            await().atMost(Duration.ofMinutes(2))
                    .pollInterval(Duration.ofSeconds(1))
                    .untilAsserted(() -> assertThat(firing(alerts(sandbox)))
                            .containsExactlyInAnyOrder("NodeLost n3", "ReplicasUnassigned node_left"));
            noTransitionWasToldTwice(alerts(sandbox));
        } finally {
            collector.shutdownNow();
            collector.awaitTermination(5, TimeUnit.SECONDS);
            processor.stop();
        }
    }

    private static JavaServiceSpec spec(Sandbox sandbox, String name, int port) {
        List<String> arguments = new ArrayList<>();
        Map.of(
                        "kafka.bootstrap.servers", sandbox.kafka().bootstrap(),
                        "http.port", String.valueOf(port),
                        "topics.replication.factor", "1",
                        "state.dir", sandbox.folder().resolve(name + "/state").toString(),
                        "alerts.unassigned.for.ms", "1000",
                        "alerts.clear.ms", "1000",
                        "alerts.flap.changes", "1000",
                        "healing.mode", "off")
                .forEach((key, value) -> arguments.addAll(List.of("--set", key + "=" + value)));
        return new JavaServiceSpec(
                name,
                System.getProperty("java.class.path"),
                "io.shardsync.processor.ProcessorMain",
                arguments,
                256,
                URI.create("http://127.0.0.1:" + port + "/readyz"));
    }

    private static void collect(KafkaProducer<byte[], byte[]> producer, World world) {
        synchronized (world) {
            world.tick();
            Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
            for (int i = 0; i < INDICES; i++) {
                Copies copies = Copies.of("index-" + i, now);
                List<ShardSnapshot> group = world.broken.contains(i)
                        ? copies.unassigned("NODE_LEFT", false).primary("n1", 100)
                        : copies.replica("n2", 100).primary("n1", 100);
                group.forEach(copy -> send(producer, TOPICS.shardSnapshots(), copy.key(), copy));
            }
            ClusterSnapshot end = Harness.collectionAt(now, world.nodes);
            send(producer, TOPICS.clusterSnapshots(), end.cluster(), end);
        }
    }

    private static <K, V> void send(KafkaProducer<byte[], byte[]> producer, Topic<K, V> topic, K key, V value) {
        producer.send(new ProducerRecord<>(
                topic.name(),
                topic.keys().serializer().serialize(topic.name(), key),
                topic.values().serializer().serialize(topic.name(), value)));
    }

    private static KafkaProducer<byte[], byte[]> producer(Sandbox sandbox) {
        return new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, sandbox.kafka().bootstrap()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** Everything told so far but the Watchdog, in order within each fingerprint. */
    private static List<Alert> alerts(Sandbox sandbox) {
        Topic<String, Alert> topic = TOPICS.alerts();
        List<Alert> told = new ArrayList<>();
        try (KafkaConsumer<String, Alert> consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        sandbox.kafka().bootstrap(),
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed"),
                topic.keys().deserializer(),
                topic.values().deserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic.name()).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> {
                    if (record.value() != null && !record.value().alertname().equals("Watchdog")) {
                        told.add(record.value());
                    }
                });
            }
        }
        return told;
    }

    private static List<String> firing(List<Alert> told) {
        Map<String, Alert> newest = new HashMap<>();
        told.forEach(alert -> newest.put(alert.fingerprint(), alert));
        return newest.values().stream()
                .filter(alert -> alert.status() != Status.RESOLVED)
                .map(alert -> alert.alertname() + " "
                        + alert.labels().getOrDefault("node", alert.labels().get("cause")))
                .toList();
    }

    private static void noTransitionWasToldTwice(List<Alert> told) {
        Map<String, Alert> last = new HashMap<>();
        for (Alert alert : told) {
            Alert before = last.put(alert.fingerprint(), alert);
            boolean open = before != null && before.status() != Status.RESOLVED;
            if (open) {
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
}
