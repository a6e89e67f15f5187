package io.shardsync.actuator.compare;

import io.shardsync.actuator.bedside.Reading;

/** What three reads of one document, of the primary, the replica and the primary again, prove. */
enum Judgement {
    EQUAL,
    /** On the primary, not on the replica. */
    MISSING,
    /** On the replica, not on the primary. */
    EXTRA,
    /** On both, not the outcome of the same operation. */
    DIFFERENT,
    /** It was written in between: nothing is proved either way. */
    AGAIN;

    /**
     * Judges one document. The replica was read after it had every operation that the primary had after its first read.
     * So whatever the primary said then, the replica knew when it was asked.
     *
     * @param before the primary
     * @param replica the replica, after its catch-up
     * @param after the primary once more
     * @param done up to here the primary had done every operation before its first read
     * @param newest the primary's newest operation, asked after all reads: it never had a later one
     * @param upTo the newest operation the check is about
     */
    static Judgement of(Reading before, Reading replica, Reading after, long done, long newest, long upTo) {
        if (!before.equals(after)) {
            boolean rewritten = after.found() && replica.found() && after.seqNo() > upTo && replica.seqNo() > upTo;
            // One that is written all the time never holds still; what the check was about is gone from both.
            return rewritten ? EQUAL : AGAIN;
        }
        if (before.equals(replica)) {
            return EQUAL;
        }
        if (before.found()) {
            return replica.found() ? DIFFERENT : MISSING;
        }
        // That the primary lacked it twice does not say that it lacked it in between: it may have been made and deleted
        // again, unless that was done before the first read, or the primary never came so far.
        return replica.seqNo() > done && replica.seqNo() <= newest ? AGAIN : EXTRA;
    }

    /** Whether nothing that the replica holds would be lost if it were made like the primary. */
    static boolean primaryCovers(Reading primary, Reading replica) {
        return !replica.found() || primary.found() && primary.seqNo() >= replica.seqNo();
    }
}
