package io.shardsync.actuator.compare;

import io.shardsync.actuator.bedside.Bedside;
import io.shardsync.actuator.diagnose.Pause;

import java.time.Clock;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** What all checks have in common: the threads that read copies, and the pace. */
public final class ShardChecks implements AutoCloseable {
    private final AtomicInteger count = new AtomicInteger();
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "actuator-read-" + count.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    });
    private final Clock clock;
    private final Pace pace;

    /** At this pace. */
    public ShardChecks(Clock clock, Pace pace) {
        this.clock = clock;
        this.pace = pace;
    }

    /**
     * For the checks of one command; they share its patience.
     *
     * @param pause how it waits; whoever stops the command makes it throw
     */
    public ShardCheck of(Bedside bedside, Pause pause) {
        return new ShardCheck(bedside, threads, clock, pace, pause);
    }

    /** Gives up what is being read. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
