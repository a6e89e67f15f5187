package io.shardsync.processor.join;

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

    /** Adds a copy. One of an older collection is ignored, one of a newer collection begins anew. */
    public ReplicaGroup with(ShardSnapshot copy) {
        if (copy.snapshotId() < snapshotId) {
            return this;
        }
        if (copy.snapshotId() > snapshotId) {
            return new ReplicaGroup(copy.snapshotId(), List.of(copy));
        }
        List<ShardSnapshot> all = new ArrayList<>(copies);
        all.removeIf(other -> other.copyOrdinal() == copy.copyOrdinal());
        all.add(copy);
        all.sort(Comparator.comparingInt(ShardSnapshot::copyOrdinal));
        return new ReplicaGroup(snapshotId, all);
    }
}
