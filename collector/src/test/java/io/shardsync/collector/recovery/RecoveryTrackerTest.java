package io.shardsync.collector.recovery;

import io.shardsync.collector.Captures;
import io.shardsync.collector.group.Stamp;
import io.shardsync.collector.read.ClusterState;
import io.shardsync.collector.read.ClusterStateReader;
import io.shardsync.collector.read.RecoveryReader;
import io.shardsync.collector.read.RecoveryReading;
import io.shardsync.schemas.model.RecoveryEvent;
import io.shardsync.schemas.model.RecoveryEvent.Mode;
import io.shardsync.schemas.model.RecoveryEvent.Outcome;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

class RecoveryTrackerTest {
    private static final Instant BEGIN = Instant.parse("2026-11-22T22:00:00Z");
    private static final String N3 = "v09wghU0R7-kELO5P-LS0A";
    private static final String N2 = "HiPtL_EjSR-Ao7hkUiGbJg";

    private RecoveryTracker tracker = RecoveryTracker.create();

    private static ClusterState state(int shard, String... copies) {
        return Captures.readText(
                "{'nodes':{'" + N3 + "':{'name':'n3'},'" + N2 + "':{'name':'n2'}},"
                        + "'metadata':{'indices':{'rec':{'settings':{'index':{'uuid':'u1'}}}}},"
                        + "'routing_table':{'indices':{'rec':{'shards':{'" + shard + "':[" + String.join(",", copies)
                        + "]}}}}}",
                ClusterStateReader::read);
    }

    private static String initializing(String id, String node) {
        return "{'state':'INITIALIZING','primary':false,'node':'" + node + "','allocation_id':{'id':'" + id
                + "'},'recovery_source':{'type':'PEER'},"
                + "'unassigned_info':{'reason':'REPLICA_ADDED','at':'2026-11-22T21:59:00Z'}}";
    }

    private static String started(String id, String node) {
        return "{'state':'STARTED','primary':false,'node':'" + node + "','allocation_id':{'id':'" + id + "'}}";
    }

    private static String unassigned(String reason) {
        return "{'state':'UNASSIGNED','primary':false,'node':null," + "'unassigned_info':{'reason':'" + reason
                + "','at':'2026-11-22T22:00:05Z','failed_attempts':1}}";
    }

    private List<RecoveryEvent> at(int seconds, ClusterState state, RecoveryReading... readings) {
        return at(seconds, state, new RecoveryReadings(List.of(readings), true));
    }

    private List<RecoveryEvent> at(int seconds, ClusterState state, RecoveryReadings readings) {
        Stamp stamp = new Stamp("prod", 1000 + seconds, BEGIN.plusSeconds(seconds), "c1", 1);
        RecoveryTracker.Step step = tracker.next(stamp, state, readings);
        tracker = step.after();
        return step.events();
    }

    private RecoveryEvent running(int seconds, RecoveryReading reading) {
        return at(seconds, state(reading.shard(), initializing("r" + reading.shard(), reading.targetNodeId())), reading)
                .stream()
                .filter(event -> event.outcome() == Outcome.RUNNING)
                .findFirst()
                .orElseThrow();
    }

    private static RecoveryReading captured(String name) {
        return Captures.readRecovery("rec", name, RecoveryReader::read).get(0);
    }

    private static RecoveryReading withBytes(RecoveryReading reading, long recovered) {
        return new RecoveryReading(
                reading.index(),
                reading.shard(),
                reading.type(),
                reading.stage(),
                reading.primary(),
                reading.sourceNode(),
                reading.targetNodeId(),
                reading.targetNode(),
                reading.startedAt(),
                reading.endedAt(),
                new RecoveryEvent.Amount(
                        reading.bytes().total(), reading.bytes().reused(), recovered),
                reading.files(),
                reading.operationsTotal(),
                reading.operationsRecovered(),
                reading.throttledMs());
    }

