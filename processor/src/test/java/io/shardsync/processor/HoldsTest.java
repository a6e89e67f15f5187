package io.shardsync.processor;

import io.shardsync.schemas.model.Alert.Status;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.Control;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.model.RecoveryResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import static io.shardsync.processor.Copies.START;
import static org.assertj.core.api.Assertions.assertThat;

/** Why did nothing happen? Whatever holds a recovery, the alert says it. */
class HoldsTest {
    private static final List<String> NODES = List.of("n1", "n2", "n3");

    @TempDir
    Path stateDir;

    @Test
    void becauseHealingIsOff() {
        try (Harness harness = with("healing.mode", "off")) {
            lacking(harness, 60);
            assertThat(why(harness)).isEqualTo("off: healing.mode is off for node_left");
        }
    }

    @Test
    void becauseItIsOffForThisCauseAlone() {
        try (Harness harness = new Harness(stateDir, Map.of("healing.mode", "act", "healing.mode.node_left", "off"))) {
            lacking(harness, 180);
            assertThat(why(harness)).isEqualTo("off: healing.mode is off for node_left");
            assertThat(recovers(harness)).isEmpty();
        }
    }

    @Test
    void becauseThereWasOnlyASuggestion() {
        try (Harness harness = with("healing.mode", "suggest")) {
            lacking(harness, 120);
            RecoveryCommand asked = recovers(harness).get(0);
            assertThat(asked.dryRun()).isTrue();
            assertThat(why(harness)).isEqualTo("waits for command " + asked.commandId());
            harness.answer(asked, RecoveryResult.Status.DRY_RUN, "two calls would be made");
            lacking(harness, 5);
            assertThat(why(harness)).endsWith("the last: two calls would be made");
        }
    }

    @Test
    void becauseItsGraceIsNotOver() {
        try (Harness harness = with("healing.mode", "act")) {
            lacking(harness, 60);
            assertThat(why(harness)).startsWith("waits until ");
        }
    }

    @Test
    void becauseTheClusterIsInMaintenance() {
        try (Harness harness = with("healing.mode", "act")) {
            harness.control(
                    "prod/maintenance/1",
                    new Control(Control.Kind.MAINTENANCE, "prod", null, START, null, "anna", "new disks"));
            lacking(harness, 180);
            assertThat(why(harness)).isEqualTo("maintenance of anna: new disks");
            assertThat(harness.last("ReplicasUnassigned").silenced().why()).isEqualTo("new disks");
            assertThat(recovers(harness)).isEmpty();
        }
    }

    @Test
    void becauseANodeHangs() {
        try (Harness harness = with("healing.mode", "act")) {
            for (int i = 0; i < 180; i++) {
                harness.lacking("orders", "NODE_LEFT");
                harness.collection(Altered.collection(
                                Harness.collectionAt(harness.now(), NODES),
                                "nodes",
                                List.of(Harness.node("n1", true), Harness.node("n2", false), Harness.node("n3", true))))
                        .pass(Duration.ofSeconds(1));
            }
            assertThat(why(harness)).isEqualTo("held: node n2 does not answer, and a call would block behind it");
            assertThat(recovers(harness)).isEmpty();
            assertThat(harness.last("HealingHeld").status()).isEqualTo(Status.FIRING);
        }
    }

    @Test
    void becauseTheAlertFlaps() {
        try (Harness harness = with("healing.mode", "act")) {
            for (int round = 0; round < 8; round++) {
                lacking(harness, 40);
                for (int i = 0; i < 20; i++) {
                    harness.shards(Copies.of("orders", harness.now())
                            .replica("n2", 100)
                            .primary("n1", 100));
                    harness.collection(NODES, List.of()).pass(Duration.ofSeconds(1));
                }
            }
            lacking(harness, 40);
            assertThat(why(harness)).isEqualTo("held: the alert flaps");
        }
    }

    @Test
    void becauseAnotherCommandOfTheClusterIsUnderWay() {
        try (Harness harness = with("healing.mode", "act")) {
            for (int i = 0; i < 180; i++) {
                harness.shards(Copies.of("users", harness.now()).exhausted().primary("n1", 100));
                lacking(harness, 1);
            }
            assertThat(recovers(harness)).extracting(RecoveryCommand::cause).containsExactly("allocation_failed");
            assertThat(why(harness)).isEqualTo("waits for another command of the cluster");
        }
    }

    @Test
    void becauseTheNextAttemptIsNotDueYet() {
        try (Harness harness = with("healing.mode", "act")) {
            lacking(harness, 120);
            harness.answer(recovers(harness).get(0), RecoveryResult.Status.FAILED, "it did not help");
            lacking(harness, 5);
            assertThat(why(harness))
                    .startsWith("waits until ")
                    .endsWith(" for the next attempt; the last: it did not help");
        }
    }

    @Test
    void becauseTheActuatorHoldsIt() {
        try (Harness harness = with("healing.mode", "act")) {
            lacking(harness, 120);
            harness.answer(recovers(harness).get(0), RecoveryResult.Status.HELD, "the master is unstable");
            lacking(harness, 20);
            assertThat(why(harness)).endsWith("the last: the master is unstable");
            assertThat(harness.last("HealingHeld").description()).endsWith("the last: the master is unstable");
        }
    }

    private Harness with(String key, String value) {
        return new Harness(stateDir, Map.of(key, value));
    }

    private static void lacking(Harness harness, int seconds) {
        for (int i = 0; i < seconds; i++) {
            harness.lacking("orders", "NODE_LEFT");
            harness.collection(NODES, List.of()).pass(Duration.ofSeconds(1));
        }
    }

    private static String why(Harness harness) {
        return harness.alerts("ReplicasUnassigned").stream()
                .filter(alert -> "node_left".equals(alert.labels().get("cause")))
                .reduce((before, next) -> next)
                .orElseThrow()
                .annotations()
                .get("healing");
    }

    private static List<RecoveryCommand> recovers(Harness harness) {
        return harness.commands().stream()
                .filter(command -> command.type() == CommandType.RECOVER)
                .toList();
    }
}
