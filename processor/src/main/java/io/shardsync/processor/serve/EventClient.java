package io.shardsync.processor.serve;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * One listener: a place in the log, and a connection that is written to only when it takes something, so that nobody
 * ever waits for it.
 */
final class EventClient implements WriteListener {
    private static final int MOST_AT_ONCE = 64;
    private static final int CHUNK = 64 * 1024;

    private final EventLog log;
    private final Set<String> clusters;
    private final Set<String> types;
    private final ServletOutputStream out;
    private final Ending ending;
    private final ReentrantLock lock = new ReentrantLock();

    private byte[] greeting;
    private long next;
    private long lastWrite = System.nanoTime();
    private boolean unflushed;
    private boolean closed;

    /** What has to be done about the connection when the client is at its end. */
    interface Ending {
        /** @param why for the log; null where it simply went away */
        void ended(EventClient client, String why);
    }

    /**
     * @param greeting sent first
     * @param next number of the first event it has not seen
     * @param clusters only events about these; empty for all
     * @param types only these; empty for all
     */
    EventClient(
            EventLog log,
            byte[] greeting,
            long next,
            Set<String> clusters,
            Set<String> types,
            ServletOutputStream out,
            Ending ending) {
        this.log = log;
        this.greeting = greeting;
        this.next = next;
        this.clusters = clusters;
        this.types = types;
        this.out = out;
        this.ending = ending;
    }

    /** Writes what the connection takes without waiting. */
    void send() {
        lock.lock();
        try {
            while (!closed && out.isReady()) {
                byte[] chunk = chunk();
                if (chunk.length > 0) {
                    out.write(chunk);
                    unflushed = true;
                    lastWrite = System.nanoTime();
                } else if (unflushed) {
                    unflushed = false;
                    out.flush();
                } else {
                    return;
                }
            }
            if (!closed && log.from(next, 0) == null) {
                end("it is more than the log behind");
            }
        } catch (IOException | IllegalStateException e) {
            end(null);
        } finally {
            lock.unlock();
        }
    }

    /**
     * A sign of life for proxies and for the client, if nothing was written lately; an event, for a page never sees the
     * comment that others listen for. It carries the place in the log, so that a client which filters much does not
     * come back with an id that is long gone.
     */
    void heartbeat(long olderThanNanos) {
        lock.lock();
        try {
            if (!closed && greeting == null && System.nanoTime() - lastWrite > olderThanNanos) {
                byte[] event = EventLog.frame("heartbeat", log.id(next - 1), Answer.utf8("{}"));
                greeting = Answer.utf8(": heartbeat\n" + new String(event, UTF_8));
            }
        } finally {
            lock.unlock();
        }
        send();
    }

    private byte[] chunk() {
        ByteArrayOutputStream chunk = new ByteArrayOutputStream();
        if (greeting != null) {
            chunk.writeBytes(greeting);
            greeting = null;
        }
        while (chunk.size() < CHUNK) {
            List<EventLog.Event> events = log.from(next, MOST_AT_ONCE);
            if (events == null) {
                end("it is more than the log behind");
                return new byte[0];
            }
            if (events.isEmpty()) {
                break;
            }
            for (EventLog.Event event : events) {
                next = event.number() + 1;
                if (wants(event)) {
                    log.write(event, chunk);
                }
                if (chunk.size() >= CHUNK) {
                    break;
                }
            }
        }
        return chunk.toByteArray();
    }

    private boolean wants(EventLog.Event event) {
        return (types.isEmpty() || types.contains(event.type()))
                && (clusters.isEmpty() || event.cluster().equals("*") || clusters.contains(event.cluster()));
    }

    private void end(String why) {
        if (!closed) {
            closed = true;
            ending.ended(this, why);
        }
    }

    /** Ends it from outside. */
    void close() {
        lock.lock();
        try {
            end(null);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onWritePossible() {
        send();
    }

    @Override
    public void onError(Throwable failure) {
        close();
    }
}
