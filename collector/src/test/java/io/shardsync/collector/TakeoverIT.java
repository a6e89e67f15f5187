package io.shardsync.collector;

import io.shardsync.collector.publish.Fenced;
import io.shardsync.collector.publish.SnapshotPublisher;
import io.shardsync.runtime.config.Settings;
import io.shardsync.runtime.kafka.KafkaClients;
import io.shardsync.sandbox.JavaService;
import io.shardsync.sandbox.JavaServiceSpec;
import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.WriteLoad;
import io.shardsync.sandbox.WriteLoadSpec;
import io.shardsync.sandbox.junit.WithSandbox;
import io.shardsync.schemas.model.ClusterSnapshot;
import io.shardsync.schemas.model.ShardSnapshot;
import io.shardsync.schemas.topic.Topics;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.File;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Two collectors, each a process of its own, and what happens when the one that owns the cluster goes. */
@WithSandbox
class TakeoverIT {
    private static final Duration SESSION_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration INTERVAL = Duration.ofSeconds(2);
    private static final int HEAP_MB = 96;

    private final Sandbox sandbox;
    private final List<JavaService> collectors = new ArrayList<>();
    private WriteLoad load;
    private Log log;

    TakeoverIT(Sandbox sandbox) {
        this.sandbox = sandbox;
    }

    @BeforeEach
    void begin() {
        sandbox.reset();
        sandbox.http().createIndex("orders", 2, 1);
        sandbox.http().awaitHealth("green", Duration.ofSeconds(60));
        load = WriteLoad.start(sandbox, WriteLoadSpec.of(200, "orders"));
        log = new Log(sandbox.kafka().bootstrap(), new Topics(Topics.DEFAULT_PREFIX, "/test"));
    }

    @AfterEach
    void end() {
        collectors.forEach(JavaService::kill);
        load.close();
        log.close();
    }

    private static ConditionFactory soon() {
        return Awaitility.await().atMost(Duration.ofSeconds(90)).pollInterval(Duration.ofMillis(50));
    }

    /** All at once: each takes seconds. */
    private void start(String... ids) {
        List<Integer> ports = Sandbox.freePorts(ids.length);
        IntStream.range(0, ids.length).mapToObj(i -> collector(ids[i], ports.get(i))).toList().parallelStream()
                .forEach(JavaService::start);
    }

    private JavaService collector(String id, int port) {
        Map<String, String> settings = Instances.settings(sandbox, id);
        settings.put("http.port", String.valueOf(port));
        settings.put("cluster.prod.interval.ms", String.valueOf(INTERVAL.toMillis()));
        List<String> arguments = new ArrayList<>();
        settings.forEach((key, value) -> arguments.addAll(List.of("--set", key + "=" + value)));
        Path built = Path.of("target").toAbsolutePath();
        JavaService process = sandbox.service(new JavaServiceSpec(
                id,
                built.resolve("classes") + File.pathSeparator + built.resolve("lib") + File.separator + "*",
                "io.shardsync.collector.CollectorMain",
                arguments,
                HEAP_MB,
                URI.create("http://127.0.0.1:" + port + "/readyz")));
        collectors.add(process);
        return process;
    }

    private ClusterSnapshot awaitFrom(String id, long after) {
        return soon().until(
                        () -> log.readOn().clusters().stream()
                                .filter(snapshot -> snapshot.collectorId().equals(id) && snapshot.snapshotId() > after)
                                .findFirst()
                                .orElse(null),
                        snapshot -> snapshot != null);
    }

    /** The group may give the cluster to whoever joins; the owner is who then publishes twice in a row. */
    private String awaitOwner() {
        int before = log.readOn().clusters().size();
        return soon().until(
                        () -> {
                            List<ClusterSnapshot> ends = log.readOn().clusters();
                            if (ends.size() < before + 2) {
                                return null;
                            }
                            String last = ends.get(ends.size() - 1).collectorId();
                            return ends.get(ends.size() - 2).collectorId().equals(last) ? last : null;
                        },
                        owner -> owner != null);
    }

