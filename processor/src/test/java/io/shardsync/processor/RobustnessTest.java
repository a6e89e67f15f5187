package io.shardsync.processor;

import io.shardsync.processor.alert.AlertState;
import io.shardsync.processor.alert.ClusterMemory;
import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.Alert.Status;
import io.shardsync.schemas.model.ReplicationStatus;
import io.shardsync.schemas.model.ReplicationStatus.Health;
import io.shardsync.schemas.model.ShardKey;
import io.shardsync.schemas.model.ShardSnapshot;
import io.shardsync.schemas.topic.DeadLetter;
import io.shardsync.schemas.topic.Topic;
import io.shardsync.schemas.topic.Topics;
import io.shardsync.schemas.topic.TraceContext;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import static io.shardsync.processor.Copies.START;
import static io.shardsync.processor.Harness.TOPICS;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** What other people's programs, clocks and restarts do to the input leaves the judgement right. */
class RobustnessTest {
    private static final ShardKey ORDERS = new ShardKey("prod", "orders", 0);
    private static final List<String> NODES = List.of("n1", "n2", "n3");

    @TempDir
    Path stateDir;

    /** @param reason that has to be given */
    private record Poison(String name, Topic<?, ?> topic, String key, String value, String reason) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Poison> poison() {
        String snapshot =
                "{\"cluster\":\"prod\",\"index\":\"orders\",\"index_uuid\":\"u\",\"shard\":0,\"snapshot_id\":1,\"collected_at\":"
                        + "\"2026-11-23T02:00:00Z\",\"group_state\":\"live\",\"group_size\":1,\"copy_ordinal\":0,\"role\":"
                        + "\"primary\",\"state\":\"%s\"}";
        return Stream.of(
                new Poison("no JSON", TOPICS.shardSnapshots(), "prod/orders/0", "\u0000\u0001", "not a ShardSnapshot"),
                new Poison(
                        "half of it", TOPICS.shardSnapshots(), "prod/orders/0", "{\"cluster\":", "not a ShardSnapshot"),
                new Poison("JSON null", TOPICS.shardSnapshots(), "prod/orders/0", "null", "found JSON null"),
                new Poison("a list", TOPICS.clusterSnapshots(), "prod", "[]", "not a ClusterSnapshot"),
                new Poison(
                        "a key that is none",
                        TOPICS.shardSnapshots(),
                        "orders",
                        snapshot.formatted("STARTED"),
                        "cluster/index/shard"),
                new Poison(
                        "a copy under another shard's key",
                        TOPICS.shardSnapshots(),
                        "prod/orders/1",
                        snapshot.formatted("STARTED"),
                        "the value belongs under the key 'prod/orders/0', and lies under 'prod/orders/1'"),
                new Poison(
                        "a cluster whose name would make a key that nobody can read",
                        TOPICS.shardSnapshots(),
                        "prod/orders/0",
                        snapshot.formatted("STARTED").replace("\"prod\"", "\"a/b/c\""),
                        "the value belongs under the key 'a/b/c/orders/0'"),
                new Poison("without what it must have", TOPICS.shardSnapshots(), "prod/orders/0", "{}", "cluster"),
                new Poison(
                        "a state of a later version",
                        TOPICS.shardSnapshots(),
                        "prod/orders/0",
                        snapshot.formatted("FROZEN"),
                        "FROZEN"),
                new Poison(
                        "a number where a word belongs",
                        TOPICS.shardSnapshots(),
                        "prod/orders/0",
                        snapshot.formatted("STARTED").replace("\"primary\"", "1"),
                        "not a ShardSnapshot"),
                new Poison(
                        "a recovery without a time",
                        TOPICS.recoveryEvents(),
                        "prod/orders/0",
                        "{\"recovery_id\":\"r\",\"cluster\":\"prod\",\"index\":\"orders\"}",
                        "at"),
                new Poison(
                        "a collection under another cluster's name",
                        TOPICS.clusterSnapshots(),
                        "other",
                        new String(
                                TOPICS.clusterSnapshots()
                                        .values()
                                        .serializer()
                                        .serialize("t", Harness.collectionAt(START, NODES)),
                                UTF_8),
                        "the value belongs under the key 'prod', and lies under 'other'"),
                new Poison("a result that is a text", TOPICS.recoveryResults(), "id", "\"done\"", "RecoveryResult"),
                new Poison(
                        "a report without shards",
                        TOPICS.consistencyReports(),
                        "prod/orders/fingerprint",
                        "{\"cluster\":\"prod\",\"index\":\"orders\",\"method\":\"fingerprint\"}",
                        "ConsistencyReport"));
    }

