package io.shardsync.actuator.bedside;

import java.util.Optional;

/**
 * An index as one and the same cluster state shows it.
 *
 * @param cluster nodes, and the routing table of this index
 * @param facts empty where there is no such index
 */
public record IndexView(ClusterView cluster, Optional<IndexFacts> facts) {}
