package io.shardsync.actuator.ledger;

import io.shardsync.schemas.model.RecoveryResult.Status;

/**
 * How a command ends.
 *
 * @param status terminal
 * @param message for people: what happened, or which rule said no
 * @param verified whether the outcome was seen in the routing table
 * @param cause what a failure is counted under; null where it is none
 */
public record Ending(Status status, String message, boolean verified, String cause) {

    /** An end that is neither a success nor a failure of ours. */
    public static Ending of(Status status, String message) {
        return new Ending(status, message, false, null);
    }

    /** Done, and seen to be done. */
    public static Ending verified(String message) {
        return new Ending(Status.SUCCEEDED, message, true, null);
    }

    public static Ending failed(String cause, String message) {
        return new Ending(Status.FAILED, message, false, cause);
    }
}
