package io.shardsync.processor.serve;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import static org.assertj.core.api.Assertions.assertThat;

class RateLimitTest {
    private final AtomicLong now = new AtomicLong();
    private final RateLimit limit = new RateLimit(3, 2, now::get);

    @Test
    void aBurstIsAllowedAndThenSoManyASecondForEachAddress() {
        assertThat(allowed("a", 5)).isEqualTo(3);
        assertThat(allowed("b", 5)).isEqualTo(3);

        now.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(allowed("a", 5)).isEqualTo(2);

        now.addAndGet(Duration.ofHours(1).toNanos());
        assertThat(allowed("a", 5)).isEqualTo(3);
    }

    private long allowed(String address, int asked) {
        long allowed = 0;
        for (int i = 0; i < asked; i++) {
            allowed += limit.allows(address) ? 1 : 0;
        }
        return allowed;
    }
}
