package io.shardsync.actuator.execute;

import io.shardsync.actuator.FakeBedside;
import io.shardsync.actuator.bedside.NotAnswered;
import io.shardsync.actuator.brake.Brakes;
import io.shardsync.actuator.brake.Limits;
import io.shardsync.actuator.compare.Pace;
import io.shardsync.actuator.compare.ShardChecks;
import io.shardsync.actuator.diagnose.Comparison;
import io.shardsync.actuator.diagnose.Diagnoser;
import io.shardsync.actuator.diagnose.Standstill;
import io.shardsync.actuator.ledger.Draft;
import io.shardsync.actuator.ledger.Ending;
import io.shardsync.actuator.ledger.Journal;
import io.shardsync.actuator.ledger.Ledger;
import io.shardsync.actuator.ledger.Ousted;
import io.shardsync.actuator.ledger.Story;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.RecoveryResult.Status;
import io.shardsync.schemas.model.RecoveryStep;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ExecutionTest {
    private static final String RETRY = "call POST /_cluster/reroute?retry_failed=true&metric=none";

    private final FakeBedside bedside = new FakeBedside(400);
    private final Ledger ledger = new Ledger();
    private final Clock clock = Clock.systemUTC();
    private final Stop stop = new Stop();
    private Comparison comparison = Comparison.none();
    private boolean controlsUnreadable;
    private final AtomicLong ticks = new AtomicLong();
    /** Happens when an intent is written. */
    private Runnable atIntent = () -> {};

    private int writesLeft = Integer.MAX_VALUE;
    private RecoveryResult last = accepted(false);

    private final Journal journal = (result, steps, report) -> {
        if (writesLeft-- <= 0) {
            throw new Ousted("killed", null);
        }
        last = result;
        ledger.note(result);
        steps.stream()
                .filter(step -> step.outcome().equals(RecoveryStep.INTENT))
                .forEach(step -> {
                    bedside.log.add("intent");
                    atIntent.run();
                });
    };

    private static RecoveryResult accepted(boolean dryRun) {
        Instant now = Instant.now();
        return Draft.first(
                        RecoveryCommand.builder(CommandType.RECOVER, "prod")
                                .commandId("id")
                                .dryRun(dryRun)
                                .requested("ann", now, now.plusSeconds(60))
                                .build(),
                        Status.ACCEPTED,
                        now,
                        "accepted")
                .at(now);
    }

    private Optional<Ending> run() {
        Means means = new Means(
                new Diagnoser(clock, 20),
                new Standstill(clock, Duration.ofMillis(30), Duration.ofMillis(30), Duration.ofMillis(1)),
                comparison,
                new ShardChecks(clock, new Pace(1_000_000, 1_000_000, Duration.ofSeconds(2), Duration.ofSeconds(1))),
                (cluster, index) -> Optional.empty(),
                new Brakes(Limits.WIDE),
                () -> {
                    if (controlsUnreadable) {
                        throw new KafkaException("away");
                    }
                    return List.of();
                },
                cluster -> Optional.empty(),
                ledger,
                new WatchTiming(Duration.ofMillis(1), Duration.ofMillis(200), Duration.ofMillis(20)),
                clock,
                ticks::get);
        return new Execution(new Story(last, journal, clock), stop, bedside, means).run();
    }

    @Test
    void healsHundredsWithFewQuestionsAndOneCall() {
        Ending ending = run().orElseThrow();

        assertThat(ending.status()).isEqualTo(Status.SUCCEEDED);
        assertThat(ending.verified()).isTrue();
        assertThat(ending.message()).contains("all 800 copies of 400 shards");
        assertThat(bedside.log.stream().filter(RETRY::equals)).hasSize(1);
        assertThat(bedside.log.stream().filter("explain"::equals)).hasSizeLessThanOrEqualTo(20);
        assertThat(last.plan().get(0).affects()).hasSize(400);
    }

    @Test
    void makesNoCallWithoutADiagnosisAndAnIntentBeforeIt() {
        run();

        int call = bedside.log.indexOf(RETRY);
        assertThat(bedside.log.subList(0, call)).contains("explain").endsWith("intent");
    }

    @Test
    void makesNoCallLongAfterItsIntent() {
        atIntent = () -> ticks.addAndGet(TimeUnit.SECONDS.toNanos(6));

        Ending ending = run().orElseThrow();

        assertThat(ending.status()).isEqualTo(Status.FAILED);
        assertThat(ending.message()).contains("not sent, too late: it took 6 s");
        assertThat(bedside.log).contains("intent").doesNotContain(RETRY);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void killedAnywhereItIsTakenUpAndHealsOnce(int writes) {
        writesLeft = writes;
        // Started, diagnosed, intent and outcome: with the fourth written, only the end is missing.
        if (writes < 4) {
            assertThatThrownBy(this::run).isInstanceOf(Ousted.class);
        } else {
            assertThat(run()).isPresent();
        }
        writesLeft = Integer.MAX_VALUE;

        Ending ending = run().orElseThrow();

        assertThat(ending.status()).as(ending.message()).isEqualTo(Status.SUCCEEDED);
        assertThat(bedside.log.stream().filter(RETRY::equals)).hasSize(1);
    }

    @Test
    void takenUpAfterItWasCancelledItLooksAtNothingAndEnds() {
        stop.cancel("cancelled by bob");

        Ending ending = run().orElseThrow();

        assertThat(ending.status()).isEqualTo(Status.CANCELLED);
        assertThat(ending.message()).isEqualTo("cancelled by bob; nothing was changed");
        assertThat(bedside.log).isEmpty();
    }

    @Test
    void repeatsACallOfUnknownOutcomeOnlyWhereItIsStillNeeded() {
        // Started, diagnosed, intent: then it dies before the call's outcome is written.
        bedside.retryHelps = false;
        writesLeft = 3;
        assertThatThrownBy(this::run).isInstanceOf(Ousted.class);
        assertThat(bedside.log.stream().filter(RETRY::equals)).hasSize(1);

        writesLeft = Integer.MAX_VALUE;
        bedside.retryHelps = true;
        assertThat(run().orElseThrow().status()).isEqualTo(Status.SUCCEEDED);
        assertThat(bedside.log.stream().filter(RETRY::equals)).hasSize(2);
        assertThat(bedside.log.stream().filter("intent"::equals)).hasSize(2);
    }

    @Test
    void watchesToTheEndWhatItBeganWhateverTheBrakesSayNow() {
        bedside.retryHelps = false;
        writesLeft = 4;
        assertThatThrownBy(this::run).isInstanceOf(Ousted.class);

        bedside.healed = true;
        writesLeft = Integer.MAX_VALUE;
        controlsUnreadable = true;

        assertThat(run().orElseThrow().status()).isEqualTo(Status.SUCCEEDED);
        assertThat(bedside.log.stream().filter(RETRY::equals)).hasSize(1);
    }

    @Test
    void goesOnWithWhatItBeganAlsoWhereTheClusterIsSilentAtFirst() {
        bedside.retryHelps = false;
        writesLeft = 4;
        assertThatThrownBy(this::run).isInstanceOf(Ousted.class);

        bedside.healed = true;
        writesLeft = Integer.MAX_VALUE;
        bedside.unanswered = 3;

        Ending ending = run().orElseThrow();
        assertThat(ending.status()).as(ending.message()).isEqualTo(Status.SUCCEEDED);
        assertThat(bedside.unanswered).isZero();
    }

    @Test
    void triesOnceAndSaysWhatItTried() {
        bedside.retryHelps = false;

        Ending ending = run().orElseThrow();

        assertThat(ending.status()).isEqualTo(Status.FAILED);
        assertThat(ending.cause()).isEqualTo("max_retries");
        assertThat(ending.message()).contains("tried POST /_cluster/reroute", "AccessDeniedException");
        assertThat(bedside.log.stream().filter(RETRY::equals)).hasSize(1);
    }

    @Test
    void believesTheRoutingTableAlsoWhereTheAnswerGotLost() {
        bedside.answerLost = new NotAnswered(NotAnswered.Kind.TIMEOUT, "no answer within 30 s", null);

        assertThat(run().orElseThrow().status()).isEqualTo(Status.SUCCEEDED);
    }

    @Test
    void asksNothingMoreOfAClusterWithAHungNode() {
        bedside.silent = 1;

        Ending ending = run().orElseThrow();

        assertThat(ending.status()).isEqualTo(Status.HELD);
        assertThat(bedside.log).isEmpty();
    }

    @Test
    void changesNothingWhileNobodyKnowsWhetherHealingIsPaused() {
        controlsUnreadable = true;

        Ending ending = run().orElseThrow();

        assertThat(ending.status()).isEqualTo(Status.HELD);
        assertThat(ending.message()).contains("control.v1 can't be read");
        assertThat(bedside.log).isEmpty();
    }

    @Test
    void changesNothingInADryRun() {
        last = accepted(true);

        Ending ending = run().orElseThrow();

        assertThat(ending.status()).isEqualTo(Status.DRY_RUN);
        assertThat(last.plan()).hasSize(1);
        assertThat(bedside.log).containsOnly("explain");
    }
}
