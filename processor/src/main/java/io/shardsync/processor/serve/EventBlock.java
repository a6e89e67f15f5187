package io.shardsync.processor.serve;

import java.util.Arrays;

/**
 * Events one after the other in one array of bytes. Once it is used up and forgotten it is filled anew: a log that is
 * written to all the time would otherwise be copied whole by every garbage collection, since none of it is old.
 */
final class EventBlock {
    private static final int EVENTS = 1_024;

    private final byte[] bytes;
    private final int[] ends = new int[EVENTS];
    private final String[] types = new String[EVENTS];
    private final String[] clusters = new String[EVENTS];
    private int count;

    /** @param capacity bytes that fit in */
    EventBlock(int capacity) {
        bytes = new byte[capacity];
    }

    /** @return whether there was room for it */
    boolean add(String type, String cluster, byte[] json) {
        int start = start(count);
        if (count == EVENTS || json.length > bytes.length - start) {
            return false;
        }
        System.arraycopy(json, 0, bytes, start, json.length);
        types[count] = type;
        // Most events are about the cluster that the one before was about: one text for all of them.
        clusters[count] = count > 0 && cluster.equals(clusters[count - 1]) ? clusters[count - 1] : cluster;
        ends[count++] = start + json.length;
        return true;
    }

    /** @param number which number to give it */
    EventLog.Event get(int at, long number) {
        return new EventLog.Event(number, types[at], clusters[at], Arrays.copyOfRange(bytes, start(at), ends[at]));
    }

    int count() {
        return count;
    }

    int capacity() {
        return bytes.length;
    }

    void clear() {
        count = 0;
    }

    private int start(int at) {
        return at == 0 ? 0 : ends[at - 1];
    }
}
