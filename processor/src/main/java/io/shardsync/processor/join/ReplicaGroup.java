package io.shardsync.processor.join;

import io.shardsync.processor.order.SnapshotOrder;
import io.shardsync.schemas.model.ShardSnapshot;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What has arrived of a shard's copies in the newest collection, but for the last one, whose arrival completes it.
 *
 * @param snapshotId the collection; 0 before the first
 * @param copies in the order of their ordinals, each once
 */
public record ReplicaGroup(long snapshotId, List<ShardSnapshot> copies) {

    public ReplicaGroup {
        copies = List.copyOf(copies);
    }

    public static ReplicaGroup empty() {
        return new ReplicaGroup(0, List.of());
    }

    /**
     * Adds a copy. One of an older collection is ignored, one of a newer collection begins anew.
     *
     * @param wallMs now, epoch milliseconds
     */
    public ReplicaGroup with(ShardSnapshot copy, long wallMs) {
        if (copy.snapshotId() != snapshotId) {
            return SnapshotOrder.isNews(copy.snapshotId(), snapshotId, wallMs)
                    ? new ReplicaGroup(copy.snapshotId(), List.of(copy))
                    : this;
        }
        List<ShardSnapshot> all = new ArrayList<>(copies);
        all.removeIf(other -> other.copyOrdinal() == copy.copyOrdinal());
        all.add(copy);
        all.sort(Comparator.comparingInt(ShardSnapshot::copyOrdinal));
        return new ReplicaGroup(snapshotId, all);
    }

    /** Whether this belongs to a newer collection than a copy that has come. */
    boolean isOfNewerThan(ShardSnapshot copy, long wallMs) {
        return copy.snapshotId() != snapshotId && !SnapshotOrder.isNews(copy.snapshotId(), snapshotId, wallMs);
    }
}
