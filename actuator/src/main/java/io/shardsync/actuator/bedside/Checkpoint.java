package io.shardsync.actuator.bedside;

/**
 * How far one copy has come.
 *
 * @param maxSeqNo {@code seq_no.max_seq_no}: the newest operation it has seen; -1 where it never had one
 * @param local {@code seq_no.local_checkpoint}: up to here it has every operation; -1 where it has none
 */
public record Checkpoint(long maxSeqNo, long local) {}
