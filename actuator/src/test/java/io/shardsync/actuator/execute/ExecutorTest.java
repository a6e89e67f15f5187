package io.shardsync.actuator.execute;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.shardsync.actuator.FakeBedside;
import io.shardsync.actuator.bedside.Recoveries;
import io.shardsync.actuator.bedside.Recovering;
import io.shardsync.actuator.bedside.ShardId;
import io.shardsync.actuator.brake.Brakes;
import io.shardsync.actuator.brake.Limits;
import io.shardsync.actuator.compare.Pace;
import io.shardsync.actuator.compare.ShardChecks;
import io.shardsync.actuator.diagnose.Comparison;
import io.shardsync.actuator.diagnose.Diagnoser;
import io.shardsync.actuator.diagnose.Standstill;
import io.shardsync.actuator.ledger.Draft;
import io.shardsync.actuator.ledger.Journal;
import io.shardsync.actuator.ledger.Ledger;
import io.shardsync.actuator.ledger.Ousted;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.RecoveryResult.Status;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Whose turn it is, and how those end whose turn does not come. */
class ExecutorTest {
    private static final String BYTES = "indices.recovery.max_bytes_per_sec";
    private static final int PARTITION = 0;

    private final FakeBedside bedside = new FakeBedside(1);
    private final Ledger ledger = new Ledger();
    private final Clock clock = Clock.systemUTC();
    private final Map<String, RecoveryResult> newest = new ConcurrentHashMap<>();
    private volatile boolean ousted;

    private final Journal successors = (result, steps, report) -> {
        newest.put(result.commandId(), result);
        ledger.note(result);
    };
    private final Journal journal = (result, steps, report) -> {
        if (ousted) {
            throw new Ousted("the journal is closed", null);
        }
        successors.write(result, steps, report);
    };

    private final Executor executor =
            new Executor(Map.of("prod", bedside), means(), 1, 1, new Tally(new SimpleMeterRegistry()), cause -> {});

    private Means means() {
        return new Means(
                new Diagnoser(clock, 20),
                new Standstill(clock, Duration.ofMillis(30), Duration.ofMillis(30), Duration.ofMillis(1)),
                Comparison.none(),
                new ShardChecks(clock, new Pace(1_000_000, 1_000_000, Duration.ofSeconds(2), Duration.ofSeconds(1))),
                (cluster, index) -> Optional.empty(),
                new Brakes(Limits.WIDE),
                List::of,
                cluster -> Optional.empty(),
                ledger,
                new WatchTiming(Duration.ofMillis(1), Duration.ofMillis(200), Duration.ofMillis(20)),
                clock,
                System::nanoTime);
    }

    ExecutorTest() {
        bedside.healed = true;
        bedside.running = new Recoveries(
                List.of(new Recovering(new ShardId("orders-0", 0), false, "INDEX", "b", 1, 1000, 250, 1, 0, 0)));
    }

    @AfterEach
    void close() {
        executor.close();
    }

    @Test
    void whatARestartInterruptedIsNeverEndedForHavingWaitedTooLong() {
        // Given
        RecoveryResult interrupted = interrupted(Duration.ofMillis(500));
        begin("other");
        executor.resume(interrupted, journal, PARTITION, Optional.empty());
        await().until(() -> clock.instant().isAfter(interrupted.command().expiresAt()));

        // When
        executor.expireWaiting();

        // Then
        assertThat(newest.get("interrupted").status()).isEqualTo(Status.RUNNING);
        executor.cancel("other", "cancelled by bob");
        awaitEnd("interrupted");
        assertThat(newest.get("interrupted").status()).isEqualTo(Status.FAILED);
        assertThat(newest.get("interrupted").message()).contains("restarted in the middle", "former values are back");
    }

    @Test
    void whatARestartInterruptedIsPutBackAlsoWhereItIsCancelledBeforeItsTurn() {
        // Given
        RecoveryResult interrupted = interrupted(Duration.ofMinutes(1));
        begin("other");
        executor.resume(interrupted, journal, PARTITION, Optional.empty());

        // When
        executor.cancel("interrupted", "cancelled by bob");

        // Then
        assertThat(newest.get("interrupted").status()).isEqualTo(Status.RUNNING);
        executor.cancel("other", "cancelled by bob");
        awaitEnd("interrupted");
        assertThat(newest.get("interrupted").message()).contains("former values are back");
    }

