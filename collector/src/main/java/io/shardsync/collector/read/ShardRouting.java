package io.shardsync.collector.read;

import java.util.List;

/**
 * One shard's copies by the routing table.
 *
 * @param shard number, from 0
 * @param primaryTerm {@code primary_terms}; 0 if the answer does not say
 * @param copies the target of a relocation follows its source
 */
public record ShardRouting(int shard, long primaryTerm, List<CopyRouting> copies) {}
