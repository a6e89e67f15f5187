package io.shardsync.chaos;

import io.shardsync.chaos.History.CopyThere;
import io.shardsync.chaos.History.Place;
import io.shardsync.chaos.History.Request;
import io.shardsync.chaos.History.Struck;
import io.shardsync.chaos.History.Told;
import io.shardsync.chaos.History.Use;
import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.Alert.Status;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.RecoveryResult.Step;
import io.shardsync.schemas.model.ReplicationStatus;
import io.shardsync.schemas.model.ReplicationStatus.Health;
import io.shardsync.schemas.model.ReplicationStatus.LagBasis;
import io.shardsync.schemas.model.ReplicationStatus.Replica;
import io.shardsync.schemas.model.ReplicationStatus.ReplicaState;
import io.shardsync.schemas.model.ShardKey;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/** The checkers find what they are there for, and nothing in a history that is as it should be. */
class InvariantsTest {
    private static final Instant START = Instant.parse("2026-11-23T10:00:00Z");
    private static final ShardKey SHARD = new ShardKey("chaos", "orders", 0);
    private static final Place GARBAGE = new Place("shardsync.shard.snapshot.v1", 1, 17);

    private List<Struck> struck =
            List.of(new Struck(new Blow.Kill("n2"), Duration.ofSeconds(60), at(10), at(30), at(50)));
    private List<Told> alerts =
            List.of(told(13, "NodeLost", "n2", Status.FIRING), told(45, "NodeLost", "n2", Status.RESOLVED));
    private List<RecoveryResult> results = List.of(
            result("a", RecoveryResult.Status.ACCEPTED),
            result(
                    "a",
                    RecoveryResult.Status.SUCCEEDED,
                    step("start", ""),
                    step("diagnose", "node_left"),
                    step("retry_failed", "intent"),
                    step("retry_failed", "answered HTTP 200")));
    private Set<String> sent = Set.of("a");
    private List<Place> letters = List.of(GARBAGE);
    private List<Request> requests =
            List.of(new Request("actuator-1", "POST /_cluster/reroute?retry_failed=true&metric=none"));
    private List<Use> uses = List.of(new Use("collector-1", 120, 180));
    private Map<String, String> settingsAfter = Map.of();
    private ReplicationStatus status = status(7, "n1", "n3", Health.IN_SYNC);
    private List<CopyThere> copies =
            List.of(new CopyThere("n1", true, "STARTED", 0), new CopyThere("n3", false, "STARTED", 0));
    private long newestGroup = 7;

    private History history() {
        return new History(
                struck,
                alerts,
                results,
                sent,
                List.of(GARBAGE),
                letters,
                requests,
                uses,
                Map.of(),
                settingsAfter,
                status == null ? Map.of() : Map.of(SHARD, status),
                Map.of(SHARD, copies),
                Map.of(SHARD, newestGroup));
    }

    private void only(Invariants broken, String... words) {
        assertThat(Invariants.allBreaches(history())).containsOnlyKeys(broken);
        assertThat(Invariants.allBreaches(history()).get(broken))
                .anySatisfy(breach -> assertThat(breach).contains(words));
    }

    @Test
    void nothingIsFoundWhereAllIsAsItShouldBe() {
        assertThat(Invariants.allBreaches(history())).isEmpty();
    }

    @Test
    void findsACallThatWasMadeOnceMoreThanIntended() {
        requests = List.of(requests.get(0), requests.get(0));
        only(Invariants.NO_CALL_BEYOND_THE_INTENDED_ONES, "2 calls", "1 were intended", "retry_failed=true");
    }

    @Test
    void findsAnAlertOfTheWrongNode() {
        alerts = with(
                alerts,
                told(20, "NodeUnresponsive", "n3", Status.FIRING),
                told(40, "NodeUnresponsive", "n3", Status.RESOLVED));
        only(Invariants.NO_ALERT_WITHOUT_A_CAUSE, "NodeUnresponsive", "n3");
    }

