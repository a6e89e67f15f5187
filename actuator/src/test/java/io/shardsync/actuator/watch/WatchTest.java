package io.shardsync.actuator.watch;

import io.shardsync.actuator.bedside.Recoveries;
import io.shardsync.actuator.bedside.Recovering;
import io.shardsync.actuator.bedside.ShardId;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

class WatchTest {
    private final Watch watch = new Watch(Duration.ofSeconds(60), Duration.ofSeconds(3));

    private static Sighting at(long second, int started, int initializing, Recoveries recoveries) {
        return new Sighting(Instant.ofEpochSecond(second), 4, started, initializing, recoveries, "so far");
    }

    private static Recoveries running(long bytesTotal, long bytesDone, long opsDone) {
        return new Recoveries(List.of(new Recovering(
                new ShardId("orders", 0), false, "INDEX", "b", 1, bytesTotal, bytesDone, 0, opsDone, 0)));
    }

    @Test
    void isHealedWhenEveryCopyServes() {
        assertThat(watch.see(at(0, 4, 0, Recoveries.NONE)).verdict()).isEqualTo(Verdict.HEALED);
    }

    @Test
    void isStuckOnlyAfterAMomentWithNothingRunning() {
        assertThat(watch.see(at(0, 3, 0, Recoveries.NONE)).verdict()).isEqualTo(Verdict.GOING_ON);
        assertThat(watch.see(at(2, 3, 1, Recoveries.NONE)).verdict()).isEqualTo(Verdict.GOING_ON);
        assertThat(watch.see(at(4, 3, 0, Recoveries.NONE)).verdict()).isEqualTo(Verdict.GOING_ON);
        assertThat(watch.see(at(7, 3, 0, Recoveries.NONE)).verdict()).isEqualTo(Verdict.STUCK);
    }

    @Test
    void hasPatienceAsLongAsBytesOrOperationsAdvance() {
        assertThat(watch.see(at(0, 3, 1, running(1000, 100, 0))).verdict()).isEqualTo(Verdict.GOING_ON);
        assertThat(watch.see(at(50, 3, 1, running(1000, 200, 0))).verdict()).isEqualTo(Verdict.GOING_ON);
        assertThat(watch.see(at(100, 3, 1, running(1000, 200, 9))).verdict()).isEqualTo(Verdict.GOING_ON);
        assertThat(watch.see(at(161, 3, 1, running(1000, 200, 9))).verdict()).isEqualTo(Verdict.TOO_LONG);
    }

    @Test
    void tellsHowFarItHasCome() {
        watch.see(at(0, 3, 1, running(1000, 100, 0)));

        var progress = watch.see(at(1, 3, 1, running(1000, 500, 0))).progress();

        assertThat(progress.percent()).isEqualTo(87.5);
        assertThat(progress.bytesRemaining()).isEqualTo(500);
        assertThat(progress.etaMs()).isEqualTo(1250);
    }
}