    @ParameterizedTest
    @MethodSource("poison")
    void whatCanNotBeUsedIsSetAsideWithItsReasonCountedAndTheRestJudged(Poison poison) {
        try (Harness harness = new Harness(stateDir, Map.of())) {
            // When
            harness.raw(poison.topic(), poison.key(), poison.value());
            harness.shards(Copies.of("orders", START).replica("n2", 100).primary("n1", 100));
            harness.collection(NODES, List.of()).pass(Duration.ofSeconds(1));
            // Then
            List<TestRecord<byte[], byte[]>> letters = harness.deadLetters();
            assertThat(letters).hasSize(1);
            TestRecord<byte[], byte[]> letter = letters.get(0);
            assertThat(letter.key()).isEqualTo(poison.key().getBytes(UTF_8));
            assertThat(letter.value()).isEqualTo(poison.value().getBytes(UTF_8));
            assertThat(header(letter, DeadLetter.REASON)).contains(poison.reason());
            assertThat(header(letter, DeadLetter.TOPIC))
                    .isEqualTo(poison.topic().name());
            assertThat(header(letter, DeadLetter.SERVICE)).isEqualTo("processor");
            assertThat(harness.counter("shardsync.dead.letters")).isEqualTo(1);
            assertThat(harness.statuses().get(ORDERS).health()).isEqualTo(Health.IN_SYNC);
        }
    }

    @Test
    void fieldsOfALaterVersionAreNoFault() {
        try (Harness harness = new Harness(stateDir, Map.of())) {
            ShardSnapshot copy = Copies.of("orders", START).primary("n1", 100).get(0);
            String json = new String(
                    TOPICS.shardSnapshots()
                            .values()
                            .serializer()
                            .serialize(new Topics("", "").shardSnapshots().name(), copy),
                    UTF_8);
            harness.raw(
                    TOPICS.shardSnapshots(), "prod/orders/0", json.replaceFirst("\\{", "{\"colour\":{\"of\":[1]},"));
            assertThat(harness.statuses().get(ORDERS).health()).isEqualTo(Health.IN_SYNC);
            assertThat(harness.deadLetters()).isEmpty();
        }
    }

    @Test
    void recordsThatComeTwiceChangeNothing() {
        List<Alert> once;
        List<ReplicationStatus> statuses = new ArrayList<>();
        try (Harness harness = new Harness(stateDir.resolve("once"), Map.of("healing.mode", "act"))) {
            history(harness, 1, statuses);
            once = List.copyOf(harness.alerts());
        }
        List<ReplicationStatus> again = new ArrayList<>();
        try (Harness harness = new Harness(stateDir.resolve("twice"), Map.of("healing.mode", "act"))) {
            history(harness, 2, again);
            assertThat(harness.alerts()).isEqualTo(once);
        }
        assertThat(once).isNotEmpty();
        assertThat(again).isEqualTo(statuses);
    }

    private static void history(Harness harness, int times, List<ReplicationStatus> statuses) {
        for (int i = 0; i < 240; i++) {
            boolean broken = i > 60 && i < 180;
            for (int time = 0; time < times; time++) {
                Copies copies = Copies.of("orders", harness.now());
                harness.shards(
                        broken
                                ? copies.unassigned("NODE_LEFT", false).primary("n1", 100)
                                : copies.replica("n2", 100).primary("n1", 100));
                harness.collection(broken ? List.of("n1", "n3") : NODES, List.of());
            }
            harness.pass(Duration.ofSeconds(1));
            statuses.addAll(harness.statuses().values());
        }
    }

    @Test
    void collectionsThatComeLateAreOutdated() {
        try (Harness harness = new Harness(stateDir, Map.of())) {
            // Given
            calm(harness, Duration.ofSeconds(30));
            Instant before = harness.now().minusSeconds(15);
            harness.statuses();
            // When
            harness.shards(
                    Copies.of("orders", before).unassigned("NODE_LEFT", false).noPrimary("NODE_LEFT"));
            harness.collection(Harness.collectionAt(before, List.of("n1")));
            harness.pass(Duration.ofSeconds(1));
            // Then
            assertThat(harness.statuses()).isEmpty();
            assertThat(harness.alerts()).isEmpty();
        }
    }

