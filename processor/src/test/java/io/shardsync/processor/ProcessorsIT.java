package io.shardsync.processor;

import io.shardsync.sandbox.JavaService;
import io.shardsync.sandbox.JavaServiceSpec;
import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.junit.WithSandbox;
import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.Alert.Status;
import io.shardsync.schemas.model.ReplicationStatus;
import io.shardsync.schemas.model.ReplicationStatus.Health;
import io.shardsync.schemas.topic.DeadLetter;
import io.shardsync.schemas.topic.Topic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Processors as they run in earnest, over a real Kafka: several of them, restarted, robbed of their disk, fed rubbish.
 */
@WithSandbox(nodes = 0)
class ProcessorsIT {
    private static final Duration LONG = Duration.ofMinutes(3);
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @Test
    void whoeverOfTwoDiesTheOtherGoesOnWithTheSameAlertsAndALostDiskLosesNothing(Sandbox sandbox) throws Exception {
        try (Feed feed = new Feed(sandbox, "pair.");
                Collecting collecting = new Collecting(feed)) {
            // Given
            Map<String, String> standby = Map.of("processor.standby.replicas", "1");
            Instance one = new Instance(sandbox, "pair-one", "pair.", "one", standby);
            Instance two = new Instance(sandbox, "pair-two", "pair.", "two", standby);
            one.service.start();
            two.service.start();
            collecting.start();
            awaitStatuses(feed);
            feed.breaks(1);
            feed.breaks(2);
            feed.loses("n3");
            Map<String, Alert> before = awaitCopies(feed, 2);
            assertThat(before).containsOnlyKeys("NodeLost", "ReplicasUnassigned");
            // When
            one.service.kill();
            feed.breaks(3);
            // Then
            sameLife(before, awaitCopies(feed, 3));
            // When the first comes back with an empty disk, and the second dies
            delete(one.state);
            one.service.start();
            two.service.kill();
            feed.breaks(4);
            // Then
            sameLife(before, awaitCopies(feed, 4));
            Feed.noTransitionWasToldTwice(feed.alerts());
            one.service.stop();
        }
    }

    @Test
    void otherThresholdsEndNoAlertThatStillHolds(Sandbox sandbox) throws Exception {
        try (Feed feed = new Feed(sandbox, "rules.");
                Collecting collecting = new Collecting(feed)) {
            // Given
            Instance first = new Instance(sandbox, "rules-one", "rules.", "rules", Map.of());
            first.service.start();
            collecting.start();
            awaitStatuses(feed);
            feed.breaks(1);
            feed.loses("n3");
            Map<String, Alert> before = awaitCopies(feed, 1);
            first.service.stop();
            // When
            Instance second = new Instance(
                    sandbox,
                    "rules-two",
                    "rules.",
                    "rules",
                    Map.of(
                            "alerts.unassigned.for.ms", "4000",
                            "alerts.clear.ms", "3000",
                            "alerts.lag.ops", "5",
                            "alerts.flap.changes", "3",
                            "lag.grace.ms", "5000"));
            second.service.start();
            feed.breaks(2);
            // Then
            Map<String, Alert> after = awaitCopies(feed, 2);
            sameLife(before, after);
            assertThat(after).containsOnlyKeys("NodeLost", "ReplicasUnassigned");
            assertThat(feed.alerts()).extracting(Alert::status).containsOnly(Status.FIRING);
            second.service.stop();
        }
    }

    /** What is remembered of such a cluster is longer than the megabyte that Kafka takes if nobody says otherwise. */
    @Test
    @Tag("long")
    void thousandsOfCopiesThatAreStuckAreAsManyAlerts(Sandbox sandbox) throws Exception {
        int many = 2_000;
        try (Feed feed = new Feed(sandbox, "many.")) {
            Instance instance = new Instance(
                    sandbox,
                    "many",
                    "many.",
                    "many",
                    Map.of("lag.grace.ms", "1000", "lag.stuck.ms", "1000", "alerts.heartbeat.ms", "3600000"));
            instance.service.start();
            // When
            await().atMost(LONG).pollInterval(Duration.ofSeconds(2)).until(() -> {
                Instant at = Instant.now().truncatedTo(ChronoUnit.MILLIS);
                feed.collect(at, many, 100, at.toEpochMilli());
                feed.flush();
                return feed.alerts().stream()
                                .filter(alert -> alert.alertname().equals("ReplicaStuck"))
                                .map(Alert::fingerprint)
                                .distinct()
                                .count()
                        == many;
            });
            // Then
            Feed.noTransitionWasToldTwice(feed.alerts());
            assertThat(instance.metrics()).contains("shardsync_alerts_firing");
            instance.service.stop();
        }
    }

