package io.shardsync.processor.judge;

import io.shardsync.schemas.model.ClusterSnapshot;
import io.shardsync.schemas.model.ClusterSnapshot.Switch;
import io.shardsync.schemas.model.ClusterSnapshot.View;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What of a {@link ClusterSnapshot} every task needs that judges shards of that cluster. It is sent to all of them, so
 * that a judgement never depends on how far some other consumer has read.
 *
 * @param cluster the configured cluster name
 * @param snapshotId the collection
 * @param completedAt when it ended
 * @param seen whether the cluster could be read, and its shards with it
 * @param full whether every shard was published
 * @param endOffsets by partition of the shard snapshots' topic, where a full collection ends
 * @param switches allocation settings off their default; null where the collection could not tell: the master has them
 */
public record CollectionEnd(
        String cluster,
        long snapshotId,
        Instant completedAt,
        boolean seen,
        boolean full,
        Map<Integer, Long> endOffsets,
        List<Switch> switches)
        implements TaskInput {

    public static CollectionEnd of(ClusterSnapshot snapshot) {
        return new CollectionEnd(
                snapshot.cluster(),
                snapshot.snapshotId(),
                snapshot.completedAt(),
                snapshot.reachable() && snapshot.view() != View.NO_MASTER,
                snapshot.full(),
                snapshot.endOffsets(),
                snapshot.view() == View.MASTER ? snapshot.switches() : null);
    }

    /** What could not be told is as it was. */
    CollectionEnd after(CollectionEnd last) {
        return switches != null
                ? this
                : new CollectionEnd(
                        cluster,
                        snapshotId,
                        completedAt,
                        seen,
                        full,
                        endOffsets,
                        last == null ? List.of() : last.switches());
    }

    /**
     * Whether a shard last seen in an earlier collection is gone: this one was full, and the reader of the partition
     * has passed its end.
     *
     * @param partition of the shard snapshots' topic
     * @param position the offset after the last record read there
     */
    public boolean endsBefore(int partition, long position) {
        Long end = endOffsets.get(partition);
        return full && end != null && position >= end;
    }
}
