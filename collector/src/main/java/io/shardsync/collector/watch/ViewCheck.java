package io.shardsync.collector.watch;

import io.shardsync.collector.read.Position;
import io.shardsync.runtime.elasticsearch.CallFailed;
import io.shardsync.schemas.model.ClusterSnapshot.View;

import java.time.Duration;
import java.time.Instant;

/**
 * Whether a node's own state may be believed. A partitioned node's state stands still and looks quiet; only the master
 * can confirm it.
 */
final class ViewCheck {
    private static final String NO_MASTER = "master_not_discovered_exception";

    /** A state takes milliseconds to get from the master to a node that is connected to it. */
    private static final Duration PUBLICATION = Duration.ofSeconds(2);

    private View confirmed = View.STALE;
    private long masterVersion = -1;
    private Instant masterAnsweredAt = Instant.MIN;

    /** The master answered; before long the asked node has to have this version too. */
    void masterAnswered(Position master, Instant at) {
        confirmed = View.MASTER;
        if (master.version() != masterVersion) {
            masterVersion = master.version();
            masterAnsweredAt = at;
        }
    }

    /** The master was asked and did not answer. */
    void masterFailed(CallFailed failure) {
        confirmed = NO_MASTER.equals(failure.errorType()) ? View.NO_MASTER : View.STALE;
    }

    /** The master is known to be silent, so it was not asked. */
    void masterSilent() {
        confirmed = View.STALE;
    }

    /** Whether the node's state is proven to be older than the master's. */
    boolean isBehind(Position local, Instant now) {
        return local.version() < masterVersion && now.isAfter(masterAnsweredAt.plus(PUBLICATION));
    }

    View view(Position local) {
        return local.masterNode() == null ? View.NO_MASTER : confirmed;
    }

    /** Another node is asked from now on. */
    void forget() {
        confirmed = View.STALE;
        masterVersion = -1;
    }
}