    @Test
    void rubbishIsSetAsideWithItsReasonAndCountedAndTheRestIsJudged(Sandbox sandbox) throws Exception {
        try (Feed feed = new Feed(sandbox, "poison.")) {
            Instance instance = new Instance(sandbox, "poisoned", "poison.", "poisoned", Map.of());
            instance.service.start();
            // Given
            List<Topic<?, ?>> inputs = List.of(
                    feed.topics().shardSnapshots(),
                    feed.topics().recoveryEvents(),
                    feed.topics().clusterSnapshots(),
                    feed.topics().recoveryResults(),
                    feed.topics().consistencyReports());
            byte[] rubbish = {0x00, (byte) 0xff, 0x7b};
            // When
            inputs.forEach(topic -> feed.raw(topic, "prod/orders/0".getBytes(UTF_8), rubbish));
            feed.raw(feed.topics().shardSnapshots(), "nokey".getBytes(UTF_8), "{}".getBytes(UTF_8));
            feed.collect(Instant.now().truncatedTo(ChronoUnit.MILLIS));
            feed.flush();
            // Then
            int expected = inputs.size() + 1;
            await().atMost(LONG)
                    .untilAsserted(() ->
                            assertThat(feed.read(feed.topics().deadLetters())).hasSize(expected));
            for (ConsumerRecord<byte[], byte[]> letter : feed.read(feed.topics().deadLetters())) {
                assertThat(letter.headers().lastHeader(DeadLetter.REASON).value())
                        .isNotEmpty();
                assertThat(letter.headers().lastHeader(DeadLetter.OFFSET).value())
                        .isNotEmpty();
            }
            assertThat(feed.read(feed.topics().deadLetters()))
                    .filteredOn(letter -> Arrays.equals(letter.value(), rubbish))
                    .extracting(letter -> new String(
                            letter.headers().lastHeader(DeadLetter.TOPIC).value(), UTF_8))
                    .containsExactlyInAnyOrderElementsOf(
                            inputs.stream().map(Topic::name).toList());
            awaitStatuses(feed);
            assertThat(instance.metrics().lines())
                    .anyMatch(line -> line.startsWith("shardsync_dead_letters_total ")
                            && Double.parseDouble(line.substring(line.lastIndexOf(' '))) == expected);
            nothingIsWrongWith(instance.metrics());
            instance.service.stop();
        }
    }

    @Test
    void hoursThatWereMissedAreCaughtUpWithAndRaiseNothing(Sandbox sandbox) throws Exception {
        try (Feed feed = new Feed(sandbox, "late.");
                Collecting collecting = new Collecting(feed)) {
            // Given a processor that has seen the cluster five hours ago
            Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
            Instance instance = new Instance(sandbox, "late", "late.", "late", Map.of());
            instance.service.start();
            for (int i = 0; i < 10; i++) {
                feed.collect(now.minus(Duration.ofHours(5)).plusSeconds(i * 10L));
            }
            feed.flush();
            awaitStatuses(feed);
            instance.service.stop();
            // When the last twenty minutes are still on the topics
            Instant last = now;
            for (Instant at = now.minus(Duration.ofMinutes(20)); at.isBefore(now); at = at.plusSeconds(10)) {
                feed.collect(at);
                last = at;
            }
            feed.flush();
            long newest = last.toEpochMilli();
            instance.service.start();
            collecting.start();
            // Then
            await().atMost(LONG).untilAsserted(() -> assertThat(statuses(feed).values())
                    .allMatch(status -> status.snapshotId() > newest && status.health() == Health.IN_SYNC));
            assertThat(feed.alerts()).isEmpty();
            assertThat(feed.read(feed.topics().recoveryCommands())).isEmpty();
            instance.service.stop();
        }
    }

