package io.shardsync.collector.watch;

import io.shardsync.schemas.model.ClusterSnapshot.Failure;

/** The hosts that have failed one after the other, since the last one that did not. */
final class Tries {
    private int count;
    private Failure telling;
    private boolean answered;
    private boolean silent;

    /** @param answers whether anybody answered there: a refusal tells more than silence, and can be mended */
    void failed(Failure failure, boolean answers) {
        count++;
        if (answers || !answered) {
            telling = failure;
        }
        answered |= answers;
        silent |= !answers;
    }

    int count() {
        return count;
    }

    /** Whether one of them may hang. */
    boolean someSilent() {
        return silent;
    }

    /** Of all failures the one to be told; the last of several that tell as much. */
    Failure telling() {
        return telling;
    }

    void reset() {
        count = 0;
        telling = null;
        answered = false;
        silent = false;
    }
}
