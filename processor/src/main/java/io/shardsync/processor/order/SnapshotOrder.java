package io.shardsync.processor.order;

import java.time.Duration;

/**
 * Tells the newer of two collections of a cluster by their ids, which rise strictly and lie near the epoch in
 * milliseconds. Pure.
 */
public final class SnapshotOrder {
    /** Farther from the clock than any interval, take-over or usual fault of a clock. */
    private static final long ASTRAY_MS = Duration.ofHours(1).toMillis();

    private SnapshotOrder() {}

    /**
     * Whether a collection is to be taken although another is known: if it is newer. An id from the far future that
     * somebody wrote by mistake would make all that ever comes look old; so beside it whatever lies near the clock is
     * news too. A collector never writes such: once its ids have run ahead of the clock, it goes on from there.
     *
     * @param next the {@code snapshot_id} of what has come
     * @param known the {@code snapshot_id} of what is remembered
     * @param wallMs now, epoch milliseconds
     */
    public static boolean isNews(long next, long known, long wallMs) {
        return next > known || isAstray(known, wallMs) && isNear(next, wallMs);
    }

    private static boolean isAstray(long id, long wallMs) {
        return id > wallMs + ASTRAY_MS;
    }

    private static boolean isNear(long id, long wallMs) {
        return id >= wallMs - ASTRAY_MS && id <= wallMs + ASTRAY_MS;
    }
}
