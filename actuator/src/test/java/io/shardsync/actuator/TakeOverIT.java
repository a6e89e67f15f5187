package io.shardsync.actuator;

import io.shardsync.actuator.intake.Intake;
import io.shardsync.actuator.ledger.Draft;
import io.shardsync.runtime.config.Settings;
import io.shardsync.runtime.service.ServiceContext;
import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.junit.WithSandbox;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.RecoveryResult.Status;
import io.shardsync.schemas.topic.Topics;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What a predecessor has left, on a real Kafka; of Elasticsearch nothing is needed. */
@WithSandbox(nodes = 0)
class TakeOverIT {
    private static final int PARTITIONS = 2;

    private final String bootstrap;
    private final String prefix = "t" + UUID.randomUUID().toString().substring(0, 8) + ".";
    private final Topics topics = new Topics(prefix, "/test");

    private final SettableClock clock = new SettableClock();

    private static final class SettableClock extends Clock {
        private volatile Duration setBack = Duration.ZERO;

        @Override
        public Instant instant() {
            return Instant.now().minus(setBack);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    TakeOverIT(Sandbox sandbox) {
        bootstrap = sandbox.kafka().bootstrap();
    }

    private Actuator actuator() {
        Map<String, String> settings = new TreeMap<>(Map.of(
                "kafka.bootstrap.servers",
                bootstrap,
                "topics.prefix",
                prefix,
                "topics.partitions",
                String.valueOf(PARTITIONS),
                "clusters",
                "prod",
                "cluster.prod.hosts",
                "http://127.0.0.1:" + Sandbox.freePorts(1).get(0),
                "http.port",
                "0",
                "kafka.consumer.session.timeout.ms",
                "6000"));
        Actuator made = new Actuator(
                new ServiceContext(Settings.of(ActuatorConfig.definition(), settings), cause -> {
                    throw new AssertionError(cause);
                }),
                clock);
        made.start();
        return made;
    }

    private static void awaitReady(Actuator actuator) {
        URI ready = URI.create(actuator.address() + "/readyz");
        await().atMost(60, TimeUnit.SECONDS)
                .until(() -> HttpClient.newHttpClient()
                                .send(HttpRequest.newBuilder(ready).build(), BodyHandlers.discarding())
                                .statusCode()
                        == 200);
    }

    private RecoveryResult accepted(String id) {
        Instant now = Instant.now();
        return Draft.first(
                        RecoveryCommand.builder(CommandType.DIAGNOSE, "prod")
                                .commandId(id)
                                .requested("ann", now, now.plusSeconds(900))
                                .build(),
                        Status.ACCEPTED,
                        now,
                        "accepted")
                .at(now);
    }

    private void write(RecoveryResult result) throws ExecutionException, InterruptedException {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap), new ByteArraySerializer(), new ByteArraySerializer())) {
            String topic = topics.recoveryResults().name();
            producer.send(new ProducerRecord<>(
                            topic,
                            result.commandId().getBytes(UTF_8),
                            topics.recoveryResults().values().serializer().serialize(topic, result)))
                    .get();
        }
    }

    @Test
    void doesNothingBeforeItHasReadWhatAnOpenTransactionHides() throws Exception {
        takesOver(() -> {});
    }

    @Test
    void triesAgainAlthoughTheClockWasSetBack() throws Exception {
        takesOver(() -> clock.setBack = Duration.ofMinutes(2));
    }

    private void takesOver(Runnable beforeTheNextTry) throws Exception {
        // Given a command that has ended behind a transaction that nobody ends
        actuator().close();
        RecoveryResult accepted = accepted(UUID.randomUUID().toString());
        write(accepted);
        try (Desk desk = new Desk(bootstrap, prefix);
                ForeignTransaction foreign = new ForeignTransaction(
                        bootstrap,
                        topics.recoveryResults().name(),
                        Intake.partitionOf(accepted.commandId(), PARTITIONS))) {
            Instant end = Instant.now();
            write(Draft.after(accepted)
                    .status(Status.SUCCEEDED, "ended by a predecessor")
                    .at(end));
            // When
            Actuator successor = actuator();
            try {
                awaitReady(successor);
                TimeUnit.SECONDS.sleep(1);
                beforeTheNextTry.run();
                foreign.abort();
                // Then
                assertThat(desk.end(desk.send("DIAGNOSE", "")).status()).isEqualTo(Status.FAILED);
                assertThat(desk.end(accepted.commandId()).message()).isEqualTo("ended by a predecessor");
                desk.eachEndedOnce();
            } finally {
                successor.close();
            }
        }
    }
}
