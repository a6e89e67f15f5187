package io.shardsync.runtime.log;

import org.junit.jupiter.api.Test;

import java.time.Duration;

import static org.assertj.core.api.Assertions.assertThat;

class SparinglyTest {
    private long now = Long.MAX_VALUE - 10;
    private final Sparingly sparingly = new Sparingly(Duration.ofSeconds(1), () -> now);

    @Test
    void theFirstIsSaid() {
        assertThat(sparingly.sayNow()).hasValue(0);
    }

    @Test
    void withinTheTimeNothingMoreIsSaidAndAfterItHowMuchThereWas() {
        // Given
        sparingly.sayNow();
        // When
        now += Duration.ofMillis(999).toNanos();
        assertThat(sparingly.sayNow()).isEmpty();
        assertThat(sparingly.sayNow()).isEmpty();
        now += Duration.ofMillis(1).toNanos();
        // Then
        assertThat(sparingly.sayNow()).hasValue(2);
        now += Duration.ofSeconds(1).toNanos();
        assertThat(sparingly.sayNow()).hasValue(0);
    }
}
