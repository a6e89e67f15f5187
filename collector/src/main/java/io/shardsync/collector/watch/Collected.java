package io.shardsync.collector.watch;

import io.shardsync.collector.read.Activity;
import io.shardsync.collector.read.ClusterSettings;
import io.shardsync.collector.read.ClusterState;
import io.shardsync.collector.read.Health;
import io.shardsync.collector.read.NodeStats;
import io.shardsync.collector.recovery.RecoveryReadings;
import io.shardsync.schemas.model.ClusterSnapshot.View;

import java.time.Instant;

/**
 * Everything one collection read.
 *
 * @param startedAt before the first call
 * @param completedAt after the last answer
 * @param view what is known about the state's origin
 * @param activity read before the statistics
 * @param stats sums of each node alone where the copies were not read
 * @param copiesRead false where they are known to stand where they stood when they were read last
 * @param health null if the master could not be asked
 * @param settings the last that could be read; null if none ever
 */
record Collected(
        Instant startedAt,
        Instant completedAt,
        View view,
        ClusterState state,
        Activity activity,
        NodeStats stats,
        boolean copiesRead,
        Health health,
        ClusterSettings settings,
        RecoveryReadings recoveries) {}