    private JavaService process(String id) {
        return collectors.stream()
                .filter(process -> process.name().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static String other(String id) {
        return id.equals("first") ? "second" : "first";
    }

    @Test
    void afterKill9AnotherGoesOnWithinTheSessionTimeoutAndOneInterval() {
        // Given
        start("first", "second");
        String owner = awaitOwner();

        // When it dies just before its next collection, so that nearly all of the interval is lost too
        Instant nearlyNext = newestFrom(owner).startedAt().plus(INTERVAL).minusMillis(500);
        soon().until(() -> Instant.now().isAfter(nearlyNext));
        process(owner).kill();

        // Then
        ClusterSnapshot last = newestFrom(owner);
        ClusterSnapshot next = awaitFrom(other(owner), last.snapshotId());
        Duration gap = Duration.between(last.completedAt(), next.completedAt());
        System.out.println("from the last collection of a killed owner to the next: " + gap.toMillis() + " ms");
        assertThat(next.full()).isTrue();
        assertThat(gap).isLessThanOrEqualTo(SESSION_TIMEOUT.plus(INTERVAL));
        awaitFrom(other(owner), next.snapshotId());
        assertThatThereIsOneTruth();
    }

    @Test
    void anOwnerThatComesBackToLifePublishesNothingOfWhatItWasAt() {
        // Given
        start("first", "second");
        String owner = awaitOwner();

        // When it hangs for longer than the group waits, and then goes on where it was
        process(owner).freeze();
        long taken = awaitFrom(other(owner), newestFrom(owner).snapshotId()).snapshotId();
        Instant thawed = Instant.now();
        process(owner).thaw();

        // Then at most the group gives the cluster back to it, and it begins anew
        awaitOwner();
        log.clusters().stream()
                .filter(snapshot -> snapshot.snapshotId() > taken)
                .filter(snapshot -> snapshot.collectorId().equals(owner))
                .findFirst()
                .ifPresent(first -> {
                    assertThat(first.full()).isTrue();
                    assertThat(first.startedAt()).isAfter(thawed);
                });
        assertThatThereIsOneTruth();
    }

    private ClusterSnapshot newestFrom(String id) {
        return log.readOn().clusters().stream()
                .filter(snapshot -> snapshot.collectorId().equals(id))
                .reduce((earlier, later) -> later)
                .orElseThrow();
    }

    /** Ids rise, each belongs to one collector, and no copy is there without its collection's end. */
    private void assertThatThereIsOneTruth() {
        List<ClusterSnapshot> ends = log.readOn().clusters();
        assertThat(ends).extracting(ClusterSnapshot::snapshotId).isSorted().doesNotHaveDuplicates();
        Map<Long, String> collectorOf =
                ends.stream().collect(Collectors.toMap(ClusterSnapshot::snapshotId, ClusterSnapshot::collectorId));
        List<ShardSnapshot> copies = log.copies().stream()
                .filter(copy -> copy.snapshotId() <= ends.get(ends.size() - 1).snapshotId())
                .toList();
        assertThat(copies).isNotEmpty().allSatisfy(copy -> assertThat(collectorOf.get(copy.snapshotId()))
                .isEqualTo(copy.collectorId()));
        assertThat(copies)
                .extracting(copy -> copy.key() + "#" + copy.copyOrdinal() + "@" + copy.snapshotId())
                .doesNotHaveDuplicates();
    }

    @Test
    void aRealBrokerFencesWhoeverOpenedBefore() throws Exception {
        start("first");
        awaitFrom("first", 0);
        Topics topics = new Topics(Topics.DEFAULT_PREFIX, "/test");
        try (SnapshotPublisher old = publisher(topics);
                SnapshotPublisher successor = publisher(topics)) {
            old.publish(false, sink -> {}, ends -> end(1));

            successor.fence(() -> true, Duration.ofMillis(100));

            assertThatThrownBy(() -> old.publish(false, sink -> {}, ends -> end(2)))
                    .isInstanceOf(Fenced.class);
            successor.publish(false, sink -> {}, ends -> end(3));
        }
        assertThat(log.readOn().clusters()).noneMatch(snapshot -> snapshot.snapshotId() == 2);
    }

    private SnapshotPublisher publisher(Topics topics) {
        KafkaClients kafka =
                new KafkaClients(Settings.of(CollectorConfig.DEFINITION, Instances.settings(sandbox, "any"))
                        .common());
        return new SnapshotPublisher(
                "another.cluster",
                topics,
                () -> kafka.producer(
                        "test",
                        Optional.of("another.cluster"),
                        Map.of(),
                        new ByteArraySerializer(),
                        new ByteArraySerializer()));
    }

    private static ClusterSnapshot end(long id) {
        return new ClusterSnapshot(
                "another",
                "u",
                id,
                "test",
                Instant.EPOCH,
                Instant.EPOCH,
                0,
                false,
                Map.of(),
                null,
                null,
                null,
                null,
                List.of(),
                null,
                null,
                List.of(),
                null,
                true,
                null);
    }
}