    @Test
    void findsAnAlertOfAKindThatTheBlowDoesNotExplain() {
        alerts = with(alerts, told(20, "DataStale", null, Status.FIRING), told(40, "DataStale", null, Status.RESOLVED));
        only(Invariants.NO_ALERT_WITHOUT_A_CAUSE, "DataStale");
    }

    @Test
    void findsAnAlertLongAfterCalmHasSetIn() {
        alerts = with(
                alerts, told(70, "NodeLost", "n2", Status.FIRING, 70), told(80, "NodeLost", "n2", Status.RESOLVED, 70));
        only(Invariants.NO_ALERT_WITHOUT_A_CAUSE, "NodeLost");
    }

    @Test
    void findsSilence() {
        alerts = List.of();
        only(Invariants.WHAT_SHOULD_BE_SEEN_WAS_TOLD_IN_TIME, "never told", "NodeLost");
    }

    @Test
    void findsThatItWasToldTooLate() {
        struck = List.of(new Struck(new Blow.Kill("n2"), Duration.ofSeconds(60), at(10), at(80), at(100)));
        alerts = List.of(told(75, "NodeLost", "n2", Status.FIRING), told(90, "NodeLost", "n2", Status.RESOLVED));
        only(Invariants.WHAT_SHOULD_BE_SEEN_WAS_TOLD_IN_TIME, "after 65 s", "allowed are 60");
    }

    @Test
    void findsAnAlertThatNeverEnded() {
        alerts = List.of(told(13, "NodeLost", "n2", Status.FIRING), told(45, "NodeLost", "n2", Status.UNKNOWN));
        only(Invariants.EVERY_FIRING_ALERT_ENDED, "still UNKNOWN");
    }

    @Test
    void findsACommandThatEndedTwice() {
        results = with(results, result("a", RecoveryResult.Status.FAILED));
        only(Invariants.EVERY_COMMAND_ENDED_EXACTLY_ONCE, "command a ended 2 times");
    }

    @Test
    void findsACommandThatNeverEnded() {
        sent = Set.of("a", "b");
        only(Invariants.EVERY_COMMAND_ENDED_EXACTLY_ONCE, "command b ended 0 times");
    }

    @Test
    void findsACallWithoutAnIntent() {
        requests = List.of();
        results = List.of(result(
                "a",
                RecoveryResult.Status.SUCCEEDED,
                step("start", ""),
                step("diagnose", "node_left"),
                step("retry_failed", "answered HTTP 200")));
        only(Invariants.NO_CALL_WITHOUT_A_DIAGNOSIS_AND_AN_INTENT, "without an intent");
    }

    @Test
    void findsADiagnosisThatIsOlderThanTheRestart() {
        results = List.of(result(
                "a",
                RecoveryResult.Status.SUCCEEDED,
                step("start", ""),
                step("diagnose", "node_left"),
                step("resume", ""),
                step("retry_failed", "intent"),
                step("retry_failed", "answered HTTP 200")));
        only(Invariants.NO_CALL_WITHOUT_A_DIAGNOSIS_AND_AN_INTENT, "without a diagnosis");
    }

    @Test
    void allowsWhatChangesNothing() {
        requests = List.of(
                new Request("actuator-1", "POST /_cluster/allocation/explain?include_disk_info=true"),
                new Request("actuator-2", "POST /_cluster/reroute?metric=none&dry_run=true"),
                new Request("collector-1", "POST /_security/user/_has_privileges"));
        assertThat(Invariants.allBreaches(history())).isEmpty();
    }

    @Test
    void findsCallsThatNobodyMayMake() {
        for (Request forbidden : List.of(
                new Request("actuator-1", "DELETE /orders"),
                new Request("actuator-1", "POST /_cluster/reroute"),
                new Request("collector-1", "PUT /_cluster/settings"))) {
            requests = List.of(forbidden);
            only(Invariants.NO_CALL_BEYOND_THE_ALLOWED_ONES, forbidden.line());
        }
    }

    @Test
    void findsASettingThatStayed() {
        settingsAfter = Map.of("persistent cluster.routing.allocation.enable", "none");
        only(Invariants.SETTINGS_ARE_AS_THEY_WERE, "allocation.enable");
    }