    @Test
    void followsAFileBasedRecovery() {
        ClusterState state = state(0, initializing("r1", N3));
        RecoveryReading midway = captured("recovery-index-stage-midway.json");

        RecoveryEvent first = at(0, state, withBytes(midway, 191_447)).get(0);
        RecoveryEvent second = at(2, state, midway).get(0);

        assertThat(first.recoveryId()).isEqualTo("r1");
        assertThat(first.indexUuid()).isEqualTo("u1");
        assertThat(first.bytesPerSecond()).isNull();
        assertThat(first.etaMs()).isNull();
        assertThat(second.stage()).isEqualTo("INDEX");
        assertThat(second.mode()).isEqualTo(Mode.FILE_BASED);
        assertThat(second.percent()).isCloseTo(16.5, Offset.offset(0.1));
        assertThat(second.bytesPerSecond()).isEqualTo(1_000_000);
        assertThat(second.etaMs()).isEqualTo(11_052);
        assertThat(second.throttledMs()).isEqualTo(1354 + 3664);
        assertThat(second.stalledMs()).isZero();
        assertThat(second.sourceNode()).isEqualTo("n2");
        assertThat(second.targetNode()).isEqualTo("n3");
        assertThat(second.outcome()).isEqualTo(Outcome.RUNNING);
    }

    @Test
    void countsTheTimeWithoutProgress() {
        ClusterState state = state(0, initializing("r1", N3));
        RecoveryReading midway = captured("recovery-index-stage-midway.json");

        at(0, state, midway);
        at(3, state, midway);
        RecoveryEvent third = at(7, state, midway).get(0);
        RecoveryEvent moved = at(9, state, withBytes(midway, 9_000_000)).get(0);

        assertThat(third.stalledMs()).isEqualTo(7_000);
        assertThat(third.bytesPerSecond()).isZero();
        assertThat(third.etaMs()).isNull();
        assertThat(moved.stalledMs()).isZero();
    }

    @Test
    void nothingIsKnownAtTheBeginning() {
        RecoveryReading init = captured("recovery-init-stage-check-on-startup.json");
        ClusterState state = state(init.shard(), initializing("r1", init.targetNodeId()));

        RecoveryEvent event = at(0, state, init).get(0);

        assertThat(event.stage()).isEqualTo("INIT");
        assertThat(event.mode()).isNull();
        assertThat(event.percent()).isNull();
        assertThat(event.translogOps().total()).isNull();
    }

    @Test
    void anOperationBasedRecoveryIsMeasuredInOperations() {
        RecoveryReading index = captured("recovery-opsbased-peer-index.json");
        RecoveryReading translog = captured("recovery-opsbased-peer-translog.json");
        RecoveryReading end = captured("recovery-opsbased-peer-finalize.json");

        assertThat(running(0, index).mode()).isNull();
        RecoveryEvent replaying = running(1, translog);
        RecoveryEvent last = running(2, end);

        assertThat(replaying.mode()).isEqualTo(Mode.OPERATION_BASED);
        assertThat(replaying.percent()).isNull();
        assertThat(last.percent()).isEqualTo(100);
        assertThat(last.translogOps().recovered()).isEqualTo(500);
        assertThat(last.bytesPerSecond()).isNull();
        assertThat(last.etaMs()).isZero();
    }

    @Test
    void beginsWithARecoveryThatHasNoNumbersYet() {
        RecoveryEvent event = at(0, state(0, initializing("r1", N3))).get(0);

        assertThat(event.stage()).isEqualTo("INIT");
        assertThat(event.type()).isEqualTo("PEER");
        assertThat(event.startedAt()).isEqualTo(BEGIN);
        assertThat(at(1, state(0, initializing("r1", N3)))).isEmpty();
    }

