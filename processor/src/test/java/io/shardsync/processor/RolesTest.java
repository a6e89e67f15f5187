package io.shardsync.processor;

import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.Alert.Status;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.RecoveryResult.Diagnosis;
import io.shardsync.schemas.model.ShardSnapshot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/** What was found out about replicas, and tried for them, says nothing about primaries. */
class RolesTest {
    private static final List<String> NODES = List.of("n1", "n2");

    @TempDir
    Path stateDir;

    private Harness harness;
    private final Set<String> answered = new HashSet<>();

    @BeforeEach
    void begin() {
        harness = new Harness(stateDir, Map.of("healing.mode", "act"));
    }

    @AfterEach
    void end() {
        harness.close();
    }

    private void collect(Duration time, Supplier<Stream<List<ShardSnapshot>>> shards) {
        for (int i = 0; i < time.toSeconds(); i += 5) {
            shards.get().forEach(harness::shards);
            harness.collection(NODES, List.of()).pass(Duration.ofSeconds(5));
            sent(CommandType.RECOVER)
                    .filter(command -> answered.add(command.commandId()))
                    .forEach(command -> harness.answer(command, RecoveryResult.Status.FAILED, "no space left"));
        }
    }

    private Copies copies(String index) {
        return Copies.of(index, harness.now());
    }

    private Stream<RecoveryCommand> sent(CommandType type) {
        return List.copyOf(harness.commands()).stream().filter(command -> command.type() == type);
    }

    @Test
    void aPrimaryIsDiagnosedAlthoughReplicasOfItsCauseWere() {
        collect(
                Duration.ofSeconds(40),
                () -> Stream.of(copies("users").unassigned("NODE_LEFT", false).primary("n1", 100)));
        harness.result(Harness.ended(
                sent(CommandType.DIAGNOSE).findFirst().orElseThrow(),
                RecoveryResult.Status.SUCCEEDED,
                harness.now(),
                "done",
                new Diagnosis("too_few_nodes", 1, "same_shard", "every node holds a copy", null)));
        collect(Duration.ofSeconds(40), () -> Stream.of(copies("users").noPrimary("NODE_LEFT")));

        Alert primary = harness.last("PrimaryUnassigned");
        assertThat(sent(CommandType.DIAGNOSE).map(RecoveryCommand::alertFingerprint))
                .hasSize(2)
                .endsWith(primary.fingerprint());
        assertThat(primary.cause().code()).isEqualTo("node_left");
    }

    @Test
    void aPrimaryIsHealedAlthoughTheAttemptsForReplicasAreUsedUp() {
        collect(
                Duration.ofMinutes(20),
                () -> Stream.of(copies("orders").exhausted().primary("n1", 100)));
        assertThat(harness.last("HealingExhausted").labels()).doesNotContainKey("role");
        assertThat(sent(CommandType.RECOVER)).hasSize(3);

        collect(
                Duration.ofMinutes(20),
                () -> Stream.of(
                        copies("orders").exhausted().primary("n1", 100),
                        copies("users").noPrimary("ALLOCATION_FAILED")));

        assertThat(sent(CommandType.RECOVER)
                        .map(RecoveryCommand::alertFingerprint)
                        .skip(3))
                .hasSize(3)
                .containsOnly(harness.last("PrimaryUnassigned").fingerprint());
        Alert exhausted = harness.alerts("HealingExhausted").stream()
                .filter(alert -> "primary".equals(alert.labels().get("role")))
                .reduce((former, newer) -> newer)
                .orElseThrow();
        assertThat(exhausted.status()).isEqualTo(Status.FIRING);
        assertThat(exhausted.annotations().get("healing")).startsWith("exhausted: 3 attempts");
    }
}
