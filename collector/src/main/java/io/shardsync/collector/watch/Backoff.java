package io.shardsync.collector.watch;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next try. Doubles up to a limit; up to half of it is left to chance, so that many
 * instances don't all come back in the same moment.
 */
final class Backoff {
    private final Duration first;
    private final Duration most;
    private final RandomGenerator random;
    private int failures;

    Backoff(Duration first, Duration most, RandomGenerator random) {
        this.first = first;
        this.most = most.compareTo(first) < 0 ? first : most;
        this.random = random;
    }

    /** After one more failure. */
    Duration next() {
        long doubled = first.toMillis() << Math.min(failures++, 20);
        long full = Math.min(doubled, most.toMillis());
        return Duration.ofMillis(full - (long) (full / 2.0 * random.nextDouble()));
    }

    void reset() {
        failures = 0;
    }
}
