package io.shardsync.actuator.ledger;

import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.junit.WithSandbox;
import io.shardsync.schemas.model.Control;
import io.shardsync.schemas.model.Control.Kind;
import io.shardsync.schemas.topic.Topic;
import io.shardsync.schemas.topic.Topics;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import static org.assertj.core.api.Assertions.assertThat;

/** People's words on a real Kafka. */
@WithSandbox(nodes = 0)
class ControlsIT {
    private static final String PAUSE = "prod/pause";

    private final Instant now = Instant.now();
    private final AtomicLong ticks = new AtomicLong();
    private final Topic<String, Control> topic;
    private final Topics topics = new Topics("controls-" + UUID.randomUUID() + ".", "/test");
    private final Map<String, Object> server;
    private final Admin admin;
    private final KafkaProducer<String, byte[]> people;

    ControlsIT(Sandbox sandbox) {
        server = Map.of("bootstrap.servers", sandbox.kafka().bootstrap());
        topic = topics.controls();
        admin = Admin.create(server);
        people = new KafkaProducer<>(server, new StringSerializer(), new ByteArraySerializer());
    }

    @BeforeEach
    void create() throws ExecutionException, InterruptedException {
        admin.createTopics(List.of(new NewTopic(topic.name(), 1, (short) 1)))
                .all()
                .get();
    }

    @AfterEach
    void close() {
        people.close();
        admin.close();
    }

    @Test
    void aPauseHoldsAtOnceAlsoWhereTheClockIsBehindItsWriters() throws ExecutionException, InterruptedException {
        // Given
        Clock behind = Clock.fixed(now.minusSeconds(90), ZoneOffset.UTC);
        try (Controls controls = controls(behind)) {
            // When
            write(PAUSE, control(Kind.PAUSE, now.minusSeconds(1)));

            // Then
            assertThat(controls.now()).hasSize(1).allMatch(pause -> pause.appliesTo("prod", behind.instant()));
        }
    }

    @Test
    void aMaintenanceWindowThatIsToBeginLaterHasNotBegun() throws ExecutionException, InterruptedException {
        // Given
        try (Controls controls = controls(Clock.fixed(now, ZoneOffset.UTC))) {
            // When
            write("prod/maintenance/m1", control(Kind.MAINTENANCE, now.plusSeconds(3600)));

            // Then
            assertThat(controls.now())
                    .hasSize(1)
                    .noneMatch(window -> window.appliesTo("prod", now))
                    .allMatch(window -> window.appliesTo("prod", now.plusSeconds(3600)));
        }
    }

    @Test
    void aPauseWhoseTombstoneKafkaHasDroppedUnreadDoesNotHoldForEver() throws ExecutionException, InterruptedException {
        // Given
        try (Controls controls = controls(Clock.systemUTC())) {
            write(PAUSE, control(Kind.PAUSE, now));
            assertThat(controls.now()).hasSize(1);

            // When
            write(PAUSE, null);
            long end = write("prod/maintenance/m1", control(Kind.MAINTENANCE, now));
            admin.deleteRecords(Map.of(new TopicPartition(topic.name(), 0), RecordsToDelete.beforeOffset(end)))
                    .all()
                    .get();
            ticks.addAndGet(TimeUnit.MINUTES.toNanos(61));

            // Then
            assertThat(controls.now()).extracting(Control::kind).containsExactly(Kind.MAINTENANCE);
        }
    }

    private static Control control(Kind kind, Instant from) {
        return new Control(kind, "prod", null, from, null, "ann", "storage is migrated");
    }

    private long write(String key, Control control) throws ExecutionException, InterruptedException {
        byte[] value = control == null ? null : topic.values().serializer().serialize(topic.name(), control);
        return people.send(new ProducerRecord<>(topic.name(), key, value)).get().offset();
    }

    private Controls controls(Clock clock) {
        return new Controls(
                new KafkaConsumer<>(
                        Map.of(
                                "bootstrap.servers",
                                server.get("bootstrap.servers"),
                                "auto.offset.reset",
                                "earliest",
                                "default.api.timeout.ms",
                                (int) Duration.ofSeconds(20).toMillis()),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer()),
                topics,
                clock,
                ticks::get);
    }
}
