package io.shardsync.collector.group;

import java.time.Instant;

/**
 * The collection that saw something.
 *
 * @param cluster configured name
 * @param snapshotId rises strictly within the cluster
 * @param collectedAt when Elasticsearch had answered
 * @param collectorId this instance
 * @param stateVersion of the cluster state that was read
 */
public record Stamp(String cluster, long snapshotId, Instant collectedAt, String collectorId, long stateVersion) {}
