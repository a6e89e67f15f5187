package io.shardsync.processor.count;

import io.shardsync.schemas.model.ReplicationStatus.Health;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * How the shards of one cluster in one partition are.
 *
 * @param cluster the configured cluster name
 * @param partition whose shards
 * @param at of the newest judgement counted
 * @param shards number of shards by health
 * @param recovering copies being built or moved
 * @param lagOpsSum sum over the shards, operations
 * @param lagOpsMax maximum over the shards, operations
 * @param lagBytesSum sum over the shards, bytes
 * @param lagBytesMax maximum over the shards, bytes
 * @param findings what is wrong
 * @param gone indices of which shards went away since the last summary
 */
public record PartitionSummary(
        String cluster,
        int partition,
        Instant at,
        Map<Health, Integer> shards,
        int recovering,
        long lagOpsSum,
        long lagOpsMax,
        long lagBytesSum,
        long lagBytesMax,
        List<Finding> findings,
        List<String> gone) {
    public PartitionSummary {
        shards = Map.copyOf(shards);
        findings = List.copyOf(findings);
        gone = gone == null ? List.of() : List.copyOf(gone);
    }
}
