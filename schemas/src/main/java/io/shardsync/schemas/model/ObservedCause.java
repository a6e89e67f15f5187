package io.shardsync.schemas.model;

import java.util.Locale;

/**
 * Why a copy is unassigned, as Elasticsearch's {@code unassigned_info} tells it from outside. Whoever alerts names it
 * in a command, and whoever diagnoses looks at the copies that have it, so both take it from here.
 */
public enum ObservedCause {
    NODE_LEFT,
    ALLOCATION_FAILED,
    NEW_OR_RESTORED,
    OTHER;

    /** {@code index.allocation.max_retries}, by default. */
    public static final int MAX_RETRIES = 5;

    /** The word of the contract: {@code node_left}, {@code allocation_failed}, … */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The cause of an unassigned copy.
     *
     * @param reason {@code unassigned_info.reason}; null or one that is not known counts as {@link #OTHER}
     * @param failedAttempts {@code unassigned_info.failed_attempts}, from 0: with {@link #MAX_RETRIES} the allocation
     *     failed, whatever began it
     */
    public static ObservedCause of(String reason, int failedAttempts) {
        if (failedAttempts >= MAX_RETRIES) {
            return ALLOCATION_FAILED;
        }
        return switch (reason == null ? "" : reason) {
            case "NODE_LEFT", "NODE_RESTARTING" -> NODE_LEFT;
            // MANUAL_ALLOCATION is what a retry of failed allocations leaves until the next one fails.
            case "ALLOCATION_FAILED", "PRIMARY_FAILED", "MANUAL_ALLOCATION" -> ALLOCATION_FAILED;
            case "INDEX_CREATED",
                    "INDEX_REOPENED",
                    "INDEX_CLOSED",
                    "REPLICA_ADDED",
                    "CLUSTER_RECOVERED",
                    "NEW_INDEX_RESTORED",
                    "EXISTING_INDEX_RESTORED",
                    "DANGLING_INDEX_IMPORTED" -> NEW_OR_RESTORED;
            default -> OTHER;
        };
    }
}
