package io.shardsync.actuator.watch;

import io.shardsync.actuator.bedside.Checkpoint;
import io.shardsync.actuator.bedside.ClusterView;
import io.shardsync.actuator.bedside.Copy;
import io.shardsync.actuator.bedside.ShardId;
import io.shardsync.schemas.model.CopyState;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;

class BacklogTest {
    private static final ShardId SHARD = new ShardId("orders", 0);
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

    private Verdict at(long second, long max, long replica) {
        return backlog.see(
                        Instant.ofEpochSecond(second),
                        VIEW,
                        Map.of(SHARD, Map.of("a", new Checkpoint(max, max), "b", new Checkpoint(replica, replica))))
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
        Map<ShardId, Map<String, Checkpoint>> silent = Map.of(SHARD, Map.of("a", new Checkpoint(5, 5)));

        assertThat(backlog.see(Instant.EPOCH, VIEW, silent).verdict()).isEqualTo(Verdict.GOING_ON);
        assertThat(backlog.see(Instant.EPOCH, VIEW, silent).message()).contains("replica of orders/0 on n2");
    }

    @Test
    void passesOverWhatNobodyCanTell() {
        assertThat(backlog.see(Instant.EPOCH, VIEW, Map.of()).message()).contains("can't be read");
    }
}
