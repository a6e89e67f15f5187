package io.shardsync.collector.read;

import io.shardsync.schemas.model.RecoveryEvent.Amount;

import java.time.Instant;

/**
 * One entry of {@code GET _recovery}.
 *
 * @param index index name
 * @param shard shard number, from 0
 * @param type PEER, EXISTING_STORE, …; new words may appear
 * @param stage INIT, INDEX, …; new words may appear
 * @param primary whether the target is a primary
 * @param sourceNode name; null where there is no source node
 * @param targetNodeId persistent id
 * @param targetNode name
 * @param startedAt {@code start_time_in_millis}
 * @param endedAt {@code stop_time_in_millis}; null while it runs
 * @param bytes {@code index.size}
 * @param files {@code index.files}
 * @param operationsTotal {@code translog.total}; null while Elasticsearch does not know (it says -1)
 * @param operationsRecovered {@code translog.recovered}
 * @param throttledMs time spent throttled, at source and target together
 */
public record RecoveryReading(
        String index,
        int shard,
        String type,
        String stage,
        boolean primary,
        String sourceNode,
        String targetNodeId,
        String targetNode,
        Instant startedAt,
        Instant endedAt,
        Amount bytes,
        Amount files,
        Long operationsTotal,
        long operationsRecovered,
        long throttledMs) {}