    @Test
    void aCopyThatStartedIsDoneWithItsFinalNumbers() {
        List<RecoveryReading> all = Captures.read("recovery-done.json", RecoveryReader::read);
        RecoveryReading done = all.stream()
                .filter(reading -> reading.type().equals("PEER"))
                .findFirst()
                .orElseThrow();
        at(0, state(done.shard(), initializing("r1", done.targetNodeId())));
        ClusterState after = state(done.shard(), started("r1", done.targetNodeId()));

        assertThat(tracker.endedIn(after)).containsExactly("rec");
        List<RecoveryEvent> events = at(1, after, all.toArray(RecoveryReading[]::new));

        assertThat(events).hasSize(1);
        assertThat(events.get(0).outcome()).isEqualTo(Outcome.DONE);
        assertThat(events.get(0).stage()).isEqualTo(RecoveryEvent.DONE);
        assertThat(events.get(0).percent()).isEqualTo(100);
        assertThat(events.get(0).bytes()).isEqualTo(done.bytes());
        assertThat(tracker.size()).isZero();
        assertThat(tracker.endedIn(after)).isEmpty();
    }

    @Test
    void aRecoveryBetweenTwoPollsHasItsEndToo() {
        List<RecoveryReading> all = Captures.read("recovery-done.json", RecoveryReader::read);
        RecoveryReading done = all.stream()
                .filter(reading -> reading.type().equals("PEER"))
                .findFirst()
                .orElseThrow();
        at(0, state(done.shard(), unassigned("REPLICA_ADDED")));

        List<RecoveryEvent> events =
                at(1, state(done.shard(), started("r1", done.targetNodeId())), all.toArray(RecoveryReading[]::new));

        assertThat(events).extracting(RecoveryEvent::outcome).containsExactly(Outcome.DONE);
    }

    @Test
    void anEndIsToldWhereItsNumbersCanNotBeRead() {
        at(0, state(0, unassigned("REPLICA_ADDED")));

        List<RecoveryEvent> events = at(1, state(0, started("r1", N3)));

        assertThat(events).hasSize(1);
        RecoveryEvent done = events.get(0);
        assertThat(done.recoveryId()).isEqualTo("r1");
        assertThat(done.outcome()).isEqualTo(Outcome.DONE);
        assertThat(done.stage()).isEqualTo(RecoveryEvent.DONE);
        assertThat(done.type()).isEqualTo("PEER");
        assertThat(done.targetNode()).isEqualTo("n3");
        assertThat(done.percent()).isEqualTo(100);
        assertThat(done.mode()).isNull();
    }

    @Test
    void howAPrimaryRecoveredIsNotKnownWithoutAReading() {
        at(0, state(0));

        List<RecoveryEvent> events = at(1, state(0, started("r1", N3).replace("'primary':false", "'primary':true")));

        assertThat(events).extracting(RecoveryEvent::type).containsExactly("UNKNOWN");
    }

    @Test
    void whoTakesOverTellsTheEndsThatThePredecessorDidNotSee() {
        List<RecoveryReading> all = Captures.read("recovery-done.json", RecoveryReader::read);
        RecoveryReading done = all.stream()
                .filter(reading -> reading.type().equals("PEER"))
                .findFirst()
                .orElseThrow();
        ClusterState state = state(done.shard(), started("r1", done.targetNodeId()));
        RecoveryReading[] readings = all.toArray(RecoveryReading[]::new);

        tracker = RecoveryTracker.after(done.endedAt().minusMillis(1));
        assertThat(tracker.isTakingOver()).isTrue();
        assertThat(at(0, state, readings))
                .extracting(RecoveryEvent::recoveryId, RecoveryEvent::outcome)
                .containsExactly(tuple("r1", Outcome.DONE));
        assertThat(tracker.isTakingOver()).isFalse();
        assertThat(at(1, state, readings)).isEmpty();

        tracker = RecoveryTracker.after(done.endedAt().plusMillis(1));
        assertThat(at(2, state, readings)).isEmpty();
    }

    @Test
    void whoTakesOverWaitsUntilAllRecoveriesCouldBeRead() {
        // Given
        List<RecoveryReading> all = Captures.read("recovery-done.json", RecoveryReader::read);
        RecoveryReading done = all.stream()
                .filter(reading -> reading.type().equals("PEER"))
                .findFirst()
                .orElseThrow();
        ClusterState state = state(done.shard(), started("r1", done.targetNodeId()));
        tracker = RecoveryTracker.after(done.endedAt().minusMillis(1));
        // When a node hangs at first
        assertThat(at(0, state, RecoveryReadings.NONE)).isEmpty();
        assertThat(at(60, state, RecoveryReadings.NONE)).isEmpty();
        // Then
        assertThat(at(120, state, new RecoveryReadings(all, true)))
                .extracting(RecoveryEvent::recoveryId, RecoveryEvent::outcome)
                .containsExactly(tuple("r1", Outcome.DONE));
        assertThat(tracker.isTakingOver()).isFalse();
    }

