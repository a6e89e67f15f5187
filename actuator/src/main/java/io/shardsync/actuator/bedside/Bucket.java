package io.shardsync.actuator.bedside;

/**
 * What stands for the live documents of one range of sequence numbers in one copy. Sums are exact as long as they stay
 * below 2^53, which the ranges are small enough for.
 *
 * @param docs how many there are
 * @param seqNos sum of their {@code _seq_no}
 * @param least smallest {@code _seq_no}
 * @param most largest {@code _seq_no}
 * @param versions sum of their {@code _version}
 */
public record Bucket(long docs, double seqNos, double least, double most, double versions) {
    /** Of a range without a live document. */
    public static final Bucket EMPTY = new Bucket(0, 0, 0, 0, 0);
}
