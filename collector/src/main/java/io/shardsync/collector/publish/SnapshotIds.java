package io.shardsync.collector.publish;

import io.shardsync.schemas.model.ClusterSnapshot;

import java.time.Instant;

/** Hands out the ids of one cluster's collections: strictly rising, also across owners whose clocks differ. */
public final class SnapshotIds {
    private long last;

    private SnapshotIds(long last) {
        this.last = last;
    }

    /** @param last the newest collection that anybody published of this cluster; null if there is none */
    public static SnapshotIds after(ClusterSnapshot last) {
        return new SnapshotIds(last == null ? 0 : last.snapshotId());
    }

    /** {@code max(last + 1, now in epoch milliseconds)}; an id that is then not published is never used again. */
    public long next(Instant now) {
        last = Math.max(last + 1, now.toEpochMilli());
        return last;
    }
}
