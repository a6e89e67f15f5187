package io.shardsync.actuator.execute;

import io.shardsync.actuator.FakeBedside;
import io.shardsync.actuator.bedside.Checkpoint;
import io.shardsync.actuator.bedside.NotAnswered;
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
import io.shardsync.actuator.ledger.Ending;
import io.shardsync.actuator.ledger.Journal;
import io.shardsync.actuator.ledger.Ledger;
import io.shardsync.actuator.ledger.Ousted;
import io.shardsync.actuator.ledger.Story;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.RecoveryResult.PlannedCall;
import io.shardsync.schemas.model.RecoveryResult.Status;
import io.shardsync.schemas.model.RecoveryResult.Undo;
import io.shardsync.schemas.model.RecoveryStep;
import io.shardsync.schemas.topic.Topics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Moves, rebuilds and settings for a while, with a cluster that does as it is told. */
class LongActionsTest {
    private static final String BYTES = "indices.recovery.max_bytes_per_sec";
    private static final String REBALANCE = "cluster.routing.rebalance.enable";
    private static final ShardId SHARD = new ShardId("orders-0", 0);

    private final FakeBedside bedside = new FakeBedside(1);
    private final Ledger ledger = new Ledger();
    private final Clock clock = Clock.systemUTC();
    private final List<String> messages = new ArrayList<>();
    private Comparison comparison = Comparison.none();
    private Stop stop = new Stop();
    private final AtomicLong ticks = new AtomicLong();
    /** Happens when an intent is written. */
    private Runnable atIntent = () -> {};

    private int writesLeft = Integer.MAX_VALUE;
    private String requestedBy = "ann";
    private RecoveryResult last;

    private final Journal journal = (result, steps, report) -> {
        if (writesLeft-- <= 0) {
            throw new Ousted("killed", null);
        }
        last = result;
        messages.add(result.message());
        ledger.note(result);
        if (steps.stream().anyMatch(step -> step.outcome().equals(RecoveryStep.INTENT))) {
            atIntent.run();
        }
    };

    LongActionsTest() {
        bedside.healed = true;
    }

    private void asked(CommandType type, boolean dryRun, String cause, Map<String, Object> params) {
        Instant now = clock.instant();
        boolean one = type == CommandType.RESYNC_REPLICA || type == CommandType.MOVE_SHARD;
        last = Draft.first(
                        RecoveryCommand.builder(type, "prod")
                                .commandId("id")
                                .index(one ? SHARD.index() : null)
                                .shard(one ? 0 : null)
                                .node(type == CommandType.MOVE_SHARD ? "n2" : null)
                                .cause(cause)
                                .dryRun(dryRun)
                                .requested(requestedBy, now, now.plusSeconds(60))
                                .params(params)
                                .build(),
                        Status.ACCEPTED,
                        now,
                        "accepted")
                .at(now);
    }

    private void asked(CommandType type, Map<String, Object> params) {
        asked(type, false, null, params);
    }

    private Ending run() {
        Means means = new Means(
                new Diagnoser(clock, 20),
                new Standstill(clock, Duration.ofMillis(30), Duration.ofMillis(30), Duration.ofMillis(1)),
                comparison,
                new ShardChecks(clock, new Pace(1_000_000, 1_000_000, Duration.ofSeconds(2), Duration.ofSeconds(1))),
                (cluster, index) -> Optional.empty(),
                new Brakes(Limits.WIDE),
                List::of,
                cluster -> Optional.empty(),
                ledger,
                new WatchTiming(Duration.ofMillis(1), Duration.ofMillis(200), Duration.ofMillis(20)),
                clock,
                ticks::get);
        // As a successor reads it from the topic.
        var values = new Topics("t.", "/test").recoveryResults().values();
        RecoveryResult read =
                values.deserializer().deserialize("t", values.serializer().serialize("t", last));
        return new Execution(new Story(read, journal, clock), stop, bedside, means)
                .run()
                .orElseThrow();
    }

    private List<String> calls() {
        return bedside.log.stream().filter(entry -> entry.startsWith("call")).toList();
    }

    @Test
    void setsFollowsAndPutsBack() {
        bedside.persistent.put(BYTES, "7mb");
        asked(CommandType.REBALANCE, Map.of());

        Ending ending = run();

        assertThat(ending.status()).as(ending.message()).isEqualTo(Status.SUCCEEDED);
        assertThat(bedside.persistent).isEqualTo(Map.of(BYTES, "7mb"));
        assertThat(last.undo()).contains(new Undo(BYTES, "persistent", "7mb"));
        assertThat(last.plan()).extracting(PlannedCall::action).containsExactly("set_allocation", "put_back");
        assertThat(calls()).hasSize(2);
    }

