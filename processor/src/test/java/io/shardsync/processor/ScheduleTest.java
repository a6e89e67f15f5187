package io.shardsync.processor;

import io.shardsync.processor.schedule.Asked;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.Control;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.model.RecoveryResult;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import static io.shardsync.processor.Copies.START;
import static org.assertj.core.api.Assertions.assertThat;

/** Deep checks by the clock: each index once in a period, one after the other. */
class ScheduleTest {
    private static final List<String> NODES = List.of("n1", "n2", "n3");
    private static final int INDICES = 24;
    private static final Duration STEP = Duration.ofMinutes(2);

    @TempDir
    Path stateDir;

    private Harness harness;
    private int answered;

    @AfterEach
    void end() {
        harness.close();
    }

    private void with(String... settings) {
        Map<String, String> pairs = new HashMap<>(Map.of("consistency.schedule", "P1D"));
        for (int i = 0; i < settings.length; i += 2) {
            pairs.put(settings[i], settings[i + 1]);
        }
        harness = new Harness(stateDir, pairs);
    }

    @Test
    void byDefaultNoDeepCheckIsAskedFor() {
        with("consistency.schedule", "off");
        live(Duration.ofDays(1), true);
        assertThat(harness.commands()).isEmpty();
    }

    @Test
    void everyIndexIsCheckedOnceInAPeriodSpreadOverItAndOneAtATime() {
        with();
        // When
        live(Duration.ofDays(2).plusHours(1), true);
        // Then
        List<RecoveryCommand> commands = harness.commands();
        assertThat(commands).extracting(RecoveryCommand::type).containsOnly(CommandType.VERIFY_CONSISTENCY);
        assertThat(commands).extracting(RecoveryCommand::commandId).doesNotHaveDuplicates();
        assertThat(commands).allSatisfy(command -> {
            assertThat(command.expiresAt()).isEqualTo(command.requestedAt().plus(Duration.ofMinutes(15)));
            assertThat(command.params()).containsEntry("depth", "versions");
            assertThat(command.shard()).isNull();
        });
        Map<String, List<Instant>> byIndex = commands.stream()
                .collect(Collectors.groupingBy(
                        RecoveryCommand::index, Collectors.mapping(RecoveryCommand::requestedAt, Collectors.toList())));
        assertThat(byIndex).hasSize(INDICES);
        byIndex.forEach((index, times) -> {
            assertThat(times).as(index).hasSizeBetween(2, 3);
            for (int i = 1; i < times.size(); i++) {
                assertThat(Duration.between(times.get(i - 1), times.get(i)))
                        .as(index)
                        .isBetween(Duration.ofHours(23), Duration.ofHours(25));
            }
        });
        Map<Long, Long> byQuarter = commands.stream()
                .filter(command -> command.requestedAt().isBefore(START.plus(Duration.ofDays(1))))
                .collect(Collectors.groupingBy(
                        command ->
                                Duration.between(START, command.requestedAt()).toHours() / 6,
                        Collectors.counting()));
        assertThat(byQuarter).hasSize(4).allSatisfy((quarter, count) -> assertThat(count)
                .isLessThan(INDICES / 2));
    }

    @Test
    void asLongAsACheckRunsNoOtherIsAskedFor() {
        with();
        live(Duration.ofHours(12), false);
        RecoveryCommand first = harness.commands().get(0);
        int before = harness.commands().size();
        harness.result(result(first, RecoveryResult.Status.RUNNING));
        // Each goes unanswered to its expiry at the earliest.
        List<RecoveryCommand> commands = harness.commands();
        for (int i = 1; i < commands.size(); i++) {
            assertThat(commands.get(i).requestedAt())
                    .isAfter(commands.get(i - 1).expiresAt());
        }
        assertThat(before).isGreaterThan(1);
    }

    @Test
    void aRunningCheckIsWaitedForBeyondItsExpiry() {
        with();
        while (harness.commands().isEmpty()) {
            live(STEP, false);
        }
        for (int i = 0; i < 30; i++) {
            harness.result(result(harness.commands().get(0), RecoveryResult.Status.RUNNING));
            live(Duration.ofMinutes(10), false);
        }
        assertThat(harness.commands()).hasSize(1);
    }

    @Test
    void aCheckThatFailedIsTriedAgainButNotForEver() {
        with("consistency.indices", "index-03");
        while (harness.commands().isEmpty()) {
            live(STEP, false);
        }
        for (int i = 0; i < Duration.ofHours(20).dividedBy(STEP); i++) {
            live(STEP, false);
            List<RecoveryCommand> commands = harness.commands();
            if (commands.size() > answered) {
                answered = commands.size();
                harness.result(result(commands.get(answered - 1), RecoveryResult.Status.FAILED));
            }
        }
        assertThat(harness.commands()).hasSize(3);
        assertThat(harness.commands()).extracting(RecoveryCommand::commandId).doesNotHaveDuplicates();
    }

    @Test
    void whoChecksAnIndexHimselfHasDoneItsTurn() {
        with("consistency.indices", "index-03");
        live(Duration.ofHours(25), true);
        assertThat(harness.commands()).hasSize(1);
        Instant first = harness.commands().get(0).requestedAt();
        // When a person has it checked shortly after its next turn would have come, were it not for a pause
        harness.control("*/pause", new Control(Control.Kind.PAUSE, "*", null, START, null, "anna", "storage work"));
        while (harness.now().isBefore(first.plus(Duration.ofHours(26)))) {
            live(STEP, true);
        }
        harness.report(Reports.consistent("index-03", harness.now()));
        harness.control("*/pause", null);
        live(Duration.ofHours(10), true);
        // Then
        assertThat(harness.commands()).hasSize(1);
    }

