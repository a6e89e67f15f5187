package io.shardsync.processor;

import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.Alert.Status;
import io.shardsync.schemas.model.ClusterSnapshot;
import io.shardsync.schemas.model.ClusterSnapshot.Node;
import io.shardsync.schemas.model.ClusterSnapshot.Shutdown;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.Control;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.model.RecoveryEvent;
import io.shardsync.schemas.model.ReplicationStatus.Health;
import io.shardsync.schemas.model.ShardKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import static io.shardsync.processor.Copies.START;
import static org.assertj.core.api.Assertions.assertThat;

/** What people and Elasticsearch do on purpose raises no alarm, and what goes wrong meanwhile still does. */
class NoFaultTest {
    private static final List<String> NODES = List.of("n1", "n2", "n3");

    @TempDir
    Path stateDir;

    @Test
    void aRestoreOfManyShardsTakesHoursAndIsNoFault() {
        try (Harness harness = new Harness(stateDir, Map.of())) {
            for (int i = 0; i < 7200; i += 10) {
                restore(harness, 0);
                harness.shards(Copies.of("waiting", harness.now())
                        .unassigned("NEW_INDEX_RESTORED", false)
                        .waitingToBeRestored());
                harness.collection(NODES, List.of()).pass(Duration.ofSeconds(10));
            }
            assertThat(harness.statuses().get(new ShardKey("prod", "orders", 0)).health())
                    .isEqualTo(Health.NO_PRIMARY);
            assertThat(harness.alerts()).isEmpty();
        }
    }

    @Test
    void aRestoreThatStandsStillIsOne() {
        try (Harness harness = new Harness(stateDir, Map.of())) {
            for (int i = 0; i < 300; i += 10) {
                restore(harness, i * 1_000L);
                harness.collection(NODES, List.of()).pass(Duration.ofSeconds(10));
            }
            assertThat(harness.alerts())
                    .extracting(Alert::alertname)
                    .contains("RecoveryStalled", "PrimaryUnassigned")
                    .doesNotContain("ReplicasUnassigned");
        }
    }

    /** The primary is built, its replica waits for it. */
    private static void restore(Harness harness, long stalledMs) {
        harness.recovery(new RecoveryEvent(
                "alloc-orders-n1",
                "prod",
                "orders",
                "uuid-orders",
                0,
                harness.now().toEpochMilli(),
                "SNAPSHOT",
                "INDEX",
                true,
                null,
                "n1",
                START,
                harness.now(),
                new RecoveryEvent.Amount(1L << 40, 0, 1L << 30),
                new RecoveryEvent.Amount(100, 0, 8),
                new RecoveryEvent.Operations(null, 0),
                16.5,
                0L,
                null,
                0,
                RecoveryEvent.Mode.FILE_BASED,
                stalledMs,
                RecoveryEvent.Outcome.RUNNING));
        harness.shards(Copies.of("orders", harness.now())
                .unassigned("NEW_INDEX_RESTORED", false)
                .restoring("n1"));
    }

    @Test
    void aColdTierMayHoldMoreThanAHotOne() {
        try (Harness harness = new Harness(stateDir, Map.of("alerts.balance.for.ms", "60000"))) {
            for (int i = 0; i < 300; i += 10) {
                harness.collection(with(
                                harness,
                                data("n1", "data_hot", 20),
                                data("n2", "data_hot", 22),
                                data("n3", "data_cold", 800),
                                data("n4", "data_cold", 790)))
                        .pass(Duration.ofSeconds(10));
            }
            assertThat(harness.alerts()).isEmpty();
            for (int i = 0; i < 300; i += 10) {
                harness.collection(with(
                                harness,
                                data("n1", "data_hot", 2),
                                data("n2", "data_hot", 60),
                                data("n3", "data_cold", 800),
                                data("n4", "data_cold", 790)))
                        .pass(Duration.ofSeconds(10));
            }
            assertThat(harness.last("NodesUnbalanced").affected().nodes()).containsExactly("n2");
        }
    }

