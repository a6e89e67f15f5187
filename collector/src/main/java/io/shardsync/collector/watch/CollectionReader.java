package io.shardsync.collector.watch;

import io.shardsync.collector.read.Activity;
import io.shardsync.collector.read.ClusterReader;
import io.shardsync.collector.read.ClusterSettings;
import io.shardsync.collector.read.ClusterState;
import io.shardsync.collector.read.Health;
import io.shardsync.collector.read.NodeStats;
import io.shardsync.collector.read.Position;
import io.shardsync.collector.read.RecoveryReading;
import io.shardsync.collector.recovery.RecoveryReadings;
import io.shardsync.collector.recovery.RecoveryTracker;
import io.shardsync.runtime.elasticsearch.CallFailed;
import io.shardsync.schemas.model.CopyState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Makes the calls of one collection after another. The routing is read again only when the state has changed. */
final class CollectionReader {
    private static final Logger log = LoggerFactory.getLogger(CollectionReader.class);

    /**
     * A node may take so many times longer for the statistics of all its copies than for a sign of life. What really
     * hangs is known by then, and is not asked.
     */
    private static final int STATS_SHARE = 3;

    private final String cluster;
    private final Duration nodeTimeout;
    private final Clock clock;
    private final Stillness stillness = new Stillness();
    private NodeStats sums;
    private ClusterState state;
    private ClusterSettings settings;
    /** The state they are of, if that is known for certain. */
    private Position settingsOf;

    private String recoveriesRefused;

    /** @param nodeTimeout how long a node may take for a sign of life */
    CollectionReader(String cluster, Duration nodeTimeout, Clock clock) {
        this.cluster = cluster;
        this.nodeTimeout = nodeTimeout;
        this.clock = clock;
    }

    /**
     * Reads everything, or everything but the copies if they stand where they stood.
     *
     * @param position where the asked node stands
     * @param silent nodes known not to answer, which nobody shall wait for
     * @param askMaster whether the master is asked; not while it is likely to be silent
     * @param unhurried whether a node may take longer for the statistics of its copies than for a sign of life
     * @param full whether the copies must be read
     * @throws CallFailed when routing or statistics could not be read
     */
    Collected read(
            ClusterReader reader,
            Position position,
            Set<String> silent,
            boolean askMaster,
            boolean unhurried,
            boolean full,
            ViewCheck view,
            RecoveryTracker recoveries)
            throws CallFailed {
        Instant started = clock.instant();
        Health health = askMaster ? askMaster(reader, position, view) : null;
        if (state == null || !Position.of(state).equals(position)) {
            state = reader.state();
        }
        Activity activity = reader.activity(asked(silent), nodeTimeout, health != null);
        boolean readCopies = full || !stillness.lasts(Position.of(state), activity, started);
        Set<String> missing = missing(activity);
        NodeStats stats = readCopies ? stats(reader, missing, unhurried) : sums;
        boolean allAnswer = stats.answering().containsAll(state.nodes().keySet());
        RecoveryReadings readings = allAnswer ? recoveries(reader, recoveries) : RecoveryReadings.NONE;
        return new Collected(
                started,
                clock.instant(),
                view.view(Position.of(state)),
                state,
                activity,
                stats,
                readCopies,
                health,
                settings,
                readings);
    }

    private NodeStats stats(ClusterReader reader, Set<String> missing, boolean unhurried) throws CallFailed {
        stillness.ends();
        return reader.stats(asked(missing), unhurried ? nodeTimeout.multipliedBy(STATS_SHARE) : nodeTimeout);
    }

    /** What was collected is published, and every copy of it is settled. */
    void settled(Collected collected) {
        sums = collected.stats().sums();
        stillness.begins(Position.of(collected.state()), collected.activity(), collected.startedAt());
    }

    /** Members that gave no sign of life. */
    private Set<String> missing(Activity activity) {
        Set<String> missing = new TreeSet<>(state.nodes().keySet());
        missing.removeAll(activity.answering());
        return missing;
    }

    /** The last state read; null before the first. */
    ClusterState lastState() {
        return state;
    }

    private Health askMaster(ClusterReader reader, Position position, ViewCheck view) {
        try {
            Position master = reader.masterPosition();
            Health health = reader.health();
            // They are part of the state. Without a master nobody can change them either, and those read last remain.
            if (!master.equals(settingsOf)) {
                settings = reader.settings();
                // Of version 9 it is the asked node that answers, which need not have the master's state yet.
                settingsOf = master.equals(position) ? master : null;
            }
            view.masterAnswered(master, clock.instant());
            return health;
        } catch (CallFailed failure) {
            view.masterFailed(failure);
            log.atDebug()
                    .addKeyValue("cluster", cluster)
                    .addKeyValue("why", failure.getMessage())
                    .log("the master does not confirm the view");
            return null;
        }
    }

    private Set<String> asked(Set<String> silent) {
        if (silent.isEmpty()) {
            return Set.of();
        }
        Set<String> asked = new TreeSet<>(state.nodes().keySet());
        asked.removeAll(silent);
        return asked;
    }

    private RecoveryReadings recoveries(ClusterReader reader, RecoveryTracker tracker) {
        List<RecoveryReading> readings = new ArrayList<>();
        boolean all = false;
        try {
            if (tracker.isTakingOver()) {
                readings.addAll(reader.allRecoveries());
                all = true;
            } else if (isMoving()) {
                readings.addAll(reader.activeRecoveries());
            }
            Set<String> ended = tracker.endedIn(state);
            if (!ended.isEmpty()) {
                readings.addAll(reader.recoveriesOf(ended));
            }
            recoveriesRefused = null;
        } catch (CallFailed failure) {
            warnOnce(failure);
        }
        return new RecoveryReadings(readings, all);
    }

    /** Recoveries enrich; what is known of the copies is published without them. */
    private void warnOnce(CallFailed failure) {
        if (!failure.code().text().equals(recoveriesRefused)) {
            recoveriesRefused = failure.code().text();
            log.atWarn()
                    .addKeyValue("cluster", cluster)
                    .addKeyValue("code", recoveriesRefused)
                    .addKeyValue("why", failure.getMessage())
                    .log("recoveries can't be read");
        }
    }

    private boolean isMoving() {
        return state.indices().stream()
                .flatMap(index -> index.shards().stream())
                .flatMap(shard -> shard.copies().stream())
                .anyMatch(copy -> copy.state() == CopyState.INITIALIZING || copy.state() == CopyState.RELOCATING);
    }
}