    @Test
    void twoCollectorsThatWriteAtOnceAreNeverMixed() {
        Random random = new Random(11);
        try (Harness harness = new Harness(stateDir, Map.of())) {
            for (int round = 0; round < 300; round++) {
                // Given: one sees the replica at 100 and the primary at 200, the other at 300 and 300
                long number = harness.now().toEpochMilli();
                List<ShardSnapshot> one = Copies.of("orders", harness.now())
                        .by("one", number)
                        .replica("n2", 100)
                        .replica("n3", 100)
                        .primary("n1", 200);
                List<ShardSnapshot> other = Copies.of("orders", harness.now())
                        .by("other", number + 1)
                        .replica("n2", 300)
                        .replica("n3", 300)
                        .primary("n1", 300);
                // When
                int first = 0;
                int second = 0;
                while (first < one.size() || second < other.size()) {
                    boolean takeFirst = second == other.size() || (first < one.size() && random.nextBoolean());
                    harness.shards(List.of(takeFirst ? one.get(first++) : other.get(second++)));
                }
                // Then
                ReplicationStatus status = harness.statuses().get(ORDERS);
                assertThat(status).as("the newer one is always judged").isNotNull();
                assertThat(status.snapshotId()).isEqualTo(number + 1);
                assertThat(status.syncLagOps()).isZero();
                harness.pass(Duration.ofSeconds(1));
            }
        }
    }

    /** A take-over by a collector whose clock is wrong by as much, forwards or backwards. */
    @ParameterizedTest
    @org.junit.jupiter.params.provider.ValueSource(longs = {-1200, -40, -2, 2, 40, 1200})
    void aCollectorWithAnotherClockRaisesNothingAndEndsNothing(long seconds) {
        try (Harness harness = new Harness(stateDir, Map.of("healing.mode", "off"))) {
            // Given a busy shard, one whose replica has been unassigned for long, and one for a moment
            long number = START.toEpochMilli();
            for (int i = 0; i < 120; i++) {
                see(harness, "one", number++, i, i > 118);
            }
            assertThat(harness.alerts())
                    .extracting(Alert::alertname, Alert::status)
                    .contains(org.assertj.core.groups.Tuple.tuple("ReplicasUnassigned", Status.FIRING));
            int before = harness.alerts().size();
            harness.statuses();
            // When
            harness.clock(harness.now().plusSeconds(seconds));
            List<ReplicationStatus> statuses = new ArrayList<>();
            for (int i = 120; i < 140; i++) {
                see(harness, "two", number++, i, true);
                statuses.addAll(harness.statuses().values());
            }
            // Then
            List<Alert> since =
                    harness.alerts().subList(before, harness.alerts().size());
            assertThat(since).allSatisfy(alert -> {
                assertThat(alert.alertname()).isEqualTo("ReplicasUnassigned");
                assertThat(alert.status()).isEqualTo(Status.FIRING);
                assertThat(alert.occurrences()).isEqualTo(1);
                assertThat(alert.affected().copies())
                        .as("what lacks its replica for a moment only is no fault yet")
                        .isEqualTo(1);
            });
            assertThat(statuses)
                    .filteredOn(status -> status.index().equals("busy"))
                    .extracting(ReplicationStatus::health)
                    .containsOnly(Health.IN_SYNC);
            // When
            for (int i = 140; i < 200; i++) {
                see(harness, "two", number++, i, true);
            }
            // Then it becomes one on the new clock
            List<Alert> all = harness.alerts("ReplicasUnassigned");
            assertThat(all.get(all.size() - 1).affected().copies()).isEqualTo(2);
        }
    }

    private static void see(Harness harness, String collector, long number, int second, boolean brieflyToo) {
        harness.shards(Copies.of("busy", harness.now())
                .by(collector, number)
                .replica("n2", 10_000L * second + 9_000)
                .primary("n1", 10_000L * second + 10_000));
        harness.shards(Copies.of("lacking", harness.now())
                .by(collector, number)
                .unassigned("NODE_LEFT", false)
                .primary("n1", 100));
        Copies briefly = Copies.of("briefly", harness.now()).by(collector, number);
        harness.shards(
                brieflyToo
                        ? briefly.unassigned("NODE_LEFT", false).primary("n1", 100)
                        : briefly.replica("n3", 100).primary("n1", 100));
        harness.collectionBy(collector, number).pass(Duration.ofSeconds(1));
    }

