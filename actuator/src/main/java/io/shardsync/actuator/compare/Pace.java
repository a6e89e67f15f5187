package io.shardsync.actuator.compare;

import java.time.Duration;

/**
 * How gently a check goes about it.
 *
 * @param docsPerSecond sequence numbers compared a second, at most
 * @param sliceDocs sequence numbers in one search, at most; a slow answer makes it fewer
 * @param slow an answer that takes longer is a sign that the node has enough to do
 * @param patience how long a command's checks wait altogether for the cluster to be well
 */
public record Pace(long docsPerSecond, long sliceDocs, Duration slow, Duration patience) {
    private static final int BREATHS = 4;
    /** Some three percent of the time then are for the check, the rest for those who write. */
    private static final int BREATHS_WHILE_WRITTEN = 30;

    /**
     * How long to rest after a piece of work.
     *
     * @param compared sequence numbers
     * @param took how long all of it took
     * @param slowest how long the slowest answer took
     * @param written whether the shard is being written to
     */
    Duration rest(long compared, Duration took, Duration slowest, boolean written) {
        long due = compared * 1_000 / docsPerSecond;
        Duration rest = Duration.ofMillis(Math.max(0, due - took.toMillis()));
        Duration breath = slowest.multipliedBy(breaths(slowest, written));
        return rest.compareTo(breath) > 0 ? rest : breath;
    }

    private int breaths(Duration slowest, boolean written) {
        if (written) {
            return BREATHS_WHILE_WRITTEN;
        }
        return slowest.compareTo(slow) > 0 ? BREATHS : 0;
    }

    /** How long the next slice is to be, so that what a restart would cost stays small whatever is compared. */
    long next(long length, Duration took) {
        if (took.compareTo(slow) > 0) {
            return Math.max(Slices.WIDTH, length / 2);
        }
        return took.multipliedBy(BREATHS).compareTo(slow) < 0 ? Math.min(sliceDocs, length * 2) : length;
    }
}
