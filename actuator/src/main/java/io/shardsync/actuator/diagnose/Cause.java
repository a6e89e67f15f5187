package io.shardsync.actuator.diagnose;

import java.util.Locale;

/** Why a copy is not assigned, and what kind of answer that allows. */
public enum Cause {
    MAX_RETRIES(Answer.ACT, "retry once what Elasticsearch gave up on (reroute?retry_failed)"),
    CLUSTER_ALLOCATION_OFF(Answer.ACT, "put the cluster's allocation switch back at the scope where it was set"),
    INDEX_ALLOCATION_OFF(Answer.ACT, "put the index's allocation switch back"),
    RECOVERY_STALLED(Answer.ACT, "cancel the replica's recovery and let the next attempt be made on another node"),
    REPLICA_STUCK(
            Answer.ACT,
            "rebuild it from its primary on a node without a copy (RESYNC_REPLICA), once the direction is proven"),
    NODE_LEFT_DELAYED(Answer.WAIT, null),
    THROTTLED(Answer.WAIT, null),
    INITIALIZING(Answer.WAIT, null),
    CORRUPT_COPY(Answer.WAIT, null),
    TOO_FEW_NODES(Answer.NOTHING_SAFE, null),
    FILTER(Answer.NOTHING_SAFE, null),
    AWARENESS(Answer.NOTHING_SAFE, null),
    DISK_WATERMARK(Answer.NOTHING_SAFE, null),
    SHARDS_LIMIT(Answer.NOTHING_SAFE, null),
    NO_VALID_COPY(Answer.PEOPLE_ONLY, null),
    STALE_COPY_ONLY(Answer.PEOPLE_ONLY, null),
    WAITS_FOR_PRIMARY(Answer.PEOPLE_ONLY, null),
    OTHER(Answer.NOTHING_SAFE, null);

    /** What may be done about a cause. */
    public enum Answer {
        /** There is one safe call. */
        ACT,
        /** Elasticsearch does it by itself. */
        WAIT,
        /** Something is missing that no safe call can bring. */
        NOTHING_SAFE,
        /** Data is at stake; only people decide. */
        PEOPLE_ONLY
    }

    private final Answer answer;
    private final String safeAction;

    Cause(Answer answer, String safeAction) {
        this.answer = answer;
        this.safeAction = safeAction;
    }

    /** The name in the contract, such as {@code max_retries}. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    public Answer answer() {
        return answer;
    }

    /** What can safely be done, for people; null where nothing can. */
    public String safeAction() {
        return safeAction;
    }
}