    @Test
    void showsBothCallsInADryRun() {
        asked(CommandType.OPTIMIZE_ALLOCATION, true, null, Map.of("balance_shard", 0.3));

        assertThat(run().status()).isEqualTo(Status.DRY_RUN);

        assertThat(last.plan().get(0).body().toString())
                .contains("balance.shard\":\"0.3\"", "balance.index\":\"0.55\"", "balance.threshold\":\"1.0\"");
        assertThat(last.plan().get(1).body().toString()).contains("balance.shard\":null");
        assertThat(calls()).isEmpty();
    }

    @Test
    void tellsHowFarTheRelocationsAreUntilItsTimeIsUp() {
        bedside.running = new Recoveries(List.of(new Recovering(SHARD, false, "INDEX", "b", 1, 1000, 250, 1, 0, 0)));
        asked(CommandType.REBALANCE, Map.of("timeout_ms", 1000));

        Ending ending = run();

        assertThat(ending.status()).isEqualTo(Status.FAILED);
        assertThat(ending.message()).contains("still relocate after 1 s", "former values are back");
        assertThat(messages).anyMatch(message -> message.contains("1 are moving (1 at stage INDEX)"));
        assertThat(last.progress().percent()).isEqualTo(25.0);
        assertThat(last.progress().bytesRemaining()).isEqualTo(750);
        assertThat(bedside.persistent).isEmpty();
    }

