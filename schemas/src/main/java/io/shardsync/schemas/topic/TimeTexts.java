package io.shardsync.schemas.topic;

import java.time.Instant;

/**
 * Times as ISO-8601 texts and back, the last few remembered: all copies of a collection carry the same time, and to
 * write or read one anew costs as much as half of the record does otherwise.
 */
final class TimeTexts {
    /** A power of two; a collision costs one more formatting. */
    private static final int REMEMBERED = 256;
    /** Longer ones, with many digits or an offset, are nobody's habit. */
    private static final int LONGEST = 40;

    /** Immutable, so a thread that reads what another one writes sees a pair that belongs together, or none. */
    private record Pair(Instant time, String text) {}

    private static final Pair[] WRITTEN = new Pair[REMEMBERED];
    private static final Pair[] READ = new Pair[REMEMBERED];

    private TimeTexts() {}

    /** As {@link Instant#toString()} has it. */
    static String of(Instant time) {
        int at = slot(time.hashCode());
        Pair known = WRITTEN[at];
        if (known == null || !known.time().equals(time)) {
            known = new Pair(time, time.toString());
            WRITTEN[at] = known;
        }
        return known.text();
    }

    /** The time that was {@link #remember remembered} of a text; null if none is. */
    static Instant known(String text) {
        Pair known = READ[slot(text.hashCode())];
        return known != null && known.text().equals(text) ? known.time() : null;
    }

    /** @param time what was read from the text */
    static void remember(String text, Instant time) {
        if (text.length() <= LONGEST) {
            READ[slot(text.hashCode())] = new Pair(time, text);
        }
    }

    private static int slot(int hash) {
        return (hash ^ hash >>> 16) & REMEMBERED - 1;
    }
}
