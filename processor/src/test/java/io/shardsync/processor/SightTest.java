package io.shardsync.processor;

import io.shardsync.processor.alert.ClusterMemory;
import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.Alert.Status;
import io.shardsync.schemas.model.ClusterSnapshot.Scope;
import io.shardsync.schemas.model.ClusterSnapshot.Switch;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.Control;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.model.RecoveryResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The cluster, or whoever looks at it, was away: what was known stands until it is known anew, and nothing is made up.
 */
class SightTest {
    private static final List<String> NODES = List.of("n1", "n2", "n3");
    private static final String MEMORIES = "memory-by-cluster";
    private static final Switch PRIMARIES_ONLY =
            new Switch("cluster.routing.allocation.enable", "primaries", Scope.PERSISTENT, null);

    @TempDir
    Path stateDir;

    @Test
    void aNewLifeOfTheProcessorEndsNoAlertBeforeACollectionHasCome() {
        ClusterMemory left;
        try (Harness before = new Harness(stateDir.resolve("before"), Map.of())) {
            lacking(before, 60);
            before.pass(Duration.ofMinutes(2));
            assertThat(before.last("DataStale").status()).isEqualTo(Status.FIRING);
            assertThat(before.last("ReplicasUnassigned").status()).isEqualTo(Status.UNKNOWN);
            left = before.remembered(MEMORIES, "prod");
        }
        try (Harness after = new Harness(
                stateDir.resolve("after"), Map.of("processor.expected.clusters", "prod", "topics.partitions", "1"))) {
            // Given
            after.remember(MEMORIES, "prod", left);
            // When shards are read again, and nobody collects
            after.lacking("orders", "NODE_LEFT").pass(Duration.ofSeconds(10));
            // Then
            assertThat(after.alerts()).isEmpty();
            after.pass(Duration.ofMinutes(2));
            assertThat(after.alerts("DataStale"))
                    .isNotEmpty()
                    .allSatisfy(alert -> assertThat(alert.status()).isEqualTo(Status.FIRING))
                    .allSatisfy(alert -> assertThat(alert.occurrences()).isEqualTo(1));
            // And a collection ends it
            lacking(after, 1);
            assertThat(after.last("DataStale").status()).isEqualTo(Status.RESOLVED);
        }
    }

    @Test
    void aClusterThatOnlyAResultSpeaksOfIsNone() {
        try (Harness harness = new Harness(stateDir, Map.of())) {
            RecoveryCommand mistyped = commandFor("prdo", harness);
            harness.result(
                    Harness.ended(mistyped, RecoveryResult.Status.REJECTED, harness.now(), "there is no cluster prdo"));
            assertThat(harness.<ClusterMemory>remembered(MEMORIES, "prdo")).isNull();
        }
    }

    @Test
    void whoComesBackFromBlindnessEndsNothingBeforeTheShardsAreJudged() {
        try (Harness harness = new Harness(stateDir, Map.of())) {
            lacking(harness, 60);
            for (int i = 0; i < 20; i++) {
                harness.unreachable().pass(Duration.ofSeconds(5));
            }
            assertThat(harness.last("ReplicasUnassigned").status()).isEqualTo(Status.UNKNOWN);
            int commands = harness.commands().size();
            harness.pass(Duration.ofSeconds(12));
            // When the collection's end is read before its shards
            harness.collection(NODES, List.of()).pass(Duration.ofSeconds(2));
            // Then
            assertThat(harness.last("ReplicasUnassigned").status()).isEqualTo(Status.UNKNOWN);
            assertThat(harness.commands()).as("nothing is asked for on a guess").hasSize(commands);
            lacking(harness, 2);
            assertThat(harness.last("ReplicasUnassigned").status()).isEqualTo(Status.FIRING);
            assertThat(harness.alerts("ReplicasUnassigned"))
                    .extracting(Alert::status)
                    .doesNotContain(Status.RESOLVED);
            assertThat(harness.last("ReplicasUnassigned").occurrences()).isEqualTo(1);
        }
    }

