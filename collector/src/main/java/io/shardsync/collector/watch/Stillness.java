package io.shardsync.collector.watch;

import io.shardsync.collector.read.Activity;
import io.shardsync.collector.read.Position;

import java.time.Duration;
import java.time.Instant;

/**
 * Whether copies that were read stand where they stood, so that they need not be read again. They do if all of them
 * were settled, the cluster state is the same (nothing was started, promoted or moved), and no node has been given
 * anything to write: a checkpoint moves by nothing else.
 */
final class Stillness {
    /** Document counts and sizes do move by something else: a refresh, a merge, a flush. */
    private static final Duration LONGEST = Duration.ofMinutes(1);

    private Position position;
    private Activity activity;
    private Instant since;

    /**
     * All copies were read and settled.
     *
     * @param state in which they were read
     * @param before read before them, or a write between both would be missed
     * @param at when
     */
    void begins(Position state, Activity before, Instant at) {
        position = state;
        activity = before;
        since = at;
    }

    /** It has to begin anew. */
    void ends() {
        position = null;
    }

    /** Whether it has lasted until now. */
    boolean lasts(Position state, Activity now, Instant at) {
        return state.equals(position) && now.isStillSince(activity) && isFresh(at);
    }

    /** A clock that was set back tells nothing. */
    private boolean isFresh(Instant at) {
        return !at.isBefore(since) && at.isBefore(since.plus(LONGEST));
    }
}