    @Test
    void aNodeWhoseShutdownIsRegisteredExplainsWhatIsMissedForAWhile() {
        try (Harness harness = new Harness(stateDir, Map.of("healing.mode", "act"))) {
            // Given
            harness.collection(with(harness, leaving("n3"), plain("n1"), plain("n2")));
            harness.pass(Duration.ofSeconds(1));
            // When it is away
            missing(harness, Duration.ofMinutes(5));
            // Then
            assertThat(harness.alerts("NodeLost")).isEmpty();
            Alert told = harness.last("ReplicasUnassigned");
            assertThat(told.status()).isEqualTo(Status.FIRING);
            assertThat(told.silenced().why()).isEqualTo("node shutdown registered: restart");
            assertThat(told.annotations().get("healing"))
                    .isEqualTo("maintenance of elasticsearch: node shutdown registered: restart");
            assertThat(harness.commands()).extracting(RecoveryCommand::type).containsOnly(CommandType.DIAGNOSE);
            // When it does not come back
            missing(harness, Duration.ofMinutes(10));
            // Then
            assertThat(harness.last("ReplicasUnassigned").silenced()).isNull();
            assertThat(harness.commands()).extracting(RecoveryCommand::type).contains(CommandType.RECOVER);
        }
    }

    @Test
    void theMaintenanceOfANodeExplainsTheCopiesThatItLeftBehindAndNoOthers() {
        try (Harness harness = new Harness(stateDir, Map.of("healing.mode", "act"))) {
            // Given
            harness.control(
                    "prod/maintenance/1",
                    new Control(Control.Kind.MAINTENANCE, "prod", "n3", START, null, "anna", "a new disk"));
            harness.collection(NODES, List.of()).pass(Duration.ofSeconds(1));
            // When
            missing(harness, Duration.ofMinutes(5));
            // Then
            assertThat(harness.last("NodeLost").silenced().by()).isEqualTo("anna");
            assertThat(harness.last("ReplicasUnassigned").silenced().by()).isEqualTo("anna");
            assertThat(harness.commands()).extracting(RecoveryCommand::type).containsOnly(CommandType.DIAGNOSE);
            // When another node is lost too
            for (int i = 0; i < 60; i++) {
                harness.lacking("orders", "NODE_LEFT");
                harness.collection(List.of("n1"), List.of()).pass(Duration.ofSeconds(1));
            }
            // Then
            assertThat(harness.last("ReplicasUnassigned").silenced()).isNull();
        }
    }

    @Test
    void ofAClusterThatCanNotBeReadALostNodeIsNotKnownToBeLostStill() {
        try (Harness harness = new Harness(stateDir, Map.of())) {
            harness.collection(NODES, List.of()).pass(Duration.ofSeconds(1));
            harness.collection(List.of("n1", "n2"), List.of()).pass(Duration.ofSeconds(1));
            assertThat(harness.last("NodeLost").status()).isEqualTo(Status.FIRING);
            for (int i = 0; i < 20; i++) {
                harness.unreachable().pass(Duration.ofSeconds(1));
            }
            assertThat(harness.last("NodeLost").status()).isEqualTo(Status.UNKNOWN);
            harness.collection(List.of("n1", "n2"), List.of()).pass(Duration.ofSeconds(1));
            assertThat(harness.last("NodeLost").status()).isEqualTo(Status.FIRING);
            assertThat(harness.last("NodeLost").occurrences()).isEqualTo(1);
        }
    }

    /** n3 is away. */
    private static void missing(Harness harness, Duration time) {
        for (int i = 0; i < time.toSeconds(); i++) {
            harness.lacking("orders", "NODE_LEFT");
            harness.collection(List.of("n1", "n2"), List.of()).pass(Duration.ofSeconds(1));
        }
    }

    private static Node plain(String name) {
        return Harness.node(name, true);
    }

    private static Node leaving(String name) {
        return new Node(
                "id-" + name, "e", name, List.of("data"), true, null, new Shutdown("restart", "complete"), 4, 1L, null);
    }

    private static Node data(String name, String role, int shards) {
        return new Node("id-" + name, "e", name, List.of(role), true, null, null, shards, 1L, null);
    }

    private static ClusterSnapshot with(Harness harness, Node... nodes) {
        return with(harness.now(), new ArrayList<>(List.of(nodes)));
    }

    private static ClusterSnapshot with(Instant at, List<Node> nodes) {
        return Altered.collection(Harness.collectionAt(at, NODES), "nodes", nodes);
    }
}