    @Test
    void anEndThatWhoTakesOverSawItselfIsToldOnce() {
        // Given
        List<RecoveryReading> all = Captures.read("recovery-done.json", RecoveryReader::read);
        RecoveryReading done = all.stream()
                .filter(reading -> reading.type().equals("PEER"))
                .findFirst()
                .orElseThrow();
        tracker = RecoveryTracker.after(done.endedAt().minusMillis(1));
        at(0, state(done.shard(), initializing("r1", done.targetNodeId())), RecoveryReadings.NONE);
        // When
        List<RecoveryEvent> events =
                at(1, state(done.shard(), started("r1", done.targetNodeId())), new RecoveryReadings(all, true));
        // Then
        assertThat(events).extracting(RecoveryEvent::outcome).containsExactly(Outcome.DONE);
    }

    @Test
    void whoTakesOverDoesNotWaitForEver() {
        tracker = RecoveryTracker.after(BEGIN);

        at(0, state(0), RecoveryReadings.NONE);
        at(181, state(0), RecoveryReadings.NONE);

        assertThat(tracker.isTakingOver()).isFalse();
    }

    @Test
    void copiesThatServeFromTheBeginningAreNoNews() {
        assertThat(at(0, state(0, started("r1", N3)))).isEmpty();
        assertThat(tracker.endedIn(state(0, started("r1", N3)))).isEmpty();
    }

    @Test
    void aFailedAllocationIsAFailedRecovery() {
        at(0, state(0, initializing("r1", N3)), captured("recovery-index-stage-midway.json"));

        List<RecoveryEvent> events = at(6, state(0, unassigned("ALLOCATION_FAILED")));

        assertThat(events).extracting(RecoveryEvent::outcome).containsExactly(Outcome.FAILED);
        assertThat(events.get(0).stage()).isEqualTo("INDEX");
        assertThat(tracker.size()).isZero();
    }

    @Test
    void anEndForAnyOtherReasonIsACancellation() {
        at(0, state(0, initializing("r1", N3)));
        assertThat(at(1, state(0, unassigned("NODE_LEFT"))))
                .extracting(RecoveryEvent::outcome)
                .containsExactly(Outcome.CANCELLED);

        at(2, state(0, initializing("r2", N3)));
        ClusterState deleted = Captures.readText("{'routing_table':{'indices':{}}}", ClusterStateReader::read);
        assertThat(at(3, deleted)).extracting(RecoveryEvent::outcome).containsExactly(Outcome.CANCELLED);
    }

    @Test
    void aTargetOfAMoveIsDoneWhenItServes() {
        String moving = "{'state':'RELOCATING','primary':false,'node':'" + N2 + "','relocating_node':'" + N3
                + "','allocation_id':{'id':'s','relocation_id':'t'}}";
        List<Outcome> outcomes = new ArrayList<>();

        at(0, state(0, started("s", N2)));
        at(1, state(0, moving)).forEach(event -> outcomes.add(event.outcome()));
        at(2, state(0, started("t", N3))).forEach(event -> outcomes.add(event.outcome()));

        assertThat(outcomes).containsExactly(Outcome.RUNNING, Outcome.DONE);
    }

    @Test
    void whatCouldNotBePublishedIsSaidAgain() {
        at(0, state(0, initializing("r1", N3)));
        RecoveryTracker before = tracker;

        List<RecoveryEvent> lost = at(1, state(0, unassigned("NODE_LEFT")));
        tracker = before;
        List<RecoveryEvent> again = at(2, state(0, unassigned("NODE_LEFT")));

        assertThat(lost).hasSize(1);
        assertThat(again).hasSize(1);
    }
}
