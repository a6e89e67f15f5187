package io.shardsync.collector.watch;

import io.shardsync.collector.read.ClusterSettings;
import io.shardsync.collector.read.ClusterState;
import io.shardsync.collector.read.Health;
import io.shardsync.collector.read.NodeStats;
import io.shardsync.collector.read.RecoveryReading;
import io.shardsync.schemas.model.ClusterSnapshot.View;

import java.time.Instant;
import java.util.List;

/**
 * Everything one collection read.
 *
 * @param startedAt before the first call
 * @param completedAt after the last answer
 * @param view what is known about the state's origin
 * @param health null if the master could not be asked
 * @param settings the last that could be read; null if none ever
 */
record Collected(
        Instant startedAt,
        Instant completedAt,
        View view,
        ClusterState state,
        NodeStats stats,
        Health health,
        ClusterSettings settings,
        List<RecoveryReading> recoveries) {}
