package io.shardsync.collector.group;

import io.shardsync.schemas.model.CopyState;
import io.shardsync.schemas.model.ShardSnapshot;
import io.shardsync.schemas.model.ShardSnapshot.GroupState;
import io.shardsync.schemas.model.ShardSnapshot.Role;

/**
 * A shard that is gone.
 *
 * @param index index name
 * @param indexUuid of the index that was there
 * @param shard shard number, from 0
 */
public record RemovedGroup(String index, String indexUuid, int shard) {

    /** One record stands for the whole group. */
    public ShardSnapshot record(Stamp stamp) {
        return new ShardSnapshot(
                stamp.cluster(),
                index,
                indexUuid,
                shard,
                stamp.snapshotId(),
                stamp.collectedAt(),
                stamp.collectorId(),
                stamp.stateVersion(),
                GroupState.REMOVED,
                1,
                0,
                Role.PRIMARY,
                CopyState.UNASSIGNED,
                0,
                null,
                null,
                null,
                null,
                false,
                true,
                null,
                null,
                null,
                null,
                null);
    }
}
