package io.shardsync.runtime.log;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * Whether to log what may happen thousands of times a second: at most once in a time, with how often it was left unsaid
 * meanwhile. For what is counted, and can be read elsewhere in full. Safe for use by several threads.
 */
public final class Sparingly {
    private final LongSupplier nanos;
    private final long time;
    private boolean saidBefore;
    private long saidAt;
    private long unsaid;

    /** Once in this time. */
    public Sparingly(Duration time) {
        this(time, System::nanoTime);
    }

    /** @param nanos as {@link System#nanoTime()} */
    Sparingly(Duration time, LongSupplier nanos) {
        this.time = time.toNanos();
        this.nanos = nanos;
    }

    /** How often it was left unsaid since it was said; empty if it is to be left unsaid this time too. */
    public synchronized OptionalLong sayNow() {
        long now = nanos.getAsLong();
        if (saidBefore && now - saidAt < time) {
            unsaid++;
            return OptionalLong.empty();
        }
        saidBefore = true;
        saidAt = now;
        long left = unsaid;
        unsaid = 0;
        return OptionalLong.of(left);
    }
}
