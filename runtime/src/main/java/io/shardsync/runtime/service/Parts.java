package io.shardsync.runtime.service;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The parts of a service, closed in the reverse order of their making and within a limit: a part that hangs is left
 * behind, so that the next ones still get their turn.
 */
public final class Parts implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Parts.class);

    /** Between what Docker (10 s) and Kubernetes (30 s) wait before they kill, minus the JVM's own end. */
    public static final Duration DEFAULT_LIMIT = Duration.ofSeconds(9);

    /** What each part gets even if those before it used up the time. */
    private static final long LEAST_SHARE_MS = 100;

    private final Duration limit;
    private final Deque<Part> open = new ArrayDeque<>();
    private boolean closed;

    private record Part(String name, AutoCloseable closeable) {}

    /** With the default limit. */
    public Parts() {
        this(DEFAULT_LIMIT);
    }

    /** @param limit for closing all parts together */
    public Parts(Duration limit) {
        this.limit = limit;
    }

    /**
     * Registers a part; it is closed before those registered earlier. If the parts are closed already, it is closed at
     * once.
     *
     * @param name for the log
     */
    public <T extends AutoCloseable> T add(String name, T part) {
        synchronized (this) {
            if (!closed) {
                open.push(new Part(name, part));
                return part;
            }
        }
        close(new Part(name, part), limit.toMillis());
        return part;
    }

    /** Closes everything once. Never throws: what goes wrong is logged. */
    @Override
    public void close() {
        Deque<Part> toClose;
        synchronized (this) {
            closed = true;
            toClose = new ArrayDeque<>(open);
            open.clear();
        }
        long deadline = System.nanoTime() + limit.toNanos();
        while (!toClose.isEmpty()) {
            Part part = toClose.pop();
            long left = (deadline - System.nanoTime()) / 1_000_000 - toClose.size() * LEAST_SHARE_MS;
            close(part, Math.max(LEAST_SHARE_MS, left));
        }
    }

    private static void close(Part part, long millis) {
        long started = System.nanoTime();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread closer = new Thread(
                () -> {
                    try {
                        part.closeable().close();
                    } catch (Throwable e) {
                        failure.set(e);
                    }
                },
                "close-" + part.name());
        closer.setDaemon(true);
        closer.start();
        try {
            closer.join(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        long took = (System.nanoTime() - started) / 1_000_000;
        if (closer.isAlive()) {
            log.atWarn()
                    .addKeyValue("part", part.name())
                    .addKeyValue("waited_ms", took)
                    .log("part hangs, left behind");
        } else if (failure.get() != null) {
            log.atWarn()
                    .setCause(failure.get())
                    .addKeyValue("part", part.name())
                    .log("part failed to close");
        } else {
            log.atDebug()
                    .addKeyValue("part", part.name())
                    .addKeyValue("took_ms", took)
                    .log("part closed");
        }
    }
}
