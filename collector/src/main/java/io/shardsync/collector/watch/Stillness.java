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
    /**
     * Document counts and sizes do move by something else: a refresh or a flush soon after the last write, a merge some
     * time later, and then nothing.
     */
    private static final Duration FIRST = Duration.ofMinutes(1);

    private static final Duration LONGEST = Duration.ofMinutes(8);

    private Position position;
    private Activity activity;
    private Instant since;
    private Duration longest = FIRST;
    private boolean begun;

    /**
     * All copies were read and settled. It is believed in twice as long as the last time if nothing has happened since.
     *
     * @param state in which they were read
     * @param before read before them, or a write between both would be missed
     * @param at when
     */
    void begins(Position state, Activity before, Instant at) {
        boolean goesOn = state.equals(position) && before.isStillSince(activity);
        longest = goesOn ? min(longest.multipliedBy(2), LONGEST) : FIRST;
        position = state;
        activity = before;
        since = at;
        begun = true;
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** It has to begin anew. */
    void ends() {
        begun = false;
    }

    /** Whether it has lasted until now. */
    boolean lasts(Position state, Activity now, Instant at) {
        return begun && state.equals(position) && now.isStillSince(activity) && isFresh(at);
    }

    /** A clock that was set back tells nothing. */
    private boolean isFresh(Instant at) {
        return !at.isBefore(since) && at.isBefore(since.plus(longest));
    }
}
