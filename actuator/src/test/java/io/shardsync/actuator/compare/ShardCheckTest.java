package io.shardsync.actuator.compare;

import io.shardsync.actuator.FakeBedside;
import io.shardsync.actuator.FakeCopies;
import io.shardsync.actuator.bedside.Condition;
import io.shardsync.actuator.bedside.Document;
import io.shardsync.actuator.bedside.ShardId;
import io.shardsync.schemas.model.ConsistencyReport.Copy;
import io.shardsync.schemas.model.ConsistencyReport.Counts;
import io.shardsync.schemas.model.Verdict;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Checks on copies that apply operations at their own times, with writes between any two questions. */
class ShardCheckTest {
    private static final ShardId SHARD = new ShardId("orders-0", 0);
    private static final String PRIMARY = "m";
    private static final String REPLICA = "a";
    private static final Pace PACE = new Pace(1_000_000_000, 4_096, Duration.ofSeconds(2), Duration.ofSeconds(3));
    private static final ExecutorService THREADS = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "read");
        thread.setDaemon(true);
        return thread;
    });

    private final FakeBedside bedside = new FakeBedside(1);
    private final FakeCopies copies = bedside.copies;
    private final List<String> waited = new ArrayList<>();
    private final List<Duration> paused = new ArrayList<>();
    private Map<String, Object> resume = new HashMap<>();

    ShardCheckTest() {
        bedside.healed = true;
        copies.node(PRIMARY);
        copies.node(REPLICA);
    }

    private Checked check(Task task) {
        return check(task, () -> {});
    }

    private Checked check(Task task, Runnable atEachSlice) {
        return check(checks(), task, atEachSlice);
    }

    private ShardCheck checks() {
        return checks(PACE);
    }

    private ShardCheck checks(Pace pace) {
        return new ShardCheck(bedside, THREADS, Clock.systemUTC(), pace, paused::add);
    }

    private Checked check(ShardCheck check, Task task, Runnable atEachSlice) {
        return check.check(task, new Follower() {
            @Override
            public void advanced(double share, String message, Supplier<Map<String, Object>> told) {
                resume = told.get();
                atEachSlice.run();
            }

            @Override
            public void waits(String why) {
                waited.add(why);
            }
        });
    }

    private void fill(int documents) {
        for (int i = 0; i < documents; i++) {
            copies.write("k" + i, "c" + i);
        }
        copies.settle();
    }

    /** Documents that one copy does not have, whatever is written to others. */
    private void lose(String node, String... ids) {
        for (String id : ids) {
            copies.node(node).lost.add(id);
            copies.node(node).live.remove(id);
            copies.node(node).searchable.remove(id);
        }
    }

    private static Copy replica(Checked checked) {
        return checked.shard().copies().get(1);
    }

    @Test
    void findsNothingInCopiesThatAreEqualAndReadsNoDocument() {
        fill(10_000);

        Checked checked = check(Task.of(SHARD, Depth.VERSIONS));

        assertThat(checked.verdict()).isEqualTo(Verdict.CONSISTENT);
        assertThat(checked.primaryCovers()).isTrue();
        assertThat(checked.shard().coveragePercent()).isEqualTo(100);
        assertThat(checked.shard().copies().get(0).fingerprint())
                .isNotNull()
                .isEqualTo(replica(checked).fingerprint());
        assertThat(copies.listed).isZero();
    }

    @Test
    void namesWhatIsMissingExtraAndDifferent() {
        fill(9_000);
        lose(REPLICA, "k17", "k8000");
        lose(PRIMARY, "k4500");
        copies.node(REPLICA).lost.add("k100");
        copies.write("k100", "newer");
        copies.settle();

        Checked checked = check(Task.of(SHARD, Depth.VERSIONS));

        assertThat(checked.verdict()).isEqualTo(Verdict.DIVERGENT);
        assertThat(replica(checked).missing()).containsExactlyInAnyOrder("k17", "k8000");
        assertThat(replica(checked).extra()).containsExactly("k4500");
        assertThat(replica(checked).different()).containsExactly("k100");
        assertThat(replica(checked).counts()).isEqualTo(new Counts(2, 1, 1));
        assertThat(checked.primaryCovers()).isFalse();
    }

    @Test
    void knowsThatThePrimaryHasAllWhereTheReplicaOnlyLacksSomething() {
        fill(3_000);
        lose(REPLICA, "k17");

        assertThat(check(Task.of(SHARD, Depth.VERSIONS).onlyOf(REPLICA)).primaryCovers())
                .isTrue();
    }

    /** A replica that got no further than operation 49 of 99, and a document that it alone has. */
    private void replicaWithItsOwn(long seqNo) {
        fill(50);
        var there = copies.node(REPLICA);
        there.stuck = true;
        for (int i = 50; i < 100; i++) {
            copies.write("k" + i, "c");
        }
        there.live.put("own", new Document("own", null, seqNo, 1, 1, "c"));
        there.searchable = new HashMap<>(there.live);
        there.ownNewest = seqNo;
    }

    @Test
    void seesWhatAReplicaThatIsToBeRebuiltHoldsBeyondWhatEveryCopyHas() {
        replicaWithItsOwn(80);

        assertThat(check(Task.of(SHARD, Depth.VERSIONS).onlyOf(REPLICA).roughly())
                        .primaryCovers())
                .isFalse();
    }

    @Test
    void doesNotCallThePrimaryRightWhereItIsInDoubtHowFarTheReplicaIs() {
        replicaWithItsOwn(150);
        copies.believedGlobal = 99L;

        Checked checked = check(Task.of(SHARD, Depth.VERSIONS).onlyOf(REPLICA).roughly());

        assertThat(checked.words()).contains("stands at operation 49 and does not reach 99");
        assertThat(checked.primaryCovers()).isFalse();
    }

    @Test
    void countsAllAndNamesAHundred() {
        fill(3_000);
        for (int i = 0; i < 1_500; i++) {
            lose(REPLICA, "k" + 2 * i);
        }

        Checked checked = check(Task.of(SHARD, Depth.VERSIONS));

        assertThat(replica(checked).counts()).isEqualTo(new Counts(1_500, 0, 0));
        assertThat(replica(checked).missing()).hasSize(100);
    }

    @Property(tries = 60)
    void findsExactlyWhatWasLostHoweverWritesFallInBetween(
            @ForAll long seed, @ForAll @IntRange(min = 0, max = 3) int writes, @ForAll @IntRange(max = 40) int lag) {
        // All tries of a property share one instance.
        new ShardCheckTest().findsExactlyWhatWasLost(seed, writes, lag);
    }

    private void findsExactlyWhatWasLost(long seed, int writes, int lag) {
        // Given
        Random random = new Random(seed);
        fill(5_000);
        Set<String> lost = new HashSet<>();
        Set<String> added = new HashSet<>();
        for (int i = 0; i < random.nextInt(5); i++) {
            lost.add("k" + random.nextInt(2_500));
            added.add("k" + (2_500 + random.nextInt(2_500)));
        }
        lose(REPLICA, lost.toArray(String[]::new));
        lose(PRIMARY, added.toArray(String[]::new));
        copies.node(REPLICA).lag = lag;
        copies.meanwhile = () -> {
            for (int i = 0; i < writes; i++) {
                String id = "k" + random.nextInt(5_000);
                if (!lost.contains(id) && !added.contains(id)) {
                    if (random.nextInt(3) == 0) {
                        copies.delete(id);
                    } else {
                        copies.write(id, "w" + i);
                    }
                }
            }
        };
        // When
        Checked checked = check(Task.of(SHARD, Depth.VERSIONS).roughly());
        // Then
        assertThat(replica(checked).missing()).as(checked.toString()).containsExactlyInAnyOrderElementsOf(lost);
        assertThat(replica(checked).extra()).containsExactlyInAnyOrderElementsOf(added);
        assertThat(replica(checked).different()).isEmpty();
        assertThat(checked.verdict())
                .as(checked.toString())
                .isEqualTo(lost.isEmpty() && added.isEmpty() ? Verdict.CONSISTENT : Verdict.DIVERGENT);
    }

    @Test
    void doesNotCallExtraWhatIsThereOnlyWhileTheReplicaIsRead() {
        // Given a suspect, which a client makes after each read of the primary and deletes before the next
        fill(100);
        copies.node(PRIMARY).live.remove("k7");
        copies.node(PRIMARY).searchable.remove("k7");
        AtomicBoolean there = new AtomicBoolean(true);
        AtomicBoolean reading = new AtomicBoolean();
        copies.beforeRead = pin -> {
            if (pin.node().equals(PRIMARY)) {
                copies.delete("k7");
                there.set(false);
                reading.set(true);
            }
        };
        copies.meanwhile = () -> {
            if (!reading.getAndSet(false) && !there.getAndSet(true)) {
                copies.write("k7", "c");
            }
        };

        Checked checked = check(Task.of(SHARD, Depth.VERSIONS).roughly());

        assertThat(replica(checked).extra()).isEmpty();
        assertThat(checked.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(checked.words()).contains("nothing could be proved about 1 document");
    }

    @Test
    void seesOtherContentUnderTheSameSequenceNumberByContentAlone() {
        fill(3_000);
        var there = copies.node(REPLICA);
        var changed = there.live.get("k42");
        there.live.put("k42", new Document("k42", null, changed.seqNo(), changed.term(), changed.version(), "other"));
        there.searchable = new HashMap<>(there.live);

        assertThat(check(Task.of(SHARD, Depth.VERSIONS)).verdict()).isEqualTo(Verdict.CONSISTENT);
        Checked checked = check(Task.of(SHARD, Depth.CONTENT));

        assertThat(checked.verdict()).isEqualTo(Verdict.DIVERGENT);
        assertThat(replica(checked).different()).containsExactly("k42");
        assertThat(checked.primaryCovers()).isFalse();
        assertThat(checked.shard().depth()).isEqualTo("content");
    }

    @Test
    void doesNotCallContentEqualThatItCannotCompare() {
        fill(100);
        copies.withoutContent = "the index keeps no _source";

        Checked checked = check(Task.of(SHARD, Depth.CONTENT));

        assertThat(checked.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(checked.shard().issues()).containsExactly("the index keeps no _source");
        assertThat(check(Task.of(SHARD, Depth.VERSIONS)).verdict()).isEqualTo(Verdict.CONSISTENT);
    }

    @Test
    void saysNothingOfCopiesThatChangeInTheMiddle() {
        fill(20_000);
        lose(REPLICA, "k17");

        Checked checked = check(Task.of(SHARD, Depth.VERSIONS), () -> copies.term = 2);

        assertThat(checked.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(checked.shard().coveragePercent()).isPositive().isLessThan(100);
        assertThat(checked.shard().issues()).anyMatch(issue -> issue.contains("primary term went from 1 to 2"));
        assertThat(replica(checked).missing()).containsExactly("k17");
        assertThat(checked.primaryCovers()).isFalse();
    }

    @Test
    void saysNothingOfACopyThatMoves() {
        fill(20_000);

        Checked checked = check(Task.of(SHARD, Depth.VERSIONS), () -> bedside.replicaOn = "b");

        assertThat(checked.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(checked.shard().issues()).anyMatch(issue -> issue.contains("replica STARTED on n3"));
        assertThat(checked.gone()).isFalse();
    }

    @Test
    void noticesThatTheIndexIsGone() {
        fill(20_000);

        assertThat(check(Task.of(SHARD, Depth.VERSIONS), () -> copies.uuid = null)
                        .gone())
                .isTrue();
    }

    @Test
    void goesOnWhereAnotherStopped() {
        // Given
        fill(20_000);
        lose(REPLICA, "k17", "k19000");
        RuntimeException killed = new RuntimeException("killed");
        assertThatThrownBy(() -> check(Task.of(SHARD, Depth.VERSIONS), () -> {
                    throw killed;
                }))
                .isSameAs(killed);
        // When: the first slice is not compared again, or the document that is back would not be among the missing.
        copies.node(REPLICA).lost.clear();
        copies.node(REPLICA).live.put("k17", copies.node(PRIMARY).live.get("k17"));
        Checked checked = check(Task.of(SHARD, Depth.VERSIONS).from(resume));
        // Then
        assertThat(replica(checked).missing()).containsExactly("k17", "k19000");
        assertThat(checked.shard().coveragePercent()).isEqualTo(100);
    }

    @Test
    void doesNotGoOnWithOtherCopies() {
        fill(20_000);
        assertThatThrownBy(() -> check(Task.of(SHARD, Depth.VERSIONS), () -> {
                    throw new IllegalStateException("killed");
                }))
                .hasMessage("killed");
        copies.term++;

        Checked checked = check(Task.of(SHARD, Depth.VERSIONS).from(resume));

        assertThat(checked.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(checked.words()).contains("changed while the actuator was restarted");
    }

    @Test
    void waitsWhileTheClusterRecoversAndGivesUpInTheEnd() {
        fill(100);
        copies.condition = new Condition("yellow", 1, 0, 0);

        Checked checked = check(Task.of(SHARD, Depth.VERSIONS));

        assertThat(checked.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(waited).hasSize(3);
        assertThat(checked.words()).contains("the cluster recovers: 1 copies initialize", "waited for 3 s");
        assertThat(check(Task.of(SHARD, Depth.VERSIONS).roughly()).verdict()).isEqualTo(Verdict.CONSISTENT);
    }

    @Test
    void waitsNoLongerForAllShardsOfACommandThanForOne() {
        fill(100);
        copies.condition = new Condition("yellow", 0, 0, 1);
        ShardCheck checks = checks();

        check(checks, Task.of(SHARD, Depth.VERSIONS), () -> {});
        Checked second = check(checks, Task.of(SHARD, Depth.VERSIONS), () -> {});

        assertThat(waited).hasSize(3);
        assertThat(second.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        copies.condition = new Condition("green", 0, 0, 0);
        assertThat(check(checks, Task.of(SHARD, Depth.VERSIONS), () -> {}).verdict())
                .isEqualTo(Verdict.CONSISTENT);
    }

    @Test
    void keepsThePaceFromSliceToSliceAndFromShardToShard() {
        fill(5_000);
        ShardCheck checks = checks(new Pace(100, 4_096, Duration.ofSeconds(2), Duration.ofSeconds(3)));
        Duration rest = Duration.ofSeconds(5);

        check(checks, Task.of(SHARD, Depth.VERSIONS), () -> {});
        assertThat(paused.stream().filter(pause -> pause.compareTo(rest) > 0)).hasSize(1);
        check(checks, Task.of(SHARD, Depth.VERSIONS), () -> {});
        assertThat(paused.stream().filter(pause -> pause.compareTo(rest) > 0)).hasSize(3);
    }

    @Test
    void leavesMostOfTheTimeToThoseWhoWriteMeanwhile() {
        // Given: copies that take a moment to answer
        fill(9_000);
        ShardCheck checks = checks(PACE);
        check(checks, Task.of(SHARD, Depth.VERSIONS), () -> {});
        Duration atRest = paused.stream().reduce(Duration.ZERO, Duration::plus);
        paused.clear();

        // When
        check(checks, Task.of(SHARD, Depth.VERSIONS), () -> copies.write("k1", "newer"));

        // Then
        assertThat(paused.stream().reduce(Duration.ZERO, Duration::plus)).isGreaterThan(atRest);
    }

    @Test
    void waitsForANodeThatDoesNotAnswer() {
        fill(100);
        bedside.silent = 1;

        assertThat(check(Task.of(SHARD, Depth.VERSIONS)).words()).contains("1 of 3 nodes do not answer");
    }

    @Test
    void provesNothingOfAReplicaThatDoesNotCatchUpButWhoHoldsMore() {
        fill(3_000);
        copies.node(REPLICA).stuck = true;
        for (int i = 0; i < 50; i++) {
            copies.write("k" + i, "newer");
        }

        Checked checked = check(Task.of(SHARD, Depth.VERSIONS).roughly());

        assertThat(checked.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(checked.words()).contains("50 documents", "stands at operation 2999");
        assertThat(checked.primaryCovers()).isTrue();
        copies.delete("k70");
        assertThat(check(Task.of(SHARD, Depth.VERSIONS).roughly()).primaryCovers())
                .isFalse();
    }

    @Test
    void saysWhyThereIsNothingToCompare() {
        fill(10);
        copies.seqNos = false;
        assertThat(check(Task.of(SHARD, Depth.VERSIONS)).words()).contains("no sequence numbers");
        copies.seqNos = true;
        copies.unreadable = "the index is closed";
        assertThat(check(Task.of(SHARD, Depth.VERSIONS)).words()).contains("closed");
        copies.unreadable = null;
        bedside.healed = false;
        Checked alone = check(Task.of(SHARD, Depth.VERSIONS));
        assertThat(alone.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(alone.words()).contains("no replica has a place");
        assertThat(alone.shard().copies()).extracting(Copy::node).containsExactly("n1", "unassigned");
    }

    @Test
    void takesAnEmptyShardForConsistent() {
        assertThat(check(Task.of(SHARD, Depth.VERSIONS)).verdict()).isEqualTo(Verdict.CONSISTENT);
    }

    @Test
    void tellsWhatACopyHoldsBesideAnEmptyOne() {
        // Given a replica with documents of which the primary never heard
        var there = copies.node(REPLICA);
        there.live.put("k1", new Document("k1", null, 4, 1, 1, "c"));
        there.searchable = new HashMap<>(there.live);
        there.ownNewest = 4;

        Checked ahead = check(Task.of(SHARD, Depth.VERSIONS));

        assertThat(ahead.verdict()).isEqualTo(Verdict.DIVERGENT);
        assertThat(replica(ahead).extra()).containsExactly("k1");
        assertThat(ahead.primaryCovers()).isFalse();
    }

    @Test
    void tellsThatACopyHasLostAll() {
        fill(50);
        copies.node(REPLICA).live.clear();
        copies.node(REPLICA).searchable.clear();

        assertThat(replica(check(Task.of(SHARD, Depth.VERSIONS))).counts()).isEqualTo(new Counts(50, 0, 0));
    }

    @Test
    void doesNotCallWhatItComparedAllWhereAReplicaIsBehindWhatEveryCopyShouldHave() {
        fill(3_000);
        copies.node(REPLICA).stuck = true;
        for (int i = 0; i < 50; i++) {
            copies.write("new" + i, "c");
        }
        copies.believedGlobal = 3_049L;

        Checked checked = check(Task.of(SHARD, Depth.VERSIONS).roughly());

        assertThat(checked.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(checked.words()).contains("stands at operation 2999 and does not reach 3049");
    }
}