    @Test
    void whoCatchesUpWithAnIncidentAsksForNothingThatWouldHaveExpired() {
        try (Harness harness = new Harness(stateDir, Map.of("healing.mode", "act"))) {
            // Given
            lacking(harness, 120);
            assertThat(heals(harness)).hasSize(1);
            Instant left = harness.now();
            Instant wall = left.plus(Duration.ofHours(1));
            harness.pass(Duration.ofHours(1));

            // When all that came meanwhile is read at once
            for (Instant at = left; at.isBefore(wall.minus(Duration.ofMinutes(1))); at = at.plusSeconds(60)) {
                harness.clock(at).lacking("orders", "NODE_LEFT").collection(NODES, List.of());
                harness.pass(Duration.ofSeconds(1));
            }

            // Then
            assertThat(heals(harness)).hasSizeLessThanOrEqualTo(2);
            assertThat(heals(harness).subList(1, heals(harness).size()))
                    .allSatisfy(heal -> assertThat(heal.expiresAt()).isAfter(wall));
            assertThat(harness.alerts("HealingExhausted")).isEmpty();
        }
    }

    private static List<RecoveryCommand> heals(Harness harness) {
        return harness.commands().stream()
                .filter(command -> command.type() == CommandType.RECOVER)
                .toList();
    }

    @Test
    void anAlertAboutACopyStandsWhileItsNodeIsSilent() {
        try (Harness harness = new Harness(stateDir, Map.of())) {
            // Given
            for (int second = 0; second < 240; second += 5) {
                harness.shards(
                        Copies.of("orders", harness.now()).replica("n2", 100).primary("n1", 100 + second * 30_000L));
                harness.collection(NODES, List.of()).pass(Duration.ofSeconds(5));
            }
            assertThat(harness.last("ReplicaStuck").status()).isEqualTo(Status.FIRING);

            // When
            for (int second = 240; second < 300; second += 5) {
                harness.shards(
                        Copies.of("orders", harness.now()).silentReplica("n2").primary("n1", 100 + second * 30_000L));
                harness.collection(NODES, List.of()).pass(Duration.ofSeconds(5));
            }

            // Then
            assertThat(harness.last("ReplicaStuck").status()).isEqualTo(Status.FIRING);
            assertThat(harness.last("ReplicaLagHigh").status()).isEqualTo(Status.FIRING);

            // And when it answers, and has caught up
            for (int second = 300; second < 330; second += 5) {
                harness.shards(Copies.of("orders", harness.now())
                        .replica("n2", 20_000_000)
                        .primary("n1", 20_000_000));
                harness.collection(NODES, List.of()).pass(Duration.ofSeconds(5));
            }
            assertThat(harness.last("ReplicaStuck").status()).isEqualTo(Status.RESOLVED);
            assertThat(harness.last("ReplicaLagHigh").status()).isEqualTo(Status.RESOLVED);
        }
    }

    @Test
    void aCopyOfAnIdleShardStandsStillOnlySinceThePrimaryHasPassedIt() {
        try (Harness harness = new Harness(stateDir, Map.of())) {
            // Given
            for (int i = 0; i < 60; i++) {
                harness.shards(
                        Copies.of("orders", harness.now()).replica("n2", 100).primary("n1", 100));
                harness.collection(NODES, List.of()).pass(Duration.ofSeconds(10));
            }

            // When it is written to for less than lag.stuck.ms
            for (int second = 0; second < 55; second += 5) {
                harness.shards(
                        Copies.of("orders", harness.now()).replica("n2", 100).primary("n1", 500 + second));
                harness.collection(NODES, List.of()).pass(Duration.ofSeconds(5));
            }

            // Then
            assertThat(harness.alerts("ReplicaStuck")).isEmpty();
        }
    }

