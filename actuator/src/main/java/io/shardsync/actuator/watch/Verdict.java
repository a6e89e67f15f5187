package io.shardsync.actuator.watch;

import io.shardsync.schemas.model.RecoveryResult.Progress;

/** What a sighting means. */
public enum Verdict {
    /** Every targeted copy serves. */
    HEALED,
    /** Copies are unassigned and nothing has been running for a while. */
    STUCK,
    /** Nothing has advanced for as long as one is willing to wait. */
    TOO_LONG,
    GOING_ON;

    /**
     * A verdict and how far it has come.
     *
     * @param verdict the verdict
     * @param progress percent of the targeted copies, bytes and time still to go
     */
    public record Seen(Verdict verdict, Progress progress) {}
}
