package io.shardsync.actuator.watch;

import io.shardsync.actuator.bedside.Checkpoint;
import io.shardsync.actuator.bedside.Checkpoints;
import io.shardsync.actuator.bedside.ClusterView;
import io.shardsync.actuator.bedside.Copy;
import io.shardsync.actuator.bedside.ShardId;
import io.shardsync.schemas.model.CopyState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;

class BacklogTest {
    private static final ShardId SHARD = new ShardId("orders", 0);
    private static final Set<String> BOTH = Set.of("a", "b");
    private static final ClusterView VIEW = new ClusterView(
            "uuid",
            "a",
            Map.of("a", "n1", "b", "n2"),
            Map.of(
                    SHARD,
                    List.of(
                            new Copy(SHARD, true, CopyState.STARTED, "a", null),
                            new Copy(SHARD, false, CopyState.STARTED, "b", null))));

    private final Backlog backlog = new Backlog(Set.of(SHARD), Duration.ofSeconds(60));

    private Backlog.Told see(Instant now, Set<String> answered, Map<String, Checkpoint> told) {
        return backlog.see(now, VIEW, new Checkpoints(answered, told.isEmpty() ? Map.of() : Map.of(SHARD, told)));
    }

    private Verdict at(long second, long max, long replica) {
        return see(
                        Instant.ofEpochSecond(second),
                        BOTH,
                        Map.of("a", new Checkpoint(max, max), "b", new Checkpoint(replica, replica)))
                .verdict();
    }

    @Test
    void measuresByTheMarkOfTheFirstLookAlthoughWritesGoOn() {
        assertThat(at(0, 100, 60)).isEqualTo(Verdict.GOING_ON);
        assertThat(at(1, 5_000, 99)).isEqualTo(Verdict.GOING_ON);
        assertThat(at(2, 9_000, 100)).isEqualTo(Verdict.HEALED);
    }

    @Test
    void losesPatienceOnlyWhereNothingAdvances() {
        assertThat(at(0, 100, 10)).isEqualTo(Verdict.GOING_ON);
        assertThat(at(59, 100, 11)).isEqualTo(Verdict.GOING_ON);
        assertThat(at(118, 100, 11)).isEqualTo(Verdict.GOING_ON);
        assertThat(at(120, 100, 11)).isEqualTo(Verdict.TOO_LONG);
    }

    @Test
    void doesNotTakeSilenceForAnAnswer() {
        Map<String, Checkpoint> ofPrimary = Map.of("a", new Checkpoint(5, 5));

        assertThat(see(Instant.EPOCH, Set.of("a"), ofPrimary).verdict()).isEqualTo(Verdict.GOING_ON);
        assertThat(see(Instant.EPOCH, Set.of("a"), ofPrimary).message()).contains("replica of orders/0 on n2");
    }

    @Test
    void passesOverWhatNobodyCanTell() {
        Backlog.Told told = see(Instant.EPOCH, BOTH, Map.of());

        assertThat(told.verdict()).isEqualTo(Verdict.HEALED);
        assertThat(told.message()).contains("can't be read");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "b"})
    void doesNotPassOverWhatNobodyHasToldBecauseNobodyAnswered(String answered) {
        assertThat(see(Instant.EPOCH, Set.of(answered), Map.of()).verdict()).isEqualTo(Verdict.GOING_ON);
        assertThat(see(Instant.EPOCH.plusSeconds(61), Set.of(answered), Map.of())
                        .verdict())
                .isEqualTo(Verdict.TOO_LONG);
    }
}