    @Test
    void whatHasBegunComesBeforeWhatHasNot() {
        // Given
        RecoveryResult interrupted = interrupted(Duration.ofMinutes(1));
        begin("first");
        executor.submit(accepted("second", Duration.ofMinutes(1)), journal, PARTITION);
        executor.resume(interrupted, journal, PARTITION, Optional.empty());

        // When
        executor.cancel("first", "cancelled by bob");

        // Then
        awaitEnd("interrupted");
        awaitFollowing("second");
        assertThat(startOf("second")).isAfterOrEqualTo(newest.get("interrupted").at());
    }

    @Test
    void whatIsStillBeingLeftToOthersCanBeTakenUpAtOnceAndComesNext() {
        // Given
        CountDownLatch hangs = new CountDownLatch(1);
        CountDownLatch answered = new CountDownLatch(1);
        begin("back");
        bedside.atRecoveries = () -> {
            hangs.countDown();
            await().until(() -> answered.getCount() == 0);
        };
        await().until(() -> hangs.getCount() == 0);
        ousted = true;
        executor.abandon(PARTITION);

        // When
        assertThat(executor.has("back")).isFalse();
        executor.submit(accepted("next", Duration.ofMinutes(1)), successors, PARTITION);
        executor.resume(newest.get("back"), successors, PARTITION, Optional.empty());
        bedside.atRecoveries = () -> {};
        answered.countDown();

        // Then
        awaitEnd("back");
        awaitFollowing("next");
        assertThat(newest.get("back").message()).contains("former values are back");
        assertThat(startOf("next")).isAfterOrEqualTo(newest.get("back").at());
    }

    @Test
    void whoseEndCouldNotBeWrittenIsTakenUpAgain() {
        // Given
        begin("running");
        RecoveryResult late = accepted("late", Duration.ofMillis(-1));
        executor.submit(late, journal, PARTITION);
        ousted = true;

        // When
        executor.expireWaiting();

        // Then
        assertThat(executor.has("late")).isFalse();
        executor.resume(late, successors, PARTITION, Optional.empty());
        executor.expireWaiting();
        awaitEnd("late");
        assertThat(newest.get("late").status()).isEqualTo(Status.EXPIRED);
    }

    /** The newest record of a command that had set its values when the actuator went down. */
    private RecoveryResult interrupted(Duration expires) {
        executor.submit(accepted("interrupted", expires), journal, PARTITION);
        awaitFollowing("interrupted");
        executor.abandon(PARTITION);
        await().until(() -> executor.busyWith("prod").isEmpty());
        assertThat(bedside.persistent).containsKey(BYTES);
        return newest.get("interrupted");
    }

    private void begin(String id) {
        executor.submit(accepted(id, Duration.ofMinutes(1)), journal, PARTITION);
        awaitFollowing(id);
    }

    private RecoveryResult accepted(String id, Duration expires) {
        Instant now = clock.instant();
        RecoveryCommand command = RecoveryCommand.builder(CommandType.REBALANCE, "prod")
                .commandId(id)
                .requested("ann", now, now.plus(expires))
                // Who finds his values in force has nothing to do.
                .params(Map.of("max_bytes_per_sec", newest.size() + 10 + "mb"))
                .build();
        RecoveryResult accepted =
                Draft.first(command, Status.ACCEPTED, now, "accepted").at(now);
        newest.put(id, accepted);
        return accepted;
    }

    private void awaitFollowing(String id) {
        await().untilAsserted(() -> assertThat(newest.get(id).progress())
                .as(newest.get(id).message())
                .isNotNull());
    }

    private Instant startOf(String id) {
        return newest.get(id).steps().stream()
                .filter(step -> step.action().equals("start"))
                .findFirst()
                .orElseThrow()
                .at();
    }

    private void awaitEnd(String id) {
        await().until(() -> newest.get(id).status().terminal());
    }
}
