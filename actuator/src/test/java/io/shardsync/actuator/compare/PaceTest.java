package io.shardsync.actuator.compare;

import org.junit.jupiter.api.Test;

import java.time.Duration;

import static org.assertj.core.api.Assertions.assertThat;

class PaceTest {
    private static final Pace PACE = new Pace(100_000, 1_000_000, Duration.ofSeconds(2), Duration.ofMinutes(10));

    @Test
    void restsForWhatIsLeftOfTheTimeThatTheDocumentsMayTake() {
        assertThat(PACE.rest(200_000, Duration.ofMillis(500), Duration.ofMillis(400), false))
                .isEqualTo(Duration.ofMillis(1_500));
        assertThat(PACE.rest(200_000, Duration.ofSeconds(3), Duration.ofSeconds(1), false))
                .isEqualTo(Duration.ZERO);
    }

    @Test
    void restsFourTimesAsLongAsASlowAnswerTook() {
        assertThat(PACE.rest(200_000, Duration.ofSeconds(4), Duration.ofSeconds(3), false))
                .isEqualTo(Duration.ofSeconds(12));
    }

    @Test
    void restsThirtyTimesAsLongAsAnAnswerTookWhileSomebodyWrites() {
        assertThat(PACE.rest(2_000, Duration.ofMillis(500), Duration.ofMillis(400), true))
                .isEqualTo(Duration.ofSeconds(12));
        assertThat(PACE.rest(2_000_000, Duration.ofSeconds(1), Duration.ofMillis(400), true))
                .isEqualTo(Duration.ofSeconds(19));
    }

    @Test
    void asksForLessAfterASlowSliceAndForMoreAfterAQuickOne() {
        assertThat(PACE.next(400_000, Duration.ofSeconds(3))).isEqualTo(200_000);
        assertThat(PACE.next(400_000, Duration.ofSeconds(1))).isEqualTo(400_000);
        assertThat(PACE.next(400_000, Duration.ofMillis(100))).isEqualTo(800_000);
        assertThat(PACE.next(800_000, Duration.ofMillis(100))).isEqualTo(1_000_000);
        assertThat(PACE.next(2_100, Duration.ofSeconds(3))).isEqualTo(Slices.WIDTH);
    }
}
