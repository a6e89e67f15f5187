package io.shardsync.processor.serve;

import io.shardsync.schemas.model.ReplicationStatus.Health;
import io.shardsync.schemas.model.ShardKey;

/**
 * What is kept in memory of one shard: the record as it came, ready to be sent on, and beside it the few values that
 * questions filter and sum by. So a page of 1,000 shards out of 100,000 is found and written without reading any JSON.
 *
 * @param key which shard
 * @param health by which lists are filtered
 * @param lagOps maximum over the replicas; -1 if unknown
 * @param lagBytes maximum over the replicas; -1 if unknown
 * @param recovering how many of its copies are being built
 * @param json the record's value
 */
record ShardEntry(ShardKey key, Health health, long lagOps, long lagBytes, int recovering, byte[] json) {
    static final long UNKNOWN = -1;

    static ShardEntry of(StatusEssence status, byte[] json) {
        return new ShardEntry(
                status.key(),
                status.health(),
                status.syncLagOps() == null ? UNKNOWN : status.syncLagOps(),
                status.syncLagBytes() == null ? UNKNOWN : status.syncLagBytes(),
                status.recoveries().size(),
                json);
    }
}
