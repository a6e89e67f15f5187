package io.shardsync.actuator.ledger;

import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.junit.WithSandbox;
import io.shardsync.schemas.model.ClusterSnapshot;
import io.shardsync.schemas.topic.Topics;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Collections on a real Kafka. */
@WithSandbox(nodes = 0)
class SnapshotsIT {
    private final Topics topics = new Topics("snapshots.", "/test");
    private final Map<String, Object> server;

    SnapshotsIT(Sandbox sandbox) {
        server = Map.of("bootstrap.servers", sandbox.kafka().bootstrap());
    }

    @Test
    void knowsWhatWasWrittenBeforeItWasFirstAsked() throws ExecutionException, InterruptedException {
        String topic = topics.clusterSnapshots().name();
        try (Admin admin = Admin.create(server)) {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
        }
        KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(server, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        await().until(() -> !consumer.partitionsFor(topic).isEmpty());
        try (Snapshots snapshots = new Snapshots(consumer, topics, Duration.ofMinutes(1), Clock.systemUTC());
                KafkaProducer<byte[], byte[]> producer =
                        new KafkaProducer<>(server, new ByteArraySerializer(), new ByteArraySerializer())) {
            ClusterSnapshot snapshot = snapshot();
            producer.send(new ProducerRecord<>(
                            topic,
                            "prod".getBytes(UTF_8),
                            topics.clusterSnapshots().values().serializer().serialize(topic, snapshot)))
                    .get();

            assertThat(snapshots.newest("prod")).contains(snapshot);
        }
    }

    private static ClusterSnapshot snapshot() {
        Instant at = Instant.parse("2026-11-24T10:00:00Z");
        return new ClusterSnapshot(
                "prod",
                "uuid-1",
                1,
                "c1",
                at,
                at,
                0,
                true,
                null,
                "green",
                ClusterSnapshot.View.MASTER,
                null,
                0,
                null,
                null,
                null,
                null,
                null,
                true,
                null);
    }
}
