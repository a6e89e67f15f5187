package io.shardsync.processor;

import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.Alert.Status;
import io.shardsync.schemas.model.ClusterSnapshot.Scope;
import io.shardsync.schemas.model.ClusterSnapshot.Switch;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.Control;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.ReplicationStatus;
import io.shardsync.schemas.model.ReplicationStatus.Health;
import io.shardsync.schemas.model.ShardKey;
import io.shardsync.schemas.model.ShardSnapshot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import static io.shardsync.processor.Copies.START;
import static org.assertj.core.api.Assertions.assertThat;

class ProcessorTopologyTest {
    private static final ShardKey ORDERS = new ShardKey("prod", "orders", 0);
    private static final List<String> NODES = List.of("n1", "n2", "n3");
    private static final Switch OFF = new Switch("cluster.routing.allocation.enable", "none", Scope.PERSISTENT, null);

    @TempDir
    Path stateDir;

    private Harness harness;

    @BeforeEach
    void begin() {
        harness = new Harness(stateDir, Map.of("healing.mode", "act", "alerts.switch.for.ms", "60000"));
    }

    @AfterEach
    void end() {
        harness.close();
    }

    /**
     * State stores and internal topics are named after the topology: a change of names loses the state of running
     * processors. If this fails and the change is meant, replace the file and say so in the changelog.
     */
    @Test
    void theTopologyIsNotChangedUnintentionally() throws IOException {
        String description = Harness.topology(Harness.config(Map.of()), Harness.properties(stateDir))
                .describe()
                .toString();
        Path golden = Path.of("src/test/resources/expected-topology.txt");
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(golden, description);
        }
        assertThat(description).isEqualTo(Files.readString(golden));
    }

    @Test
    void aShardWhoseCopiesKeepUpIsInSync() {
        harness.shards(Copies.of("orders", START).replica("n2", 98).primary("n1", 100));
        ReplicationStatus status = harness.statuses().get(ORDERS);
        assertThat(status.health()).isEqualTo(Health.IN_SYNC);
        assertThat(status.inSync()).isTrue();
        assertThat(status.syncLagOps()).isEqualTo(2);
        assertThat(status.syncLagBytes()).isEqualTo(1000);
        assertThat(status.primaryNode()).isEqualTo("n1");
        assertThat(status.replicaNodes()).containsExactly("n2");
    }

    @Test
    void aHalfWrittenGroupIsNotJudged() {
        List<ShardSnapshot> group =
                Copies.of("orders", START).replica("n2", 98).replica("n3", 98).primary("n1", 100);
        harness.shards(List.of(group.get(0), group.get(2)));
        assertThat(harness.statuses()).isEmpty();
    }

    @Test
    void copiesOfTwoCollectionsAreNeverJudgedTogether() {
        harness.shards(Copies.of("orders", START).replica("n2", 98).primary("n1", 100));
        harness.statuses();
        List<ShardSnapshot> later =
                Copies.of("orders", START.plusSeconds(10)).replica("n2", 100).primary("n1", 500);
        harness.shards(List.of(later.get(1)));
        assertThat(harness.statuses()).isEmpty();
    }

    @Test
    void aRecordOfAnEarlierCollectionChangesNothing() {
        harness.shards(
                Copies.of("orders", START.plusSeconds(10)).replica("n2", 100).primary("n1", 100));
        harness.statuses();
        harness.shards(Copies.of("orders", START).unassigned("NODE_LEFT", false).primary("n1", 100));
        assertThat(harness.statuses()).isEmpty();
    }

    @Test
    void aRemovedShardBecomesATombstone() {
        harness.shards(Copies.of("orders", START).primary("n1", 100));
        harness.statuses();
        harness.shards(Copies.of("orders", START.plusSeconds(10)).removed());
        assertThat(harness.statuses()).containsEntry(ORDERS, null);
    }

    @Test
    void aShardThatAFullCollectionDidNotShowIsDropped() {
        harness.shards(Copies.of("orders", START).primary("n1", 100));
        harness.pass(Duration.ofSeconds(10))
                .shards(Copies.of("users", harness.now()).primary("n1", 100));
        harness.fullCollection(NODES).pass(Duration.ofSeconds(1));
        assertThat(harness.statuses()).containsEntry(ORDERS, null);
    }

    @Test
    void ofAClusterWithoutShardsAllAreDropped() {
        harness.shards(Copies.of("orders", START).primary("n1", 100));
        harness.pass(Duration.ofSeconds(10)).fullCollectionWithoutShards(NODES);
        assertThat(harness.statuses()).containsEntry(ORDERS, null);
    }

    @Test
    void whenCollectionsStopComingTheShardsAreUnknownAndTheAlertIsNotResolved() {
        // Given
        unassignedFor(Duration.ofSeconds(60), "NODE_LEFT");
        assertThat(last("ReplicasUnassigned").status()).isEqualTo(Status.FIRING);
        harness.statuses();
        // When
        for (int i = 0; i < 60; i++) {
            harness.pass(Duration.ofSeconds(1));
        }
        // Then
        assertThat(harness.statuses().get(ORDERS).health()).isEqualTo(Health.UNKNOWN);
        assertThat(last("DataStale").status()).isEqualTo(Status.FIRING);
        assertThat(last("ReplicasUnassigned").status()).isEqualTo(Status.UNKNOWN);
        // When
        unassignedFor(Duration.ofSeconds(20), "NODE_LEFT");
        // Then
        assertThat(last("DataStale").status()).isEqualTo(Status.RESOLVED);
        assertThat(last("ReplicasUnassigned").status()).isEqualTo(Status.FIRING);
    }

    @Test
    void anUnreachableClusterIsToldAndItsOtherAlertsAreUnknown() {
        unassignedFor(Duration.ofSeconds(60), "NODE_LEFT");
        for (int i = 0; i < 20; i++) {
            harness.pass(Duration.ofSeconds(1)).unreachable();
        }
        harness.pass(Duration.ofSeconds(1));
        assertThat(last("ClusterUnreachable").status()).isEqualTo(Status.FIRING);
        assertThat(last("ReplicasUnassigned").status()).isEqualTo(Status.UNKNOWN);
    }

    @Test
    void aLostNodeIsToldAtOnceAndResolvedWhenItReturns() {
        harness.collection(NODES, List.of()).pass(Duration.ofSeconds(10));
        harness.collection(List.of("n1", "n3"), List.of()).pass(Duration.ofSeconds(1));
        Alert lost = last("NodeLost");
        assertThat(lost.status()).isEqualTo(Status.FIRING);
        assertThat(lost.labels()).containsEntry("node", "n2");
        assertThat(lost.affected().copies()).isEqualTo(4);

        harness.collection(NODES, List.of()).pass(Duration.ofSeconds(1));
        assertThat(last("NodeLost").status()).isEqualTo(Status.RESOLVED);
        assertThat(last("NodeLost").endsAt()).isNotNull();
    }

    @Test
    void aLostNodeWhoseCopiesWereBuiltElsewhereIsHistoryAfterAWhile() {
        harness.collection(NODES, List.of()).pass(Duration.ofSeconds(10));
        for (int i = 0; i < 70; i++) {
            harness.collection(List.of("n1", "n3"), List.of()).pass(Duration.ofSeconds(10));
        }
        assertThat(last("NodeLost").status()).isEqualTo(Status.RESOLVED);
    }

    @Test
    void aNodeThatMissesTwiceIsUnresponsiveAlsoWhereItIsTheMasterThatHangs() {
        for (int i = 0; i < 3; i++) {
            harness.hungMaster("n1", List.of("n2", "n3")).pass(Duration.ofSeconds(1));
        }
        assertThat(last("NodeUnresponsive").status()).isEqualTo(Status.FIRING);
        assertThat(last("NodeUnresponsive").labels()).containsEntry("node", "n1");
    }

    @Test
    void withoutAMasterOtherAlertsAreUnknownAndNoneIsResolved() {
        unassignedFor(Duration.ofSeconds(60), "NODE_LEFT");
        for (int i = 0; i < 90; i++) {
            harness.noMaster(NODES).pass(Duration.ofSeconds(1));
        }
        assertThat(last("NoMaster").status()).isEqualTo(Status.FIRING);
        assertThat(last("ReplicasUnassigned").status()).isEqualTo(Status.UNKNOWN);
        assertThat(harness.statuses().get(ORDERS).health()).isEqualTo(Health.UNKNOWN);
    }

    @Test
    void aDelayedReplicaIsNoFaultYet() {
        for (int i = 0; i < 60; i++) {
            harness.shards(Copies.of("orders", harness.now())
                    .unassigned("NODE_LEFT", true)
                    .primary("n1", 100));
            harness.collection(NODES, List.of()).pass(Duration.ofSeconds(1));
        }
        assertThat(harness.statuses().get(ORDERS).health()).isEqualTo(Health.DEGRADED);
        assertThat(harness.alerts()).isEmpty();
    }

    @Test
    void whereIndicesRollOverAllTheTimeThereIsAlwaysSomeCopyUnassignedAndNoneForLong() {
        for (int i = 0; i < 300; i++) {
            int generation = i / 20;
            harness.shards(Copies.of("logs-" + generation, harness.now())
                    .unassigned("INDEX_CREATED", false)
                    .primary("n1", 100));
            if (generation > 0 && i % 20 == 0) {
                harness.shards(Copies.of("logs-" + (generation - 1), harness.now())
                        .replica("n2", 100)
                        .primary("n1", 100));
            }
            harness.collection(NODES, List.of()).pass(Duration.ofSeconds(1));
        }
        assertThat(harness.alerts()).isEmpty();
    }

    @Test
    void manyReplicasUnassignedForOneCauseAreOneAlert() {
        for (int i = 0; i < 60; i++) {
            for (int index = 0; index < 30; index++) {
                harness.shards(Copies.of("logs-%02d".formatted(index), harness.now())
                        .unassigned("NODE_LEFT", false)
                        .primary("n1", 100));
            }
            harness.collection(NODES, List.of()).pass(Duration.ofSeconds(1));
        }
        assertThat(harness.alerts().stream().map(Alert::fingerprint).distinct()).hasSize(1);
        Alert alert = last("ReplicasUnassigned");
        assertThat(alert.affected().copies()).isEqualTo(30);
        assertThat(alert.affected().indices()).hasSize(20).startsWith("logs-00");
        assertThat(alert.labels()).containsEntry("cause", "node_left");
    }

    @Test
    void aForgottenSwitchIsToldDiagnosedHealedAndResolved() {
        // When an allocation switch stays off and a replica finds no node
        for (int i = 0; i < 100; i++) {
            harness.shards(Copies.of("orders", harness.now())
                    .unassigned("INDEX_CREATED", false)
                    .primary("n1", 100));
            harness.collection(NODES, List.of(OFF)).pass(Duration.ofSeconds(1));
        }
        // Then
        assertThat(last("AllocationSwitchedOff").labels())
                .containsEntry("setting", OFF.setting())
                .containsEntry("scope", "persistent");
        assertThat(last("ReplicasUnassigned").labels()).containsEntry("cause", "switch_off");
        assertThat(harness.commands()).extracting(RecoveryCommand::type).containsExactly(CommandType.DIAGNOSE);
        assertThat(last("ReplicasUnassigned").annotations().get("healing")).startsWith("waits until");
        // When its grace is over
        for (int i = 0; i < 1800; i += 10) {
            harness.shards(Copies.of("orders", harness.now())
                    .unassigned("INDEX_CREATED", false)
                    .primary("n1", 100));
            harness.collection(NODES, List.of(OFF)).pass(Duration.ofSeconds(10));
        }
        // Then it is asked for once, and waited for
        assertThat(harness.commands())
                .extracting(RecoveryCommand::type)
                .containsExactly(CommandType.DIAGNOSE, CommandType.RECOVER);
        RecoveryCommand recover = harness.commands().get(1);
        assertThat(recover.dryRun()).isFalse();
        assertThat(recover.cause()).isEqualTo("switch_off");
        // When it succeeds
        harness.result(result(recover, RecoveryResult.Status.SUCCEEDED));
        for (int i = 0; i < 20; i++) {
            harness.shards(Copies.of("orders", harness.now()).replica("n2", 100).primary("n1", 100));
            harness.collection(NODES, List.of()).pass(Duration.ofSeconds(1));
        }
        // Then
        assertThat(last("AllocationSwitchedOff").status()).isEqualTo(Status.RESOLVED);
        assertThat(last("ReplicasUnassigned").status()).isEqualTo(Status.RESOLVED);
        assertThat(last("ReplicasUnassigned").cause().code()).isEqualTo("cluster_allocation_off");
        assertThat(last("ReplicasUnassigned").actionTaken()).isEqualTo(recover.commandId());
    }

    @Test
    void healingThatAPersonPausedIsHeldAndTheAlertSaysSo() {
        harness.control("*/pause", new Control(Control.Kind.PAUSE, "*", null, START, null, "anna", "storage work"));
        unassignedFor(Duration.ofSeconds(300), "NODE_LEFT");
        assertThat(harness.commands()).extracting(RecoveryCommand::type).containsExactly(CommandType.DIAGNOSE);
        assertThat(last("ReplicasUnassigned").annotations()).containsEntry("healing", "paused by anna: storage work");
    }

    @Test
    void afterThreeFailuresNothingMoreIsAskedFor() {
        for (int i = 0; i < 4000; i += 10) {
            harness.shards(Copies.of("orders", harness.now()).exhausted().primary("n1", 100));
            harness.collection(NODES, List.of()).pass(Duration.ofSeconds(10));
            List<RecoveryCommand> commands = harness.commands();
            if (!commands.isEmpty()) {
                RecoveryCommand newest = commands.get(commands.size() - 1);
                if (newest.type() == CommandType.RECOVER) {
                    harness.result(result(newest, RecoveryResult.Status.FAILED));
                }
            }
        }
        assertThat(harness.commands())
                .filteredOn(command -> command.type() == CommandType.RECOVER)
                .hasSize(3);
        assertThat(last("ReplicasUnassigned").annotations().get("healing")).startsWith("exhausted");
    }

    @Test
    void healingThatIsHeldIsToldByAnAlertOfItsOwn() {
        harness.control("*/pause", new Control(Control.Kind.PAUSE, "*", null, START, null, "anna", "storage work"));
        unassignedFor(Duration.ofSeconds(120), "NODE_LEFT");
        assertThat(last("HealingHeld").status()).isEqualTo(Status.FIRING);
        assertThat(last("HealingHeld").description()).isEqualTo("paused by anna: storage work");
        harness.control("*/pause", null);
        unassignedFor(Duration.ofSeconds(30), "NODE_LEFT");
        assertThat(last("HealingHeld").status()).isEqualTo(Status.RESOLVED);
    }

    @Test
    void anAlertOfADeletedIndexIsResolvedForThatReason() {
        unassignedFor(Duration.ofSeconds(60), "NODE_LEFT");
        harness.shards(Copies.of("orders", harness.now()).removed());
        for (int i = 0; i < 20; i++) {
            harness.collection(NODES, List.of()).pass(Duration.ofSeconds(1));
        }
        assertThat(last("ReplicasUnassigned").status()).isEqualTo(Status.RESOLVED);
        assertThat(last("ReplicasUnassigned").annotations()).containsEntry("resolution", "deleted: orders");
    }

    @Test
    void aRetiredClusterIsForgottenAndItsAlertsEnd() {
        unassignedFor(Duration.ofSeconds(60), "NODE_LEFT");
        harness.statuses();
        harness.control(
                "prod/retired",
                new Control(Control.Kind.RETIRED, "prod", null, START, null, "anna", "moved elsewhere"));
        for (int i = 0; i < 120; i++) {
            harness.pass(Duration.ofSeconds(1));
        }
        assertThat(harness.statuses()).containsEntry(ORDERS, null);
        assertThat(last("ReplicasUnassigned").status()).isEqualTo(Status.RESOLVED);
        assertThat(last("ReplicasUnassigned").annotations()).containsEntry("resolution", "the cluster is retired");
        assertThat(harness.alerts("DataStale")).isEmpty();
    }

    @Test
    void anExpectedClusterThatIsNeverCollectedIsTold() {
        harness.close();
        harness = new Harness(
                stateDir.resolve("expecting"), Map.of("processor.expected.clusters", "prod", "topics.partitions", "1"));
        for (int i = 0; i < 60; i++) {
            harness.pass(Duration.ofSeconds(1));
        }
        assertThat(last("DataStale").labels()).containsEntry("cluster", "prod");
    }

    @Test
    void anAlertThatComesAndGoesTooOftenIsOneThatFlaps() {
        for (int round = 0; round < 8; round++) {
            unassignedFor(Duration.ofSeconds(40), "NODE_LEFT");
            for (int i = 0; i < 20; i++) {
                harness.shards(
                        Copies.of("orders", harness.now()).replica("n2", 100).primary("n1", 100));
                harness.collection(NODES, List.of()).pass(Duration.ofSeconds(1));
            }
        }
        assertThat(last("ReplicasUnassigned").flapping()).isTrue();
        assertThat(last("ReplicasUnassigned").status()).isEqualTo(Status.FIRING);
        long transitions = harness.alerts("ReplicasUnassigned").stream()
                .filter(alert -> alert.status() == Status.RESOLVED)
                .count();
        assertThat(transitions).isLessThan(8);
    }

    @Test
    void aFiringAlertIsRepeatedAsAHeartbeat() {
        unassignedFor(Duration.ofSeconds(600), "NODE_LEFT");
        List<Alert> told = harness.alerts("ReplicasUnassigned");
        assertThat(told).hasSizeGreaterThanOrEqualTo(9);
        for (int i = 1; i < told.size(); i++) {
            assertThat(Duration.between(told.get(i - 1).lastSeen(), told.get(i).lastSeen()))
                    .isLessThanOrEqualTo(Duration.ofSeconds(61));
        }
        assertThat(told).extracting(Alert::startsAt).containsOnly(told.get(0).startsAt());
    }

    /** What one task sees of a cluster is in proportion to the tasks, however many shards there are. */
    @Test
    void ofManyShardsOnlyCountsTravelToWhereTheirClusterIsJudged() {
        int many = 2_000;
        for (int i = 1; i <= 3; i++) {
            for (int shard = 0; shard < many; shard++) {
                harness.shards(Copies.of("logs", shard, harness.now())
                        .replica("n2", 100L * i)
                        .primary("n1", 100L * i));
            }
            harness.collection(NODES, List.of());
            if (i < 3) {
                harness.pass(Duration.ofSeconds(1));
                List.of("summaries", "to-the-tasks", "checks", "facts").forEach(harness::travelled);
            }
        }
        harness.pass(Duration.ofSeconds(1));
        assertThat(harness.statuses()).hasSize(many);
        assertThat(harness.travelled("summaries")).isEqualTo(1);
        assertThat(harness.travelled("to-the-tasks")).isEqualTo(1);
        assertThat(harness.travelled("checks")).isZero();
        assertThat(harness.travelled("facts")).isZero();
    }

    @Test
    void aSlowReplicaLagsAndABusyOneDoesNot() {
        for (int i = 0; i <= 12; i++) {
            harness.shards(Copies.of("busy", harness.now())
                    .replica("n2", 10_000L * i - 300)
                    .primary("n1", 10_000L * i));
            harness.shards(
                    Copies.of("slow", harness.now()).replica("n3", 1_000L * i).primary("n1", 10_000L * i));
            harness.collection(NODES, List.of()).pass(Duration.ofSeconds(10));
        }
        Map<ShardKey, ReplicationStatus> statuses = harness.statuses();
        assertThat(statuses.get(new ShardKey("prod", "busy", 0)).health()).isEqualTo(Health.IN_SYNC);
        ReplicationStatus slow = statuses.get(new ShardKey("prod", "slow", 0));
        assertThat(slow.health()).isEqualTo(Health.LAGGING);
        assertThat(slow.replicas().get(0).laggingSince()).isNotNull();
        assertThat(slow.replicas().get(0).lagMs()).isGreaterThanOrEqualTo(30_000);
    }

    private void unassignedFor(Duration time, String reason) {
        for (int i = 0; i < time.toSeconds(); i++) {
            harness.shards(
                    Copies.of("orders", harness.now()).unassigned(reason, false).primary("n1", 100));
            harness.collection(NODES, List.of()).pass(Duration.ofSeconds(1));
        }
    }

    private Alert last(String alertname) {
        List<Alert> all = harness.alerts(alertname);
        assertThat(all).as(alertname).isNotEmpty();
        return all.get(all.size() - 1);
    }

    private RecoveryResult result(RecoveryCommand command, RecoveryResult.Status status) {
        return Harness.ended(
                command,
                status,
                harness.now(),
                "as it went",
                new RecoveryResult.Diagnosis("cluster_allocation_off", 1, "enable", "it is off", "put it back"));
    }
}
