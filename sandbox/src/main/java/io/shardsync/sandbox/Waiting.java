package io.shardsync.sandbox;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waiting for a condition, and nothing longer. */
public final class Waiting {
    private static final Duration PAUSE = Duration.ofMillis(50);

    private Waiting() {}

    /**
     * Looks again and again, twenty times a second.
     *
     * @param otherwise what to say when it is not so in time
     * @throws SandboxException with that message
     */
    public static void until(BooleanSupplier condition, Duration timeout, Supplier<String> otherwise) {
        if (!isSoWithin(timeout, condition)) {
            throw new SandboxException(otherwise.get());
        }
    }

    /** Whether it became so in time. */
    static boolean isSoWithin(Duration timeout, BooleanSupplier condition) {
        long end = System.nanoTime() + timeout.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                return false;
            }
            pause(PAUSE);
        }
        return true;
    }

    /** @throws SandboxException when interrupted; the thread stays marked as such */
    static void pause(Duration duration) {
        try {
            Thread.sleep(duration.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SandboxException("sandbox: interrupted while waiting", e);
        }
    }
}
