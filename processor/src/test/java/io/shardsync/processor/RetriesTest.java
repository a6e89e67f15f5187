package io.shardsync.processor;

import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.Alert.Status;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.model.RecoveryResult;
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

import static org.assertj.core.api.Assertions.assertThat;

/** A retry that fails again ends nothing and begins nothing. */
class RetriesTest {
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

    private Copies orders() {
        return Copies.of("orders", harness.now());
    }

    private void collect(Copies copies) {
        harness.shards(copies.primary("n1", 100));
        harness.collection(NODES, List.of()).pass(Duration.ofSeconds(1));
    }

    private void exhaustedFor(int seconds) {
        for (int i = 0; i < seconds; i++) {
            collect(orders().exhausted());
        }
    }

    private void retriedFor(int seconds) {
        for (int i = 0; i < seconds; i++) {
            collect(orders().retried("n2"));
        }
    }

    private List<Alert> told() {
        return harness.alerts("ReplicasUnassigned");
    }

    @Test
    void anAlertGoesOnWhileARetryIsUnderWayAndAfterItFailed() {
        exhaustedFor(60);
        assertThat(told()).isNotEmpty();

        retriedFor(60);
        exhaustedFor(60);

        assertThat(told()).allSatisfy(alert -> assertThat(alert.status()).isEqualTo(Status.FIRING));
        assertThat(told())
                .extracting(Alert::startsAt)
                .containsOnly(told().get(0).startsAt());
        assertThat(told()).extracting(Alert::occurrences).containsOnly(1);
    }

    @Test
    void nothingIsAskedForWhileARetryIsUnderWay() {
        exhaustedFor(40);
        int commands = harness.commands().size();

        retriedFor(600);

        assertThat(harness.commands()).hasSize(commands);
        assertThat(told().get(told().size() - 1).annotations().get("healing"))
                .isEqualTo("waits: 1 replica is being built again in prod");
    }

    @Test
    void aRetryThatSucceedsEndsTheAlert() {
        exhaustedFor(60);
        retriedFor(5);

        for (int i = 0; i < 20; i++) {
            collect(orders().replica("n2", 100));
        }

        assertThat(told().get(told().size() - 1).status()).isEqualTo(Status.RESOLVED);
    }

    @Test
    void aRecoveryThatIsUnderWayAloneIsNoAlert() {
        retriedFor(300);

        assertThat(told()).isEmpty();
    }

    @Test
    void healingThatIsHeldIsToldOnceHoweverOftenItIsAskedAgain() {
        for (int i = 0; i < 3600; i += 5) {
            harness.shards(orders().exhausted().primary("n1", 100));
            harness.collection(NODES, List.of()).pass(Duration.ofSeconds(5));
            // The actuator takes longer to answer than alerts take to clear.
            harness.commands().stream()
                    .filter(command -> command.type() == CommandType.RECOVER)
                    .filter(command -> command.requestedAt().plusSeconds(30).isBefore(harness.now()))
                    .forEach(this::hold);
        }
        List<Alert> held = harness.alerts("HealingHeld");
        assertThat(held).isNotEmpty();
        assertThat(held).allSatisfy(alert -> assertThat(alert.status()).isEqualTo(Status.FIRING));
        assertThat(held).extracting(Alert::occurrences).containsOnly(1);
        assertThat(harness.commands().stream().filter(command -> command.type() == CommandType.RECOVER))
                .hasSizeGreaterThan(2);
    }

    private void hold(RecoveryCommand command) {
        if (answered.add(command.commandId())) {
            harness.answer(command, RecoveryResult.Status.HELD, "brake master_unstable");
        }
    }

    @Test
    void whatIsCancelledAgainAndAgainIsNotAskedForWithoutEnd() {
        exhaustedAnswering(Duration.ofHours(2), RecoveryResult.Status.CANCELLED);

        assertThat(recovers()).hasSize(3);
        assertThat(harness.last("HealingExhausted").status()).isEqualTo(Status.FIRING);
    }

    @Test
    void anActuatorThatNeverComesBackIsNotWaitedForWithoutEnd() {
        exhaustedAnswering(Duration.ofMinutes(355), RecoveryResult.Status.RUNNING);
        assertThat(recovers()).hasSize(1);

        exhaustedAnswering(Duration.ofMinutes(10), RecoveryResult.Status.RUNNING);
        assertThat(recovers()).hasSize(2);
    }

    private void exhaustedAnswering(Duration time, RecoveryResult.Status status) {
        for (int i = 0; i < time.toSeconds(); i += 15) {
            harness.shards(orders().exhausted().primary("n1", 100));
            harness.collection(NODES, List.of()).pass(Duration.ofSeconds(15));
            recovers().stream()
                    .filter(command -> answered.add(command.commandId()))
                    .forEach(command -> harness.answer(command, status, "by the test"));
        }
    }

    private List<RecoveryCommand> recovers() {
        return harness.commands().stream()
                .filter(command -> command.type() == CommandType.RECOVER)
                .toList();
    }
}
