package io.shardsync.processor.notify;

import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.shardsync.runtime.config.Definition;
import io.shardsync.runtime.config.Settings;
import io.shardsync.runtime.kafka.ContractTopics;
import io.shardsync.runtime.kafka.KafkaClients;
import io.shardsync.runtime.kafka.TopicAdmin;
import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.junit.WithSandbox;
import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.Alert.Severity;
import io.shardsync.schemas.model.Alert.Status;
import io.shardsync.schemas.topic.Json;
import io.shardsync.schemas.topic.Topics;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** From the alerts' topic in a real Kafka to a real Alertmanager, and to a webhook. */
@WithSandbox(nodes = 0)
class NotifierIT {
    private static final Path ALERTMANAGER = Path.of("/usr/bin/prometheus-alertmanager");
    private static final Duration SOON = Duration.ofSeconds(60);

    private final HttpClient http = HttpClient.newHttpClient();
    private final Instant began = Instant.now().minusSeconds(90).truncatedTo(ChronoUnit.MILLIS);

    @TempDir
    private Path folder;

    private Receiver webhook;
    private Process alertmanager;
    private URI alertmanagerAddress;
    private KafkaClients clients;
    private Topics topics;
    private Producer<String, Alert> producer;

    @BeforeEach
    void open(Sandbox sandbox) throws IOException {
        webhook = new Receiver();
        Settings settings = Settings.of(
                Definition.of("processor", 8080, new ConfigDef()),
                Map.of(
                        "kafka.bootstrap.servers",
                        sandbox.kafka().bootstrap(),
                        "topics.prefix",
                        "n" + UUID.randomUUID().toString().substring(0, 8) + ".",
                        "topics.replication.factor",
                        "1"));
        clients = new KafkaClients(settings.common());
        topics = new Topics(settings.common().topics().prefix(), "/shardsync/test");
        try (Admin admin = clients.admin("start")) {
            new TopicAdmin(admin, settings.common())
                    .ensure(ContractTopics.of(topics, settings.common().topics()));
        }
        producer = clients.producer(
                "test",
                topics.alerts().keys().serializer(),
                topics.alerts().values().serializer());
    }

    @AfterEach
    void close() throws InterruptedException {
        producer.close();
        webhook.close();
        if (alertmanager != null) {
            alertmanager.destroy();
            alertmanager.waitFor();
        }
    }

    @Test
    void aRealAlertmanagerFiresKeepsWhatIsUnknownAndResolves() throws Exception {
        Assumptions.assumeTrue(
                Files.isExecutable(ALERTMANAGER),
                "skipped: there is no " + ALERTMANAGER + "; Debian's prometheus-alertmanager brings it");
        // Given
        alertmanagerAddress = startAlertmanager();
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (Notifier notifier = notifier(List.of(alertmanagerAddress), List.of(webhook.address()), registry)) {
            notifier.start();

            // When it fires
            write(Status.FIRING, Severity.WARNING, null);
            // Then
            await().atMost(SOON).until(() -> firing().size() == 1);
            JsonNode alert = firing().get("warning");
            assertThat(Instant.parse(alert.path("startsAt").asText())).isEqualTo(began);
            assertThat(Instant.parse(alert.path("endsAt").asText())).isAfter(Instant.now());
            assertThat(alert.at("/annotations/cause_code").asText()).isEqualTo("too_few_nodes");
            await().atMost(SOON).until(() -> webhook.bodies.size() == 1);

            // When it is more severe, and then unknown
            write(Status.FIRING, Severity.CRITICAL, null);
            await().atMost(SOON).until(() -> firing().keySet().equals(java.util.Set.of("critical")));
            write(Status.UNKNOWN, Severity.CRITICAL, null);
            // Then
            await().atMost(SOON).until(() -> firing().get("critical")
                    .at("/annotations/status")
                    .asText()
                    .startsWith("unknown"));

            // When it is resolved
            write(Status.RESOLVED, Severity.CRITICAL, Instant.now().truncatedTo(ChronoUnit.MILLIS));
            // Then
            await().atMost(SOON).until(() -> firing().isEmpty());
            await().atMost(SOON).until(() -> webhook.bodies
                    .get(webhook.bodies.size() - 1)
                    .path("status")
                    .asText()
                    .equals("resolved"));
        }
        assertThat(registry.get("shardsync.notifications.failed").counters())
                .allSatisfy(counter -> assertThat(counter.count()).isZero());
    }

    @Test
    void anAlertmanagerThatHangsKeepsNoWebhookWaitingAndIsToldWhenItIsBack() throws Exception {
        Receiver hanging = new Receiver();
        hanging.answer = 503;
        try (Notifier notifier =
                notifier(List.of(hanging.address()), List.of(webhook.address()), new SimpleMeterRegistry())) {
            notifier.start();
            write(Status.FIRING, Severity.WARNING, null);
            await().atMost(SOON).until(() -> webhook.bodies.size() == 1 && hanging.requests > 1);
            hanging.answer = 200;
            await().atMost(SOON).until(() -> hanging.bodies.stream().anyMatch(body -> body.size() == 1));
        } finally {
            hanging.close();
        }
    }