    @Test
    void findsAStatusThatTellsOfAnotherNode() {
        status = status(7, "n2", "n3", Health.IN_SYNC);
        only(Invariants.STATUSES_ARE_WHAT_ELASTICSEARCH_SAYS, "n2", "n1");
    }

    @Test
    void findsACopyThatLagsAndIsToldToBeInSync() {
        copies = List.of(new CopyThere("n1", true, "STARTED", 0), new CopyThere("n3", false, "STARTED", 5));
        only(Invariants.STATUSES_ARE_WHAT_ELASTICSEARCH_SAYS, "IN_SYNC");
    }

    @Test
    void findsAShardWithoutAStatus() {
        status = null;
        only(Invariants.STATUSES_ARE_WHAT_ELASTICSEARCH_SAYS, "no status");
    }

    @Test
    void findsALostRecord() {
        letters = List.of();
        only(Invariants.NOTHING_IS_LOST_AND_NOTHING_TOLD_TWICE, "0 times among the dead letters");
    }

    @Test
    void findsADeadLetterThatWasWrittenTwice() {
        letters = List.of(GARBAGE, GARBAGE);
        only(Invariants.NOTHING_IS_LOST_AND_NOTHING_TOLD_TWICE, "2 times among the dead letters");
    }

    @Test
    void findsAGoodRecordAmongTheDeadLetters() {
        letters = List.of(GARBAGE, new Place("shardsync.shard.snapshot.v1", 1, 18));
        only(Invariants.NOTHING_IS_LOST_AND_NOTHING_TOLD_TWICE, "was no garbage");
    }

    @Test
    void findsACollectionThatWasNeverJudged() {
        newestGroup = 8;
        only(Invariants.NOTHING_IS_LOST_AND_NOTHING_TOLD_TWICE, "last judged by collection 7");
    }

    @Test
    void findsALeak() {
        uses = List.of(new Use("collector-1", 5_000, 180));
        only(Invariants.MEMORY_AND_HANDLES_ARE_BOUNDED, "5000 handles");
        uses = List.of(new Use("collector-1", 120, 2_000));
        only(Invariants.MEMORY_AND_HANDLES_ARE_BOUNDED, "2000 MB");
    }

    private static Instant at(long second) {
        return START.plusSeconds(second);
    }

    @SafeVarargs
    private static <T> List<T> with(List<T> list, T... more) {
        List<T> all = new ArrayList<>(list);
        Stream.of(more).forEach(all::add);
        return all;
    }

    private static Told told(long second, String alertname, String node, Status status) {
        return told(second, alertname, node, status, 13);
    }

    private static Told told(long second, String alertname, String node, Status status, long since) {
        Map<String, String> labels =
                node == null ? Map.of("alertname", alertname) : Map.of("alertname", alertname, "node", node);
        return new Told(
                at(second),
                new Alert(
                        alertname + node,
                        status,
                        alertname,
                        Alert.Severity.WARNING,
                        "chaos",
                        null,
                        null,
                        at(since),
                        null,
                        at(second),
                        "summary",
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        1,
                        false,
                        null,
                        null,
                        labels,
                        Map.of()));
    }

    private static Step step(String action, String outcome) {
        return new Step(START, action, outcome);
    }

    private static RecoveryResult result(String id, RecoveryResult.Status status, Step... steps) {
        return new RecoveryResult(
                id,
                null,
                "chaos",
                "u",
                CommandType.RECOVER,
                "ann",
                null,
                1,
                status,
                START,
                1,
                "",
                List.of(),
                List.of(),
                List.of(steps),
                List.of(),
                Map.of(),
                null,
                false,
                0);
    }

    private static ReplicationStatus status(long snapshot, String primary, String replica, Health health) {
        return new ReplicationStatus(
                "chaos",
                "orders",
                0,
                snapshot,
                START,
                primary,
                List.of(replica),
                health == Health.IN_SYNC,
                0L,
                0L,
                START,
                health,
                START,
                List.of(new Replica(replica, "id", ReplicaState.IN_SYNC, 0L, 0L, 0L, LagBasis.NONE, null, null, null)),
                null);
    }
}