    /** Ids from the far future that somebody wrote by mistake. */
    @ParameterizedTest
    @org.junit.jupiter.params.provider.ValueSource(longs = {Long.MAX_VALUE, 1_795_000_000_000_000L, 1_900_000_000_000L})
    void anIdFromTheFarFutureDoesNotMakeEverythingElseLookOld(long huge) {
        try (Harness harness = new Harness(stateDir, Map.of())) {
            // Given
            calm(harness, Duration.ofSeconds(10));
            // When it is that of a collection, of a whole group, and of a replica alone
            List<ShardSnapshot> whole = Copies.of("orders", harness.now())
                    .by("somebody", huge)
                    .replica("n2", 100)
                    .primary("n1", 100);
            List<ShardSnapshot> half = Copies.of("users", harness.now())
                    .by("somebody", huge)
                    .replica("n2", 100)
                    .primary("n1", 100);
            harness.shards(whole).shards(half.subList(0, 1)).collectionBy("somebody", huge);
            harness.pass(Duration.ofSeconds(1));
            // Then what really happens is told all the same
            for (int i = 0; i < 60; i++) {
                for (String index : List.of("orders", "users")) {
                    harness.shards(Copies.of(index, harness.now())
                            .unassigned("NODE_LEFT", false)
                            .primary("n1", 100));
                }
                harness.collection(List.of("n1", "n3"), List.of()).pass(Duration.ofSeconds(1));
            }
            assertThat(harness.statuses().values())
                    .hasSize(2)
                    .extracting(ReplicationStatus::health)
                    .containsOnly(Health.DEGRADED);
            List<Alert> told = harness.alerts("ReplicasUnassigned");
            assertThat(told.get(told.size() - 1).affected().copies()).isEqualTo(2);
            assertThat(harness.alerts()).extracting(Alert::alertname).containsOnly("NodeLost", "ReplicasUnassigned");
        }
    }

    @Test
    void ofAClusterOfWhichOnlyOutdatedCollectionsComeNothingIsKnown() {
        try (Harness harness = new Harness(stateDir, Map.of())) {
            calm(harness, Duration.ofSeconds(10));
            Instant before = harness.now().minusSeconds(5);
            for (int i = 0; i < 60; i++) {
                harness.collection(Harness.collectionAt(before, NODES)).pass(Duration.ofSeconds(1));
            }
            assertThat(harness.alerts())
                    .extracting(Alert::alertname, Alert::status)
                    .containsExactly(org.assertj.core.groups.Tuple.tuple("DataStale", Status.FIRING));
        }
    }

    /** Until the collector's clock has caught up with the moment at which its silence was told. */
    @Test
    void silenceThatWasToldByTheWallIsOverAlsoWhereTheCollectorsClockIsSlow() {
        try (Harness harness = new Harness(stateDir, Map.of())) {
            harness.clock(harness.now().minus(Duration.ofMinutes(20)));
            calm(harness, Duration.ofSeconds(10));
            for (int i = 0; i < 60; i++) {
                harness.pass(Duration.ofSeconds(1));
            }
            assertThat(harness.last("DataStale").status()).isEqualTo(Status.FIRING);
            calm(harness, Duration.ofSeconds(3));
            assertThat(harness.last("DataStale").status()).isEqualTo(Status.RESOLVED);
        }
    }

    @Test
    void aClusterThatCanNotBeJudgedSaysSoAndSilencesNoOther() {
        try (Harness harness = new Harness(stateDir, Map.of())) {
            // Given a memory that no record could have left: an alert that does not know when it may end
            Alert alert = lacking(harness, 40);
            AlertState broken = new AlertState(AlertState.Phase.FIRING, START, START, 1, List.of(), null, alert, null);
            harness.remember(
                    "memory-by-cluster", "another", ClusterMemory.empty().with(Map.of("0", broken), Map.of()));
            // When
            for (int i = 0; i < 30; i++) {
                harness.collection(
                        Altered.collection(Harness.collectionAt(harness.now(), NODES), "cluster", "another"));
                Alert told = lacking(harness, 1);
                assertThat(told.status()).isEqualTo(Status.FIRING);
            }
            int before = harness.alerts().size();
            lacking(harness, 61);
            // Then
            assertThat(harness.alerts().subList(before, harness.alerts().size()))
                    .as("the heartbeat goes on")
                    .extracting(Alert::alertname)
                    .contains("ReplicasUnassigned");
            assertThat(harness.alerts("DataStale").get(0).cluster()).isEqualTo("another");
            assertThat(harness.alerts("DataStale").get(0).cause().code()).isEqualTo("judgement_failed");
            assertThat(harness.gauge("shardsync.evaluation.age", "cluster", "prod"))
                    .isLessThan(5);
        }
    }