    @Test
    void putsBackWhenItIsCancelled() {
        bedside.running = new Recoveries(List.of(new Recovering(SHARD, false, "INDEX", "b", 1, 1000, 250, 1, 0, 0)));
        asked(CommandType.REBALANCE, Map.of());
        Thread ann = new Thread(() -> {
            while (bedside.persistent.isEmpty()) {
                Thread.onSpinWait();
            }
            stop.cancel("cancelled by ann");
        });
        ann.start();

        Ending ending = run();

        assertThat(ending.status()).isEqualTo(Status.CANCELLED);
        assertThat(ending.message()).contains("cancelled by ann", "former values are back");
        assertThat(bedside.persistent).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6})
    void killedAnywhereItPutsBackOnTheNextStart(int writes) {
        bedside.persistent.put(BYTES, "7mb");
        asked(CommandType.REBALANCE, Map.of());
        writesLeft = writes;
        assertThatThrownBy(this::run).isInstanceOf(Ousted.class);
        writesLeft = Integer.MAX_VALUE;

        Ending ending = run();

        assertThat(ending.status()).isIn(Status.SUCCEEDED, Status.FAILED);
        assertThat(bedside.persistent).isEqualTo(Map.of(BYTES, "7mb"));
        assertThat(last.steps().stream().filter(step -> step.outcome().equals("intent")))
                .hasSizeGreaterThanOrEqualTo(calls().size());
    }

    @Test
    void leavesAloneWhatSomebodyElseHasSetMeanwhile() {
        asked(CommandType.REBALANCE, Map.of());
        writesLeft = 4;
        assertThatThrownBy(this::run).isInstanceOf(Ousted.class);
        bedside.persistent.put(BYTES, "99mb");
        writesLeft = Integer.MAX_VALUE;

        Ending ending = run();

        assertThat(ending.message()).contains(BYTES + "=99mb");
        assertThat(bedside.persistent).isEqualTo(Map.of(BYTES, "99mb"));
    }

    @Test
    void asksAgainWhereWhatItSetCantBeReadBackAtOnce() {
        asked(CommandType.REBALANCE, Map.of());
        bedside.answerLost = null;
        bedside.afterSend = () -> bedside.unanswered = 2;

        assertThat(run().status()).isEqualTo(Status.SUCCEEDED);
        assertThat(bedside.persistent).isEmpty();
    }

    @Test
    void doesNotTakeACallThatGotLostForASuccess() {
        bedside.persistent.put(BYTES, "7mb");
        bedside.callLost = new NotAnswered(NotAnswered.Kind.TIMEOUT, "no answer within 30 s", null);
        asked(CommandType.REBALANCE, Map.of());

        Ending ending = run();

        assertThat(ending.status()).as(ending.message()).isEqualTo(Status.FAILED);
        assertThat(ending.cause()).isEqualTo("setting");
        assertThat(ending.message()).contains("not answered: no answer within 30 s", "former values are back");
        assertThat(bedside.persistent).isEqualTo(Map.of(BYTES, "7mb"));
    }

    @Test
    void changesNothingMoreWhereItsValuesWereRefused() {
        bedside.overloaded = 1;
        asked(CommandType.REBALANCE, Map.of());

        Ending ending = run();

        assertThat(ending.status()).isEqualTo(Status.FAILED);
        assertThat(ending.message()).contains("refused", "former values are back");
        assertThat(calls()).hasSize(1);
    }

    @Test
    void doesNotCallASwitchPutBackThatIsStillOff() {
        bedside.persistent.put(REBALANCE, "none");
        bedside.callLost = new NotAnswered(NotAnswered.Kind.UNREACHABLE, "connection reset", null);
        asked(CommandType.ENABLE_ALLOCATION, Map.of("setting", REBALANCE));

        Ending ending = run();

        assertThat(ending.status()).as(ending.message()).isEqualTo(Status.FAILED);
        assertThat(ending.message()).contains(REBALANCE + " (persistent) is still none", "connection reset");
    }

    @Test
    void believesASettingThatIsThereAlsoWhereTheAnswerGotLost() {
        bedside.persistent.put(REBALANCE, "none");
        bedside.answerLost = new NotAnswered(NotAnswered.Kind.UNREACHABLE, "connection reset", null);
        asked(CommandType.ENABLE_ALLOCATION, Map.of("setting", REBALANCE));

        assertThat(run().status()).isEqualTo(Status.SUCCEEDED);
    }

    @Test
    void putsBackOnceTheClusterHasNotTooMuchToDoAnyMore() {
        asked(CommandType.REBALANCE, Map.of());
        bedside.afterSend = () -> bedside.overloaded = 2;

        Ending ending = run();

        assertThat(ending.status()).as(ending.message()).isEqualTo(Status.SUCCEEDED);
        assertThat(bedside.persistent).isEmpty();
        assertThat(messages).anyMatch(message -> message.contains("HTTP 429: circuit_breaking_exception"));
    }

    @Test
    void putsBackAtTheNextTryWhereTheIntentTookTooLong() {
        asked(CommandType.REBALANCE, Map.of());
        bedside.afterSend = () -> atIntent = () -> {
            ticks.addAndGet(TimeUnit.SECONDS.toNanos(6));
            atIntent = () -> {};
        };

        Ending ending = run();

        assertThat(ending.status()).as(ending.message()).isEqualTo(Status.SUCCEEDED);
        assertThat(bedside.persistent).isEmpty();
        assertThat(messages).anyMatch(message -> message.contains("can't be put back yet: not sent, too late"));
        assertThat(calls()).hasSize(2);
    }

    @Test
    void putsBackWhateverGoesWrongWhileItFollows() {
        asked(CommandType.REBALANCE, Map.of());
        bedside.broken = new IllegalArgumentException("no enum constant");

        Ending ending = run();

        assertThat(ending.status()).isEqualTo(Status.FAILED);
        assertThat(ending.cause()).isEqualTo("internal");
        assertThat(ending.message()).contains("no enum constant", "former values are back");
        assertThat(bedside.persistent).isEmpty();
    }

    @Test
    void doesNotRebalanceWhileCopiesAreMissing() {
        bedside.healed = false;
        asked(CommandType.REBALANCE, Map.of());

        Ending ending = run();

        assertThat(ending.status()).isEqualTo(Status.HELD);
        assertThat(ending.message()).contains("1 copies are not started", "orders-0/0");
        assertThat(calls()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"max_bytes_per_sec", "node_concurrent_recoveries", "timeout_ms", "speed"})
    void saysWhichParameterIsWrongAndWhatIsAllowed(String name) {
        asked(CommandType.REBALANCE, Map.of(name, "fast"));

        Ending ending = run();

        assertThat(ending.status()).isEqualTo(Status.REJECTED);
        assertThat(ending.message()).contains("params." + name, "allowed");
    }

    @Test
    void movesACopyAndBelievesTheRoutingTable() {
        asked(CommandType.MOVE_SHARD, Map.of());

        Ending ending = run();

        assertThat(ending.status()).as(ending.message()).isEqualTo(Status.SUCCEEDED);
        assertThat(ending.message()).contains("STARTED on n3 and no longer on n2");
        assertThat(last.plan().get(0).affects()).containsExactly("orders-0/0", "node n2", "node n3");
        assertThat(last.plan().get(0).path()).contains("explain=true");
    }

    @Test
    void rebuildsNothingUnlessThePrimaryIsKnownToBeRight() {
        asked(CommandType.RESYNC_REPLICA, Map.of());
        Ending held = run();
        assertThat(held.status()).isEqualTo(Status.HELD);
        assertThat(held.message()).contains("brake direction", "params.primary_is_right=true");

        requestedBy = "shardsync-processor";
        asked(CommandType.RESYNC_REPLICA, Map.of("primary_is_right", true));
        assertThat(run().status()).isEqualTo(Status.HELD);

        requestedBy = "ann";
        comparison = (cluster, shard, node, content, pause) ->
                new Comparison.Outcome(Comparison.Direction.REPLICA_HAS_MORE, "document 7 is on n2 alone");
        asked(CommandType.RESYNC_REPLICA, Map.of("primary_is_right", true));
        assertThat(run().message()).contains("document 7");
        assertThat(calls()).isEmpty();
    }

    @Test
    void rebuildsAReplicaByMovingItWhereAPersonSaysThatThePrimaryIsRight() {
        asked(CommandType.RESYNC_REPLICA, Map.of("primary_is_right", true));

        assertThat(run().status()).isEqualTo(Status.SUCCEEDED);

        assertThat(bedside.replicaOn).isEqualTo("b");
        assertThat(last.steps())
                .anyMatch(step -> step.action().equals("direction")
                        && step.outcome().contains("ann states that the primary is right"));
    }

    @Test
    void provesThatARebuiltReplicaIsEqualOrSaysThatItIsNot() {
        for (int i = 0; i < 100; i++) {
            bedside.copies.write("k" + i, "c");
        }
        bedside.copies.settle();
        asked(CommandType.RESYNC_REPLICA, Map.of("primary_is_right", true));
        Ending proved = run();
        assertThat(proved.verified()).isTrue();
        assertThat(proved.message()).contains("compared afterwards: consistent");
        assertThat(last.steps())
                .anyMatch(step ->
                        step.action().equals("compare") && step.outcome().startsWith("orders-0/0: "));

        bedside.replicaOn = "a";
        bedside.afterSend = () -> {
            var made = bedside.copies.node("b");
            made.live.remove("k7");
            made.searchable.remove("k7");
        };
        asked(CommandType.RESYNC_REPLICA, Map.of("primary_is_right", true));
        Ending unproved = run();
        assertThat(unproved.status()).isEqualTo(Status.FAILED);
        assertThat(unproved.cause()).isEqualTo("unproven");
        assertThat(unproved.message()).contains("lacks 1 document of the primary");
    }

    @Test
    void namesTheOtherWayWhereNoNodeIsFree() {
        bedside.refusal = "the node is above the high watermark";
        asked(CommandType.RESYNC_REPLICA, Map.of("primary_is_right", true));

        Ending ending = run();

        assertThat(ending.status()).isEqualTo(Status.HELD);
        assertThat(ending.message()).contains("n3", "high watermark", "index.number_of_replicas");
    }

    @Test
    void findsAStartedCopyThatStandsStillAndAsksForProof() {
        bedside.checkpoints = Map.of(SHARD, Map.of("m", new Checkpoint(100, 100), "a", new Checkpoint(40, 40)));
        requestedBy = "shardsync-processor";
        asked(CommandType.DIAGNOSE, false, "replica_stuck", Map.of());
        assertThat(run().status()).isEqualTo(Status.SUCCEEDED);
        assertThat(last.diagnosis().get(0).cause()).isEqualTo("replica_stuck");
        assertThat(last.diagnosis().get(0).explanation()).contains("orders-0/0 on n2 stands at 40");

        requestedBy = "ann";
        asked(CommandType.RECOVER, false, "replica_stuck", Map.of());
        assertThat(run().message()).contains("brake direction");
    }

    @Test
    void isNotContentWithStartedCopiesThatHaveNotCaughtUp() {
        bedside.healed = false;
        Map<String, Checkpoint> behind = new HashMap<>();
        behind.put("m", new Checkpoint(100, 100));
        behind.put("a", new Checkpoint(60, 60));
        bedside.checkpoints = Map.of(SHARD, behind);
        asked(CommandType.RECOVER, Map.of());

        Ending ending = run();

        assertThat(ending.status()).isEqualTo(Status.FAILED);
        assertThat(ending.cause()).isEqualTo("replica_stuck");
        assertThat(ending.message()).contains("replica of orders-0/0 on n2 stands at 60 of 100");
    }
}