    @Test
    void whoChecksOneShardOfAnIndexHasNotDoneItsTurn() {
        with("consistency.schedule", "PT6H", "consistency.indices", "index-03");
        for (int i = 0;
                i < Duration.ofHours(7).dividedBy(STEP) && harness.commands().isEmpty();
                i++) {
            harness.report(Reports.half("index-03", harness.now()));
            live(STEP, false);
        }
        assertThat(harness.commands()).hasSize(1);
    }

    @Test
    void whileHealingIsPausedNothingIsCheckedAndAfterwardsWhatWasMissedIs() {
        with();
        harness.control("*/pause", new Control(Control.Kind.PAUSE, "*", null, START, null, "anna", "storage work"));
        live(Duration.ofDays(1), true);
        assertThat(harness.commands()).isEmpty();
        harness.control("*/pause", null);
        live(Duration.ofHours(2), true);
        assertThat(harness.commands()).extracting(RecoveryCommand::index).hasSizeGreaterThanOrEqualTo(INDICES);
    }

    @Test
    void aYellowClusterIsLeftAloneAndWhatWasMissedIsMadeUpForAndTold() {
        // Given
        with("consistency.schedule", "PT6H");
        // When
        for (int i = 0; i < Duration.ofHours(15).dividedBy(STEP); i++) {
            indices();
            harness.yellow(NODES).pass(STEP);
        }
        // Then
        assertThat(harness.commands()).isEmpty();
        assertThat(harness.gauge("shardsync.consistency.overdue", "cluster", "prod"))
                .isPositive();
        live(Duration.ofHours(2), true);
        assertThat(harness.commands()).extracting(RecoveryCommand::index).hasSizeGreaterThanOrEqualTo(INDICES);
        assertThat(harness.gauge("shardsync.consistency.overdue", "cluster", "prod"))
                .isZero();
    }

    @Test
    void aCheckThatCouldNotTellIsMadeAgainButNotForEver() {
        with("consistency.schedule", "PT6H", "consistency.indices", "index-03");
        while (harness.commands().isEmpty()) {
            live(STEP, false);
        }
        for (int i = 0; i < Duration.ofHours(5).dividedBy(STEP); i++) {
            live(STEP, false);
            List<RecoveryCommand> commands = harness.commands();
            if (commands.size() > answered) {
                RecoveryCommand command = commands.get(answered++);
                harness.report(Reports.inconclusive(command.index(), harness.now()));
                harness.result(Harness.ended(
                        command, RecoveryResult.Status.SUCCEEDED, false, harness.now(), "inconclusive: copies moved"));
            }
        }
        assertThat(harness.commands()).hasSize(3);
    }

    @Test
    void aCheckThatFoundADifferenceIsNotMadeAgain() {
        with("consistency.schedule", "PT6H", "consistency.indices", "index-03");
        while (harness.commands().isEmpty()) {
            live(STEP, false);
        }
        RecoveryCommand command = harness.commands().get(0);
        harness.result(Harness.ended(
                command, RecoveryResult.Status.SUCCEEDED, false, harness.now(), "divergent: 1 shard compared"));
        harness.report(Reports.lacking(command.index(), harness.now()));
        live(Duration.ofHours(5), false);
        assertThat(harness.commands()).hasSize(1);
    }

    @Test
    void onlyTheIndicesMeantAreChecked() {
        with("consistency.indices", "index-0*,-index-03,.internal-*");
        live(Duration.ofDays(1).plusHours(1), true);
        assertThat(harness.commands())
                .extracting(RecoveryCommand::index)
                .contains("index-00", "index-09")
                .doesNotContain("index-03", "index-11");
    }

    @Test
    void anIndexWithoutReplicasHasNothingToCompare() {
        with();
        for (int i = 0; i < Duration.ofDays(1).dividedBy(STEP); i++) {
            harness.shards(Copies.of("alone", harness.now()).primary("n1", 100));
            harness.collection(NODES, List.of()).pass(STEP);
        }
        assertThat(harness.commands()).isEmpty();
    }

    @Test
    void aClusterOfWhichNoCheckCanBePlannedKeepsNoOtherFromItsOwn() {
        with();
        // Given what no version could have stored: a check that was never asked for
        harness.remember("asked-by-cluster", "another", new Asked("id", "orders", null, null));
        for (int i = 0; i < 24; i++) {
            harness.collection(Altered.collection(Harness.collectionAt(harness.now(), NODES), "cluster", "another"));
            // When
            live(Duration.ofHours(1), true);
        }
        // Then
        assertThat(harness.commands())
                .extracting(RecoveryCommand::index)
                .doesNotHaveDuplicates()
                .hasSize(INDICES);
    }

    /** Idle indices, collected every other minute. */
    private void live(Duration time, boolean answering) {
        for (long i = 0; i < time.dividedBy(STEP); i++) {
            indices();
            harness.collection(NODES, List.of()).pass(STEP);
            List<RecoveryCommand> commands = harness.commands();
            while (answering && answered < commands.size()) {
                RecoveryCommand command = commands.get(answered++);
                harness.report(Reports.consistent(command.index(), harness.now()));
                harness.result(result(command, RecoveryResult.Status.SUCCEEDED));
            }
        }
    }

    private void indices() {
        if (Duration.between(START, harness.now()).toMinutes() % 120 == 0) {
            for (int index = 0; index < INDICES; index++) {
                harness.shards(Copies.of("index-%02d".formatted(index), harness.now())
                        .replica("n2", 100)
                        .primary("n1", 100));
            }
        }
    }

    private RecoveryResult result(RecoveryCommand command, RecoveryResult.Status status) {
        return Harness.ended(command, status, harness.now(), "as it went");
    }
}