    /** The newest word about the replica that prod lacks for so many seconds. */
    private static Alert lacking(Harness harness, int seconds) {
        for (int i = 0; i < seconds; i++) {
            harness.lacking("orders", "NODE_LEFT").collection(NODES, List.of()).pass(Duration.ofSeconds(1));
        }
        List<Alert> told = harness.alerts("ReplicasUnassigned").stream()
                .filter(alert -> alert.status() != Status.UNKNOWN)
                .toList();
        return told.get(told.size() - 1);
    }

    @Test
    void whoCatchesUpWithHoursThatWereCalmRaisesNothing() {
        try (Harness harness = new Harness(stateDir, Map.of("healing.mode", "act"))) {
            calm(harness, Duration.ofSeconds(60));
            harness.shards(Copies.of("new", harness.now())
                    .unassigned("INDEX_CREATED", false)
                    .primary("n1", 5));
            harness.collection(NODES, List.of()).pass(Duration.ofSeconds(1));
            harness.statuses();
            // When five hours have passed, of which Kafka has kept the last, and all of it comes in a moment
            Instant end = harness.now().plus(Duration.ofHours(5));
            for (Instant at = end.minus(Duration.ofHours(1)); at.isBefore(end); at = at.plusSeconds(10)) {
                long ops = Duration.between(START, at).toSeconds();
                harness.clock(at);
                harness.shards(
                        Copies.of("orders", at).replica("n2", 10 * ops - 7).primary("n1", 10 * ops));
                boolean young = (ops / 10) % 30 == 0;
                harness.shards(
                        young
                                ? Copies.of("new", at)
                                        .unassigned("INDEX_CREATED", false)
                                        .primary("n1", 5)
                                : Copies.of("new", at).replica("n2", 5).primary("n1", 5));
                harness.collection(NODES, List.of());
                if (ops % 600 < 10) {
                    harness.pass(Duration.ofMillis(500));
                }
            }
            harness.pass(Duration.ofSeconds(1));
            // Then
            assertThat(harness.alerts()).isEmpty();
            assertThat(harness.commands()).isEmpty();
            assertThat(harness.statuses().get(ORDERS).health()).isEqualTo(Health.IN_SYNC);
        }
    }

    @Test
    void aTraceIsFollowedFromTheSnapshotToStatusAlertAndCommand() {
        List<String> traces = new ArrayList<>();
        try (Harness harness = new Harness(stateDir, Map.of())) {
            for (int i = 0; i < 120; i++) {
                traces.add(TraceContext.begin().parent());
                harness.traced(
                                traces.get(i),
                                Copies.of("orders", harness.now())
                                        .unassigned("NODE_LEFT", false)
                                        .primary("n1", 100),
                                Harness.collectionAt(harness.now(), NODES))
                        .pass(Duration.ofSeconds(1));
            }
            // The Watchdog comes of no collection.
            Set<String> ofAlerts = traces(harness, TOPICS.alerts());
            assertThat(ofAlerts)
                    .as("an alert and all its changes are one trace")
                    .hasSize(1);
            assertThat(traces).as("that of a collection which showed it").containsAll(ofAlerts);
            assertThat(traces(harness, TOPICS.recoveryCommands()))
                    .as("what is done about it belongs to it")
                    .isEqualTo(ofAlerts);
            assertThat(traces(harness, TOPICS.replicationStatuses()))
                    .as("a status belongs to its own collection")
                    .contains(traces.get(0));
        }
    }

    private static Set<String> traces(Harness harness, Topic<?, ?> topic) {
        Set<String> traces = new TreeSet<>();
        for (Headers headers : harness.headers(topic)) {
            assertThat(headers.headers("ce_id")).hasSize(1);
            TraceContext.of(headers).map(TraceContext::parent).ifPresent(traces::add);
        }
        return traces;
    }

    private static void calm(Harness harness, Duration time) {
        for (long i = 0; i < time.toSeconds(); i++) {
            harness.shards(Copies.of("orders", harness.now()).replica("n2", 100).primary("n1", 100));
            harness.collection(NODES, List.of()).pass(Duration.ofSeconds(1));
        }
    }

    private static String header(TestRecord<byte[], byte[]> letter, String name) {
        Header header = letter.headers().lastHeader(name);
        assertThat(header).as(name).isNotNull();
        return new String(header.value(), UTF_8);
    }
}
