package io.shardsync.processor.serve;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How far each cluster was behind over the last two hours, so that a plot opened at 3 a.m. begins before the trouble
 * did. In memory alone: it begins anew with the process.
 */
final class LagHistory {
    static final Duration STEP = Duration.ofSeconds(5);
    static final int KEPT = 1_440;
    private static final long UNKNOWN = ShardEntry.UNKNOWN;

    private final Map<String, Ring> byCluster = new HashMap<>();
    private long lastStep;

    /**
     * Columns of one length.
     *
     * @param at seconds since the epoch
     * @param lagBytes the most any copy was behind; null where it was not known of a single shard
     * @param lagOps likewise
     * @param notInSync number of shards
     */
    record Columns(List<Long> at, List<Long> lagBytes, List<Long> lagOps, List<Long> notInSync) {}

    /** Adds a point to each cluster, once in each {@link #STEP}. */
    synchronized void sample(Instant now, View view) {
        long step = now.toEpochMilli() / STEP.toMillis();
        if (step == lastStep || !view.isReady()) {
            return;
        }
        lastStep = step;
        Map<String, Figures> figures = Figures.of(view);
        figures.forEach((cluster, each) -> byCluster
                .computeIfAbsent(cluster, name -> new Ring())
                .add(
                        now.getEpochSecond(),
                        each.blind() ? UNKNOWN : each.lagBytes(),
                        each.blind() ? UNKNOWN : each.lagOps(),
                        each.notInSync()));
        byCluster.keySet().retainAll(figures.keySet());
    }

    /** Empty for a cluster that nothing is known of yet. */
    synchronized Columns of(String cluster) {
        Ring ring = byCluster.get(cluster);
        return ring == null ? new Ring().columns() : ring.columns();
    }

    private static final class Ring {
        private static final int COLUMNS = 4;
        private final long[][] points = new long[KEPT][];
        private int count;

        void add(long... point) {
            points[count % KEPT] = point;
            count++;
        }

        Columns columns() {
            List<List<Long>> columns = new ArrayList<>();
            for (int column = 0; column < COLUMNS; column++) {
                List<Long> values = new ArrayList<>();
                for (int i = Math.max(0, count - KEPT); i < count; i++) {
                    long value = points[i % KEPT][column];
                    values.add(value == UNKNOWN ? null : value);
                }
                columns.add(values);
            }
            return new Columns(columns.get(0), columns.get(1), columns.get(2), columns.get(3));
        }
    }
}
