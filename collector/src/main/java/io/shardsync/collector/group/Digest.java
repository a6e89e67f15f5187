package io.shardsync.collector.group;

/**
 * 64 bits that tell contents apart. Among a million groups two different ones share a digest with a probability of one
 * in 30 million, and even then the next full collection publishes them.
 */
final class Digest {
    private static final long FIRST = 0x9E3779B97F4A7C15L;
    private static final long SECOND = 0xC2B2AE3D27D4EB4FL;

    private long state = FIRST;

    Digest add(long value) {
        state = Long.rotateLeft((state ^ mix(value)) * FIRST, 31) + SECOND;
        return this;
    }

    Digest add(boolean value) {
        return add(value ? 1L : 2L);
    }

    /** Null and the empty text differ. */
    Digest add(String text) {
        if (text == null) {
            return add(Long.MIN_VALUE);
        }
        for (int i = 0; i < text.length(); i++) {
            state = (state ^ text.charAt(i)) * FIRST;
            state ^= state >>> 29;
        }
        return add(text.length());
    }

    long value() {
        return mix(state);
    }

    private static long mix(long value) {
        long mixed = (value ^ (value >>> 32)) * SECOND;
        mixed = (mixed ^ (mixed >>> 29)) * FIRST;
        return mixed ^ (mixed >>> 32);
    }
}
