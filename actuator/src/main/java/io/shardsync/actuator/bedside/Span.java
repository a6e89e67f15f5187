package io.shardsync.actuator.bedside;

/**
 * A range of sequence numbers, both ends included.
 *
 * @param from from 0
 * @param to at least {@code from}
 */
public record Span(long from, long to) {
    /** @throws IllegalArgumentException if it is empty or begins below 0 */
    public Span {
        if (from < 0 || to < from) {
            throw new IllegalArgumentException("span " + from + " to " + to + ", allowed is 0 <= from <= to");
        }
    }

    /** How many sequence numbers lie in it; at least 1. */
    public long length() {
        return to - from + 1;
    }

    public boolean holds(long seqNo) {
        return seqNo >= from && seqNo <= to;
    }
}