    @Test
    void aRestartTellsAWebhookOnlyWhatChangedMeanwhile() throws Exception {
        try (Notifier first = notifier(List.of(), List.of(webhook.address()), new SimpleMeterRegistry())) {
            first.start();
            write(Status.FIRING, Severity.WARNING, null);
            await().atMost(SOON).until(() -> webhook.bodies.size() == 1);
            await().atMost(SOON).until(() -> committed() > 0);
        }
        write(Status.RESOLVED, Severity.WARNING, Instant.now());
        try (Notifier second = notifier(List.of(), List.of(webhook.address()), new SimpleMeterRegistry())) {
            second.start();
            await().atMost(SOON).until(() -> webhook.bodies.size() > 1);
        }
        assertThat(webhook.bodies)
                .extracting(body -> body.path("status").asText())
                .containsExactly("firing", "resolved");
    }

    @Test
    void alertsThatNeverRestKeepNobodyFromRememberingWhatWasTold() throws Exception {
        ScheduledExecutorService heartbeats = Executors.newSingleThreadScheduledExecutor();
        try {
            try (Notifier first = notifier(List.of(), List.of(webhook.address()), new SimpleMeterRegistry())) {
                first.start();
                heartbeats.scheduleAtFixedRate(this::heartbeat, 0, 200, TimeUnit.MILLISECONDS);
                await().atMost(SOON).until(() -> webhook.bodies.size() == 1);
                await().atMost(SOON).until(() -> committed() > 0);
            }
        } finally {
            heartbeats.shutdown();
            assertThat(heartbeats.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        }
        write(Status.RESOLVED, Severity.WARNING, Instant.now());
        try (Notifier second = notifier(List.of(), List.of(webhook.address()), new SimpleMeterRegistry())) {
            second.start();
            await().atMost(SOON).until(() -> webhook.bodies.size() > 1);
        }
        assertThat(webhook.bodies)
                .extracting(body -> body.path("status").asText())
                .containsExactly("firing", "resolved");
    }

    private void heartbeat() {
        try {
            write(Status.FIRING, Severity.WARNING, null);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private long committed() throws Exception {
        try (Admin admin = clients.admin("test")) {
            return admin
                    .listConsumerGroupOffsets(topics.prefix() + "processor-notify")
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .values()
                    .stream()
                    .mapToLong(offset -> offset.offset())
                    .sum();
        }
    }

    private Notifier notifier(List<URI> alertmanagers, List<URI> webhooks, SimpleMeterRegistry registry) {
        return new Notifier(
                clients,
                topics,
                new NotifySettings(
                        alertmanagers,
                        Optional.empty(),
                        Duration.ofSeconds(1),
                        webhooks,
                        Optional.empty(),
                        Duration.ofSeconds(5),
                        Optional.of(URI.create("http://127.0.0.1:8080"))),
                registry,
                Clock.systemUTC());
    }

    private void write(Status status, Severity severity, Instant endsAt) throws Exception {
        Alert alert = Told.alert("ReplicasUnassigned", status, severity, began, endsAt);
        producer.send(new ProducerRecord<>(topics.alerts().name(), alert.fingerprint(), alert))
                .get();
    }

    /** By severity: the label that changes. */
    private Map<String, JsonNode> firing() throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(
                        alertmanagerAddress.resolve("/api/v2/alerts?active=true&silenced=false"))
                .build();
        JsonNode alerts = Json.MAPPER.readTree(
                http.send(request, HttpResponse.BodyHandlers.ofString()).body());
        Map<String, JsonNode> bySeverity = new HashMap<>();
        alerts.forEach(alert -> bySeverity.put(alert.at("/labels/severity").asText(), alert));
        return bySeverity;
    }

    private URI startAlertmanager() throws IOException {
        Path config = folder.resolve("alertmanager.yml");
        Files.writeString(config, "route:\n  receiver: nobody\nreceivers:\n  - name: nobody\n");
        int port = Sandbox.freePorts(1).get(0);
        alertmanager = new ProcessBuilder(
                        ALERTMANAGER.toString(),
                        "--config.file=" + config,
                        "--storage.path=" + folder.resolve("data"),
                        "--web.listen-address=127.0.0.1:" + port,
                        "--cluster.listen-address=")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("alertmanager.log").toFile())
                .start();
        URI address = URI.create("http://127.0.0.1:" + port);
        await().atMost(SOON).ignoreException(ConnectException.class).until(() -> {
            HttpRequest ready =
                    HttpRequest.newBuilder(address.resolve("/-/ready")).build();
            return http.send(ready, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        });
        return address;
    }
}
