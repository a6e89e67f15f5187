package io.shardsync.collector.watch;

import java.util.Optional;

/**
 * Which cluster is watched, and by whom.
 *
 * @param cluster configured name
 * @param uuid {@code cluster_uuid} it must have; empty: the one it had when it was first seen
 * @param collectorId this instance
 */
public record Watched(String cluster, Optional<String> uuid, String collectorId) {}
