package io.shardsync.processor;

import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.Alert.Severity;
import io.shardsync.schemas.model.Alert.Status;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.ConsistencyReport;
import io.shardsync.schemas.model.ConsistencyReport.Method;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.ReplicationStatus;
import io.shardsync.schemas.model.ShardKey;
import io.shardsync.schemas.model.ShardSnapshot;
import io.shardsync.schemas.model.Verdict;
import org.apache.kafka.streams.KeyValue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import static io.shardsync.processor.Copies.START;
import static org.assertj.core.api.Assertions.assertThat;

/** Whether copies hold the same: the light check, and what follows from a deep one. */
class ConsistencyTest {
    private static final ShardKey ORDERS = new ShardKey("prod", "orders", 0);
    private static final String LIGHT = "prod/orders/checkpoints";
    private static final String DEEP = "prod/orders/fingerprint";
    private static final List<String> NODES = List.of("n1", "n2", "n3");

    @TempDir
    Path stateDir;

    private Harness harness;

    @BeforeEach
    void begin() {
        harness = new Harness(stateDir, Map.of("healing.mode", "act"));
    }

    @AfterEach
    void end() {
        harness.close();
    }

    @Test
    void copiesAtRestThatEndAlikeAreReportedOnceAndThenHourly() {
        // When
        atRest(Duration.ofMinutes(9));
        // Then
        assertThat(harness.reports()).hasSize(1).allSatisfy(told -> {
            assertThat(told.key).isEqualTo(LIGHT);
            assertThat(told.value.method()).isEqualTo(Method.CHECKPOINTS);
            assertThat(told.value.verdict()).isEqualTo(Verdict.CONSISTENT);
            assertThat(told.value.coveragePercent()).isEqualTo(100);
            assertThat(told.value.shards().get(0).primaryNode()).isEqualTo("n1");
            assertThat(told.value.shards().get(0).copies())
                    .extracting(ConsistencyReport.Copy::node)
                    .containsExactly("n1", "n2");
            assertThat(told.value.issues()).isEmpty();
        });
        assertThat(harness.gauge(
                        "shardsync.consistency.status",
                        "cluster",
                        "prod",
                        "method",
                        "checkpoints",
                        "verdict",
                        "consistent"))
                .isEqualTo(1);
        // When
        atRest(Duration.ofHours(3));
        // Then
        assertThat(harness.reports()).hasSizeBetween(3, 4);
    }

    @Test
    void aSearchIdleShardOfARealClusterIsConsistentAndItsCountsAreAFact() {
        play("stats-shards-search-idle-false-diff");
        ConsistencyReport report = lastReport();
        assertThat(report.verdict()).isEqualTo(Verdict.CONSISTENT);
        assertThat(report.issues()).isEmpty();
        assertThat(report.shards().get(0).copies())
                .extracting(ConsistencyReport.Copy::docs)
                .containsExactlyInAnyOrder(100L, 0L, 0L);
        assertThat(report.shards().get(0).issues())
                .singleElement()
                .asString()
                .startsWith("document counts: ")
                .contains("100")
                .endsWith("(shown, not judged)");
    }

    @Test
    void aRealClusterAtRestWhoseStoresDifferInSizeIsConsistent() {
        play("stats-shards-after-indexing-idle");
        assertThat(lastReport().verdict()).isEqualTo(Verdict.CONSISTENT);
    }

    @Test
    void aReplicaThatLostDocumentsBehindItsCheckpointsIsNotFoundByTheLightCheck() {
        play("stats-shards-diverged-replica");
        assertThat(lastReport().verdict()).isEqualTo(Verdict.CONSISTENT);
        assertThat(lastReport.shards().get(0).issues()).anyMatch(issue -> issue.contains("4897"));
    }

    @Test
    void copiesUnderWritesAreNeverSaidToDiffer() {
        for (int i = 0; i < 200; i++) {
            harness.shards(Copies.of("orders", harness.now())
                    .replica("n2", 1_000L * i - 300)
                    .primary("n1", 1_000L * i));
            harness.collection(NODES, List.of()).pass(Duration.ofSeconds(10));
        }
        assertThat(harness.reports()).extracting(told -> told.value.verdict()).containsOnly(Verdict.INCONCLUSIVE);
    }

    @Test
    void theCapturedMomentOfARealClusterUnderWritesIsNoEvidence() {
        Captured.stats("stats-shards-during-indexing", START).forEach(harness::shards);
        harness.pass(Duration.ofSeconds(2));
        assertThat(harness.reports()).extracting(told -> told.value.verdict()).containsOnly(Verdict.INCONCLUSIVE);
    }

