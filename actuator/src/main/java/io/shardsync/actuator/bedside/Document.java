package io.shardsync.actuator.bedside;

/**
 * A live document as a search in one copy shows it.
 *
 * @param id {@code _id}
 * @param routing {@code _routing}; null where it has none of its own
 * @param seqNo {@code _seq_no}
 * @param term {@code _primary_term}
 * @param version {@code _version}
 * @param digest of its content; null where that was not asked for
 */
public record Document(String id, String routing, long seqNo, long term, long version, String digest) {

    /** Whether another copy shows the same, as far as both were asked. */
    public boolean sameAs(Document other) {
        return sameVersion(other) && (digest == null || other.digest == null || digest.equals(other.digest));
    }

    /** Whether it is the outcome of the same operation on the same document. */
    public boolean sameVersion(Document other) {
        return id.equals(other.id) && seqNo == other.seqNo && term == other.term && version == other.version;
    }
}