    /** As Prometheus' own tool sees it; what Kafka names itself is not ours to name. */
    private static void nothingIsWrongWith(String metrics) throws IOException, InterruptedException {
        Assumptions.assumeTrue(
                Stream.of(System.getenv("PATH").split(File.pathSeparator))
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "promtool"))),
                "promtool is not installed: apt-get install prometheus");
        Process promtool = new ProcessBuilder("promtool", "check", "metrics")
                .redirectErrorStream(true)
                .start();
        try (OutputStream in = promtool.getOutputStream()) {
            in.write(metrics.getBytes(UTF_8));
        }
        String said = new String(promtool.getInputStream().readAllBytes(), UTF_8);
        promtool.waitFor();
        assertThat(metrics).contains("shardsync_dead_letters_total", "kafka_");
        assertThat(said.lines().filter(line -> line.startsWith("shardsync_"))).isEmpty();
        assertThat(said).doesNotContain("error while linting");
    }

    /** Waits until the alert says that so many replicas are unassigned; what fires then. */
    private static Map<String, Alert> awaitCopies(Feed feed, int copies) {
        await().atMost(LONG).pollInterval(Duration.ofSeconds(1)).untilAsserted(() -> {
            Map<String, Alert> firing = feed.firing();
            assertThat(firing).containsKeys("NodeLost", "ReplicasUnassigned");
            assertThat(firing.get("ReplicasUnassigned").affected().copies()).isEqualTo(copies);
        });
        return feed.firing();
    }

    /** Waits until every shard has been judged: who is lost then has been seen before. */
    private static void awaitStatuses(Feed feed) {
        await().atMost(LONG).untilAsserted(() -> assertThat(statuses(feed)).hasSize(Feed.INDICES));
    }

    private static void sameLife(Map<String, Alert> before, Map<String, Alert> after) {
        assertThat(after.keySet()).isEqualTo(before.keySet());
        before.forEach((name, alert) -> {
            assertThat(after.get(name).status()).as(name).isEqualTo(Status.FIRING);
            assertThat(after.get(name).startsAt()).as(name).isEqualTo(alert.startsAt());
            assertThat(after.get(name).occurrences()).as(name).isEqualTo(1);
        });
    }

    private static Map<String, ReplicationStatus> statuses(Feed feed) {
        Topic<?, ReplicationStatus> topic = feed.topics().replicationStatuses();
        Map<String, ReplicationStatus> newest = new TreeMap<>();
        feed.read(topic)
                .forEach(record -> newest.put(
                        new String(record.key(), UTF_8),
                        topic.values().deserializer().deserialize(record.topic(), record.value())));
        return newest;
    }

    private static void delete(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(one);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A collection each half second until closed. */
    private static final class Collecting implements AutoCloseable {
        private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
        private final Feed feed;

        Collecting(Feed feed) {
            this.feed = feed;
        }

        void start() {
            executor.scheduleAtFixedRate(
                    () -> feed.collect(Instant.now().truncatedTo(ChronoUnit.MILLIS)), 0, 500, TimeUnit.MILLISECONDS);
        }

        @Override
        public void close() throws InterruptedException {
            executor.shutdownNow();
            executor.awaitTermination(5, TimeUnit.SECONDS);
        }
    }

    /** One processor process; instances with the same folder share the state, one after the other. */
    private static final class Instance {
        private final JavaService service;
        private final Path state;
        private final URI address;

        Instance(Sandbox sandbox, String name, String prefix, String folder, Map<String, String> more) {
            int port = Sandbox.freePorts(1).get(0);
            address = URI.create("http://127.0.0.1:" + port);
            state = sandbox.folder().resolve(folder + "-state");
            Map<String, String> settings = new TreeMap<>(Map.of(
                    "kafka.bootstrap.servers",
                    sandbox.kafka().bootstrap(),
                    "topics.prefix",
                    prefix,
                    "topics.replication.factor",
                    "1",
                    "http.port",
                    String.valueOf(port),
                    "processor.application.server",
                    "127.0.0.1:" + port,
                    "state.dir",
                    state.toString(),
                    "alerts.unassigned.for.ms",
                    "1000",
                    "alerts.clear.ms",
                    "1000",
                    "healing.mode",
                    "off"));
            settings.putAll(more);
            List<String> arguments = new ArrayList<>();
            settings.forEach((key, value) -> arguments.addAll(List.of("--set", key + "=" + value)));
            service = sandbox.service(new JavaServiceSpec(
                    name,
                    System.getProperty("java.class.path"),
                    "io.shardsync.processor.ProcessorMain",
                    arguments,
                    256,
                    address.resolve("/readyz")));
        }

        String metrics() throws IOException, InterruptedException {
            return HTTP.send(
                            HttpRequest.newBuilder(address.resolve("/metrics")).build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }
}
