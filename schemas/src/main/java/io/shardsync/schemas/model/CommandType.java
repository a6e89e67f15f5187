package io.shardsync.schemas.model;

/** What a {@link RecoveryCommand} can ask for. */
public enum CommandType {
    /** Say why copies are not as they should be; changes nothing. */
    DIAGNOSE(false),
    /** Diagnose, then do the one safe thing for the cause. */
    RECOVER(true),
    /** Let Elasticsearch try again what it gave up on. */
    RETRY_FAILED(true),
    /** Put an allocation switch back to its default, at the scope where it was set. */
    ENABLE_ALLOCATION(true),
    /** Rebuild a replica from its primary, on a node without a copy. */
    RESYNC_REPLICA(true),
    MOVE_SHARD(true),
    CANCEL_RECOVERY(true),
    REBALANCE(true),
    OPTIMIZE_ALLOCATION(true),
    /** Compare the documents of the copies; changes nothing. */
    VERIFY_CONSISTENCY(false),
    CANCEL_COMMAND(false),
    APPROVE_COMMAND(false);

    private final boolean changing;

    CommandType(boolean changing) {
        this.changing = changing;
    }

    /** Whether it may change the cluster, unless it is a dry run. */
    public boolean changing() {
        return changing;
    }
}
