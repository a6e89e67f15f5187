package io.shardsync.collector.watch;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.Random;

import static org.assertj.core.api.Assertions.assertThat;

class BackoffTest {

    @Test
    void growsUpToItsLimitAndBeginsAnew() {
        Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(10), new Random(1));

        for (long full : new long[] {1, 2, 4, 8, 10, 10}) {
            assertThat(backoff.next()).isBetween(Duration.ofMillis(full * 500), Duration.ofSeconds(full));
        }
        backoff.reset();
        assertThat(backoff.next()).isLessThanOrEqualTo(Duration.ofSeconds(1));
    }
}
