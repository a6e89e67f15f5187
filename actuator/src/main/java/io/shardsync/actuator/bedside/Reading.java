package io.shardsync.actuator.bedside;

/**
 * What one copy answers to a realtime read of one id.
 *
 * @param found whether it has the document
 * @param seqNo {@code _seq_no}; -1 where it has not
 * @param term {@code _primary_term}; 0 where it has not
 * @param version {@code _version}; 0 where it has not
 */
public record Reading(boolean found, long seqNo, long term, long version) {
    public static final Reading ABSENT = new Reading(false, -1, 0, 0);

    /** A document that is there. */
    public static Reading of(long seqNo, long term, long version) {
        return new Reading(true, seqNo, term, version);
    }
}
