package io.shardsync.actuator.execute;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** How an execution is told to stop, from another thread. It listens before each call and while it waits. */
final class Stop {
    private final CountDownLatch told = new CountDownLatch(1);
    private final CountDownLatch abandoned = new CountDownLatch(1);
    private volatile String cancelledBy;

    /** The command was cancelled; that is its end. */
    static final class Cancelled extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Cancelled(String message) {
            super(message);
        }
    }

    /** This actuator stops, or lost the partition; whoever takes over goes on. */
    static final class Abandoned extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** @param by who cancelled, for people */
    void cancel(String by) {
        cancelledBy = by;
        told.countDown();
    }

    void abandon() {
        abandoned.countDown();
        told.countDown();
    }

    /** Whether somebody else will go on, so that nothing is to be said about an end any more. */
    boolean abandoned() {
        return abandoned.getCount() == 0;
    }

    /** @throws Cancelled or Abandoned if it was told to */
    void check() {
        if (told.getCount() == 0) {
            if (cancelledBy != null) {
                throw new Cancelled(cancelledBy);
            }
            throw new Abandoned();
        }
    }

    /** Waits, unless it is told to stop. */
    void pause(Duration time) {
        if (await(told, time)) {
            check();
        }
    }

    /** Waits although it was cancelled: what has to be put back is put back all the same. */
    void linger(Duration time) {
        if (await(abandoned, time)) {
            throw new Abandoned();
        }
    }

    private static boolean await(CountDownLatch latch, Duration time) {
        try {
            return latch.await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Abandoned();
        }
    }
}