    @Test
    void aClusterThatIsPutInAnothersPlaceHasLostNoNode() {
        try (Harness harness = new Harness(stateDir, Map.of())) {
            // Given
            calm(harness, 15);

            // When
            for (int i = 0; i < 30; i++) {
                harness.collection(Altered.collection(
                        Harness.collectionAt(harness.now(), List.of("m1", "m2", "m3")), "cluster_uuid", "another"));
                harness.pass(Duration.ofSeconds(1));
            }

            // Then
            assertThat(harness.alerts("NodeLost")).isEmpty();
        }
    }

    @Test
    void whatWasHealedWhileNobodySawItIsResolvedOnceThatIsSeen() {
        try (Harness harness = new Harness(stateDir, Map.of())) {
            lacking(harness, 60);
            for (int i = 0; i < 20; i++) {
                harness.unreachable().pass(Duration.ofSeconds(5));
            }
            calm(harness, 15);
            assertThat(harness.last("ReplicasUnassigned").status()).isEqualTo(Status.RESOLVED);
        }
    }

    @Test
    void aCollectionThatSeesNoSettingsDoesNotSayThatTheyAreAsTheyShouldBe() {
        try (Harness harness = new Harness(stateDir, Map.of())) {
            // Given a long restart with allocation switched off
            for (int i = 0; i < 400; i++) {
                harness.lacking("orders", "NODE_LEFT")
                        .collection(NODES, List.of(PRIMARIES_ONLY))
                        .pass(Duration.ofSeconds(1));
            }
            assertThat(causes(harness)).containsOnly("switch_off");
            // When
            harness.noMaster(NODES).lacking("orders", "NODE_LEFT").pass(Duration.ofSeconds(2));
            harness.collection(NODES, List.of(PRIMARIES_ONLY)).pass(Duration.ofSeconds(2));
            // Then
            assertThat(causes(harness)).containsOnly("switch_off");
        }
    }

    @Test
    void figuresOfShardsThatNobodySeesSayThatNothingIsKnown() {
        try (Harness harness = new Harness(stateDir, Map.of())) {
            calm(harness, 10);
            assertThat(shards(harness, "in_sync")).isEqualTo(1);
            harness.pass(Duration.ofMinutes(2)).pass(Duration.ofSeconds(2)).pass(Duration.ofSeconds(2));
            assertThat(shards(harness, "in_sync")).isZero();
            assertThat(shards(harness, "unknown")).isEqualTo(1);
            // And of a retired cluster there are none
            harness.control(
                    "prod/retired",
                    new Control(Control.Kind.RETIRED, "prod", null, harness.now(), null, "anna", "switched off"));
            harness.pass(Duration.ofSeconds(3));
            assertThat(harness.hasGauge("shardsync.shards", "cluster", "prod")).isFalse();
        }
    }

    private static double shards(Harness harness, String health) {
        return harness.gauge("shardsync.shards", "cluster", "prod", "health", health);
    }

    private static List<String> causes(Harness harness) {
        return harness.alerts("ReplicasUnassigned").stream()
                .map(alert -> alert.labels().get("cause"))
                .distinct()
                .toList();
    }

    private static void lacking(Harness harness, int seconds) {
        for (int i = 0; i < seconds; i++) {
            harness.lacking("orders", "NODE_LEFT").collection(NODES, List.of()).pass(Duration.ofSeconds(1));
        }
    }

    private static void calm(Harness harness, int seconds) {
        for (int i = 0; i < seconds; i++) {
            harness.shards(Copies.of("orders", harness.now()).replica("n2", 100).primary("n1", 100));
            harness.collection(NODES, List.of()).pass(Duration.ofSeconds(1));
        }
    }

    private static RecoveryCommand commandFor(String cluster, Harness harness) {
        return RecoveryCommand.builder(CommandType.RECOVER, cluster)
                .commandId("00000000-0000-0000-0000-000000000001")
                .requested("anna", harness.now(), harness.now().plusSeconds(60))
                .reason("typed by hand")
                .build();
    }
}
