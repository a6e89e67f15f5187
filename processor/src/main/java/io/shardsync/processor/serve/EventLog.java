package io.shardsync.processor.serve;

import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The newest events, kept once for all clients: a client is a place in this log, so any number of them costs no memory,
 * one that comes back finds what it missed, and one that is too slow falls off the end without anybody waiting for it.
 */
final class EventLog {
    /** How many events a client may be behind. */
    static final int MOST_EVENTS = 50_000;

    private static final long MOST_BYTES = 32L << 20;
    private static final int BLOCK_BYTES = 256 << 10;
    private static final int LEAST_BLOCKS = 4;

    private static final int ID_LENGTH = 8;
    private static final byte[] END = {'\n', '\n'};

    private final String instance = UUID.randomUUID().toString().substring(0, ID_LENGTH);
    private final int mostEvents;
    private final long mostBytes;
    private final int blockBytes;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition grown = lock.newCondition();

    /** In blocks, so that a place deep in the log is found without walking there event by event. */
    private final Deque<EventBlock> blocks = new ArrayDeque<>();

    /** The block that was forgotten last; null if it has been filled anew. */
    private EventBlock spare;

    private long first = 1;
    private long next = 1;
    private long bytes;

    /**
     * @param number its place; the first one of an instance is 1
     * @param type what stands in {@code event:}
     * @param cluster which cluster it is about; {@code *} for all
     * @param json what stands in {@code data:}, one line
     */
    record Event(long number, String type, String cluster, byte[] json) {}

    EventLog() {
        this(MOST_EVENTS, MOST_BYTES);
    }

    EventLog(int mostEvents, long mostBytes) {
        this.mostEvents = mostEvents;
        this.mostBytes = mostBytes;
        blockBytes = (int) Math.min(BLOCK_BYTES, mostBytes / LEAST_BLOCKS);
    }

    /** @param json one line */
    void append(String type, String cluster, byte[] json) {
        lock.lock();
        try {
            if (blocks.isEmpty() || !blocks.peekLast().add(type, cluster, json)) {
                EventBlock block = emptyBlock(json.length);
                block.add(type, cluster, json);
                blocks.addLast(block);
                bytes += block.capacity();
            }
            next++;
            while (blocks.size() > 1 && (next - first > mostEvents || bytes > mostBytes)) {
                forgetOldest();
            }
            grown.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private EventBlock emptyBlock(int atLeast) {
        EventBlock block = spare;
        spare = null;
        return block != null && atLeast <= blockBytes ? block : new EventBlock(Math.max(blockBytes, atLeast));
    }

    private void forgetOldest() {
        EventBlock oldest = blocks.removeFirst();
        first += oldest.count();
        bytes -= oldest.capacity();
        if (oldest.capacity() == blockBytes) {
            oldest.clear();
            spare = oldest;
        }
    }

    /** Number of the event that comes next. */
    long next() {
        lock.lock();
        try {
            return next;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Events from a place on.
     *
     * @param from number of the first one
     * @param most how many to return at most
     * @return null if that place is no longer, or not yet, in the log
     */
    List<Event> from(long from, int most) {
        lock.lock();
        try {
            if (from < first || from > next) {
                return null;
            }
            List<Event> found = new ArrayList<>();
            long blockStart = first;
            Iterator<EventBlock> each = blocks.iterator();
            while (each.hasNext() && found.size() < most) {
                EventBlock block = each.next();
                for (int i = (int) Math.max(0, from - blockStart); i < block.count() && found.size() < most; i++) {
                    found.add(block.get(i, blockStart + i));
                }
                blockStart += block.count();
            }
            return found;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until there is an event with this number, at most so long. */
    void awaitEvent(long number, long millis) throws InterruptedException {
        lock.lock();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(millis);
            while (next <= number && left > 0) {
                left = grown.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** What a client gives back as {@code Last-Event-ID}: names the instance, since each one counts for itself. */
    String id(long number) {
        return instance + "-" + number;
    }

    /** The number in an id of ours that is still in the log; -1 for any other. */
    long numberOf(String id) {
        if (id == null || !id.startsWith(instance + "-")) {
            return -1;
        }
        try {
            return Long.parseLong(id.substring(instance.length() + 1));
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** Writes an event as it is sent. */
    void write(Event event, ByteArrayOutputStream out) {
        write(event.type(), id(event.number()), event.json(), out);
    }

    static byte[] frame(String type, String id, byte[] json) {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        write(type, id, json, frame);
        return frame.toByteArray();
    }

    private static void write(String type, String id, byte[] json, ByteArrayOutputStream out) {
        out.writeBytes(Answer.utf8("event: " + type + "\nid: " + id + "\ndata: "));
        out.writeBytes(json);
        out.writeBytes(END);
    }
}