    @Test
    void evidenceHoldsThroughWritesForAnHourAndNoLonger() {
        atRest(Duration.ofMinutes(1));
        harness.reports();
        // When
        writesFor(Duration.ofMinutes(50));
        // Then
        assertThat(harness.reports()).isEmpty();
        // When
        writesFor(Duration.ofMinutes(20));
        // Then
        assertThat(lastReport().verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(lastReport.issues()).singleElement().asString().contains("not seen at rest");
    }

    @Test
    void aCopyThatEndsElsewhereThanItsPrimaryWhileNeitherMovesDiffersAndNoAlertIsRaisedForIt() {
        for (int i = 0; i < 12; i++) {
            harness.shards(Copies.of("orders", harness.now()).replica("n2", 97).primary("n1", 100));
            harness.collection(NODES, List.of()).pass(Duration.ofSeconds(10));
        }
        assertThat(lastReport().verdict()).isEqualTo(Verdict.DIVERGENT);
        assertThat(lastReport.issues())
                .singleElement()
                .asString()
                .contains("orders/0: the replica on n2 ends at operation 97");
        assertThat(harness.alerts("CopiesDiverge")).isEmpty();
    }

    @Test
    void withoutAPrimaryNothingIsSaidToBeConsistent() {
        atRest(Duration.ofSeconds(10));
        harness.shards(Copies.of("orders", harness.now()).replica("n2", 100).noPrimary("NODE_LEFT"));
        harness.pass(Duration.ofSeconds(2));
        assertThat(lastReport().verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(lastReport.issues()).containsExactly("orders/0: no primary");
        assertThat(lastReport.shards().get(0).primaryNode()).isNull();
        assertThat(lastReport.coveragePercent()).isZero();
    }

    @Test
    void aReplicaThatIsNotThereCanNotBeCompared() {
        harness.shards(Copies.of("orders", harness.now())
                .initializing("n3")
                .unassigned("NODE_LEFT", true)
                .primary("n1", 100));
        harness.pass(Duration.ofSeconds(2));
        assertThat(lastReport().verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(lastReport.shards().get(0).issues())
                .contains("the replica on n3 is being built", "a replica is unassigned");
    }

    @Test
    void aDeletedIndexTakesBothItsReportsWithIt() {
        atRest(Duration.ofSeconds(10));
        harness.report(Reports.consistent("orders", harness.now()));
        harness.reports();
        harness.shards(Copies.of("orders", harness.now()).removed());
        harness.pass(Duration.ofSeconds(2)).pass(Duration.ofSeconds(5));
        assertThat(harness.reports()).containsExactlyInAnyOrder(KeyValue.pair(LIGHT, null), KeyValue.pair(DEEP, null));
        assertThat(harness.gauge(
                        "shardsync.consistency.status",
                        "cluster",
                        "prod",
                        "method",
                        "checkpoints",
                        "verdict",
                        "consistent"))
                .isZero();
    }

    @Test
    void provenDifferenceFiresOnceAndOnlyAProvenEqualityEndsIt() {
        // Given
        atRest(Duration.ofSeconds(10));
        // When
        harness.report(Reports.lacking("orders", harness.now()));
        atRest(Duration.ofSeconds(5));
        // Then
        Alert alert = last("CopiesDiverge");
        assertThat(alert.status()).isEqualTo(Status.FIRING);
        assertThat(alert.severity()).isEqualTo(Severity.CRITICAL);
        assertThat(alert.value()).isEqualTo(3);
        assertThat(alert.labels())
                .containsOnlyKeys("alertname", "cluster", "index", "shard")
                .containsEntry("index", "orders")
                .containsEntry("shard", "0");
        assertThat(alert.cause().code()).isEqualTo("replica_diverged");
        assertThat(alert.cause().text()).contains("n2 lacks 3").contains("101, 1202, 3303");
        assertThat(alert.runbookUrl()).endsWith("CopiesDiverge.md");
        assertThat(harness.statuses().get(ORDERS).verified().verdict()).isEqualTo(Verdict.DIVERGENT);
        assertThat(harness.gauge(
                        "shardsync.consistency.status",
                        "cluster",
                        "prod",
                        "method",
                        "fingerprint",
                        "verdict",
                        "divergent"))
                .isEqualTo(1);
        // When the light check, and a deep one that could not tell, say nothing of it
        atRest(Duration.ofMinutes(2));
        harness.report(Reports.inconclusive("orders", harness.now()));
        atRest(Duration.ofMinutes(2));
        // Then
        assertThat(last("CopiesDiverge").status()).isEqualTo(Status.FIRING);
        // When
        harness.report(Reports.consistent("orders", harness.now()));
        atRest(Duration.ofSeconds(5));
        // Then
        assertThat(last("CopiesDiverge").status()).isEqualTo(Status.RESOLVED);
        assertThat(last("CopiesDiverge").annotations())
                .containsEntry("resolution", "a deep check found the copies equal");
        assertThat(last("CopiesDiverge").occurrences()).isEqualTo(1);
        assertThat(transitions("CopiesDiverge")).containsExactly(Status.FIRING, Status.RESOLVED);
        assertThat(harness.statuses().get(ORDERS).verified().verdict()).isEqualTo(Verdict.CONSISTENT);
    }

    @Test
    void aDeepCheckShowsAtOnceInTheStatusOfAShardAtRestAndChangesNothingElseOfIt() {
        harness.shards(Copies.of("orders", START).unassigned("NODE_LEFT", false).primary("n1", 100));
        ReplicationStatus before = harness.statuses().get(ORDERS);
        harness.report(Reports.lacking("orders", START.plusSeconds(60)));
        ReplicationStatus after = harness.statuses().get(ORDERS);
        assertThat(after.verified())
                .isEqualTo(new ReplicationStatus.Verified(Verdict.DIVERGENT, START.plusSeconds(60)));
        assertThat(after).usingRecursiveComparison().ignoringFields("verified").isEqualTo(before);
        assertThat(after.eventId()).isNotEqualTo(before.eventId());
    }

    @Test
    void whatADeepCheckFoundDoesNotTakeAwayWhatIsWrongOtherwise() {
        for (int i = 0; i < 60; i++) {
            harness.shards(Copies.of("orders", harness.now())
                    .unassigned("NODE_LEFT", false)
                    .primary("n1", 100));
            harness.collection(NODES, List.of()).pass(Duration.ofSeconds(1));
        }
        harness.report(Reports.consistent("orders", harness.now()));
        for (int i = 0; i < 30; i++) {
            harness.collection(NODES, List.of()).pass(Duration.ofSeconds(1));
        }
        assertThat(last("ReplicasUnassigned").status()).isEqualTo(Status.FIRING);
    }

    @Test
    void aReportThatIsReadBeforeTheFirstSnapshotIsNotForgotten() {
        harness.report(Reports.lacking("orders", START.minusSeconds(600)));
        atRest(Duration.ofSeconds(10));
        assertThat(harness.statuses().get(ORDERS).verified().verdict()).isEqualTo(Verdict.DIVERGENT);
        assertThat(last("CopiesDiverge").status()).isEqualTo(Status.FIRING);
    }

    @Test
    void anIndexMadeAnewIsNotChargedWithItsPredecessor() {
        atRest(Duration.ofSeconds(10));
        harness.report(Reports.lacking("orders", harness.now()));
        atRest(Duration.ofSeconds(5));
        // When
        for (int i = 0; i < 10; i++) {
            harness.shards(Copies.of("orders", harness.now())
                    .indexUuid("another")
                    .replica("n2", 5)
                    .primary("n1", 5));
            harness.collection(NODES, List.of()).pass(Duration.ofSeconds(1));
        }
        // Then
        assertThat(last("CopiesDiverge").status()).isEqualTo(Status.RESOLVED);
        assertThat(last("CopiesDiverge").annotations()).containsEntry("resolution", "deleted: orders");
        assertThat(harness.statuses().get(ORDERS).verified()).isNull();
        assertThat(lastReport().indexUuid()).isEqualTo("another");
    }

    @Test
    void whileTheClusterCanNotBeSeenADifferenceIsUnknownAndNotResolved() {
        atRest(Duration.ofSeconds(10));
        harness.report(Reports.lacking("orders", harness.now()));
        atRest(Duration.ofSeconds(5));
        for (int i = 0; i < 30; i++) {
            harness.unreachable().pass(Duration.ofSeconds(1));
        }
        assertThat(last("CopiesDiverge").status()).isEqualTo(Status.UNKNOWN);
        atRest(Duration.ofSeconds(5));
        assertThat(last("CopiesDiverge").status()).isEqualTo(Status.FIRING);
    }

    @Test
    void aReplicaThatLacksDocumentsIsAskedToBeRebuiltOnceAfterTheGrace() {
        atRest(Duration.ofSeconds(10));
        harness.report(Reports.lacking("orders", harness.now()));
        // When
        atRest(Duration.ofSeconds(50));
        // Then
        assertThat(harness.commands()).isEmpty();
        assertThat(last("CopiesDiverge").annotations().get("healing")).startsWith("waits until");
        // When
        atRest(Duration.ofMinutes(5));
        // Then
        assertThat(harness.commands()).singleElement().satisfies(command -> {
            assertThat(command.type()).isEqualTo(CommandType.RESYNC_REPLICA);
            assertThat(command.index()).isEqualTo("orders");
            assertThat(command.shard()).isZero();
            assertThat(command.node()).isEqualTo("n2");
            assertThat(command.cause()).isNull();
            assertThat(command.dryRun()).isFalse();
            assertThat(command.alertFingerprint())
                    .isEqualTo(last("CopiesDiverge").fingerprint());
        });
        // When
        RecoveryCommand command = harness.commands().get(0);
        harness.result(result(command, RecoveryResult.Status.SUCCEEDED));
        harness.report(Reports.consistent("orders", harness.now()));
        atRest(Duration.ofMinutes(5));
        // Then
        assertThat(last("CopiesDiverge").status()).isEqualTo(Status.RESOLVED);
        assertThat(last("CopiesDiverge").actionTaken()).isEqualTo(command.commandId());
        assertThat(harness.commands()).hasSize(1);
    }

    @Test
    void byDefaultARebuildIsOnlySuggested() {
        harness.close();
        harness = new Harness(stateDir.resolve("suggest"), Map.of());
        atRest(Duration.ofSeconds(10));
        harness.report(Reports.lacking("orders", harness.now()));
        atRest(Duration.ofMinutes(3));
        assertThat(harness.commands()).singleElement().satisfies(command -> {
            assertThat(command.type()).isEqualTo(CommandType.RESYNC_REPLICA);
            assertThat(command.dryRun()).isTrue();
        });
    }

    @Test
    void whereTheModeForDivergedReplicasIsOffNothingIsAsked() {
        harness.close();
        harness = new Harness(
                stateDir.resolve("off"), Map.of("healing.mode", "act", "healing.mode.replica_diverged", "off"));
        atRest(Duration.ofSeconds(10));
        harness.report(Reports.lacking("orders", harness.now()));
        atRest(Duration.ofMinutes(3));
        assertThat(harness.commands()).isEmpty();
        assertThat(last("CopiesDiverge").annotations().get("healing")).contains("off");
    }

    @Test
    void aCopyThatHasMoreThanItsPrimaryIsNeverRebuiltByItself() {
        atRest(Duration.ofSeconds(10));
        harness.report(Reports.beyond("orders", harness.now()));
        atRest(Duration.ofMinutes(10));
        assertThat(harness.commands()).isEmpty();
        assertThat(last("CopiesDiverge").annotations().get("healing")).startsWith("held: ");
        assertThat(last("HealingHeld").status()).isEqualTo(Status.FIRING);
        assertThat(last("HealingHeld").labels())
                .containsEntry("cause", "replica_diverged")
                .containsEntry("index", "orders")
                .containsEntry("shard", "0");
    }

    private ConsistencyReport lastReport;

    private ConsistencyReport lastReport() {
        List<ConsistencyReport> told = harness.reports().stream()
                .map(report -> report.value)
                .filter(Objects::nonNull)
                .filter(report -> report.method() == Method.CHECKPOINTS)
                .toList();
        assertThat(told).isNotEmpty();
        lastReport = told.get(told.size() - 1);
        return lastReport;
    }

    /** Collections of an idle shard, one a second at first and then every ten. */
    private void atRest(Duration time) {
        collect(time, at -> Copies.of("orders", at).replica("n2", 100).primary("n1", 100));
    }

    private void writesFor(Duration time) {
        collect(time, at -> {
            long seconds = Duration.between(START, at).toSeconds();
            return Copies.of("orders", at).replica("n2", 900 * seconds).primary("n1", 1_000 * seconds);
        });
    }

    private void collect(Duration time, java.util.function.Function<Instant, List<ShardSnapshot>> group) {
        Duration step = time.compareTo(Duration.ofMinutes(2)) > 0 ? Duration.ofSeconds(10) : Duration.ofSeconds(1);
        for (long i = 0; i < time.dividedBy(step); i++) {
            harness.shards(group.apply(harness.now()));
            harness.collection(NODES, List.of()).pass(step);
        }
    }

    private void play(String capture) {
        for (int i = 0; i < 12; i++) {
            Captured.stats(capture, harness.now()).forEach(harness::shards);
            harness.collection(NODES, List.of()).pass(Duration.ofSeconds(10));
        }
    }

    private Alert last(String alertname) {
        List<Alert> all = harness.alerts(alertname);
        assertThat(all).as(alertname).isNotEmpty();
        return all.get(all.size() - 1);
    }

    private List<Status> transitions(String alertname) {
        List<Status> all = new java.util.ArrayList<>();
        for (Alert alert : harness.alerts(alertname)) {
            if (all.isEmpty() || all.get(all.size() - 1) != alert.status()) {
                all.add(alert.status());
            }
        }
        return all;
    }

    private RecoveryResult result(RecoveryCommand command, RecoveryResult.Status status) {
        return Harness.ended(command, status, harness.now(), "as it went");
    }
}
