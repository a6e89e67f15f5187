package io.shardsync.collector.watch;

import io.shardsync.collector.fact.Census;
import io.shardsync.collector.fact.MasterHistory;
import io.shardsync.collector.fact.Switches;
import io.shardsync.schemas.model.ClusterSnapshot;
import io.shardsync.schemas.model.ClusterSnapshot.Failure;
import io.shardsync.schemas.model.ClusterSnapshot.Node;
import io.shardsync.schemas.model.ClusterSnapshot.View;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Makes the last record of a collection.
 *
 * @param cluster configured name
 * @param collectorId this instance
 */
record Snapshots(String cluster, String collectorId) {

    ClusterSnapshot of(
            Collected collected,
            Census census,
            MasterHistory masters,
            long snapshotId,
            boolean full,
            Map<Integer, Long> endOffsets) {
        return new ClusterSnapshot(
                cluster,
                collected.state().clusterUuid(),
                snapshotId,
                collectorId,
                collected.startedAt(),
                collected.completedAt(),
                millis(collected.startedAt(), collected.completedAt()),
                full,
                endOffsets,
                collected.health() == null ? null : collected.health().status(),
                collected.view(),
                masters.published(collected.state().masterNode()),
                collected.health() == null ? null : collected.health().pendingTasks(),
                census.nodes(),
                census.copies(),
                census.delayed(),
                collected.settings() == null ? List.of() : Switches.of(collected.settings(), collected.state()),
                collected.settings() == null ? null : Switches.maxShardsPerNode(collected.settings()),
                true,
                null);
    }

    /** Elasticsearch answers, but what it says of the copies is not to be believed. */
    ClusterSnapshot blind(
            String clusterUuid, View view, List<Node> nodes, long snapshotId, Instant startedAt, Instant completedAt) {
        return without(clusterUuid, view, nodes, snapshotId, startedAt, completedAt, null);
    }

    /** Elasticsearch could not be read. */
    ClusterSnapshot failed(
            String clusterUuid, Failure failure, long snapshotId, Instant startedAt, Instant completedAt) {
        return without(clusterUuid, null, List.of(), snapshotId, startedAt, completedAt, failure);
    }

    private ClusterSnapshot without(
            String clusterUuid,
            View view,
            List<Node> nodes,
            long snapshotId,
            Instant startedAt,
            Instant completedAt,
            Failure failure) {
        return new ClusterSnapshot(
                cluster,
                clusterUuid,
                snapshotId,
                collectorId,
                startedAt,
                completedAt,
                millis(startedAt, completedAt),
                false,
                Map.of(),
                null,
                view,
                null,
                null,
                nodes,
                null,
                null,
                List.of(),
                null,
                failure == null,
                failure);
    }

    private static long millis(Instant from, Instant to) {
        return Math.max(0, Duration.between(from, to).toMillis());
    }
}
