package io.shardsync.actuator.watch;

import io.shardsync.schemas.model.RecoveryResult.Progress;

import java.time.Duration;
import java.time.Instant;

/** Follows one heal from sighting to sighting; knows no clock, only the times of the sightings. */
public final class Watch {
    private final Duration patience;
    private final Duration settle;

    private Sighting previous;
    private Instant advanced;
    private Instant idleSince;

    /**
     * @param patience how long it may go on without any progress; starts anew with each byte, operation or copy
     * @param settle how long copies may be unassigned with nothing running: between two attempts Elasticsearch itself
     *     takes a moment
     */
    public Watch(Duration patience, Duration settle) {
        this.patience = patience;
        this.settle = settle;
    }

    /** Judges the next sighting. */
    public Verdict.Seen see(Sighting now) {
        if (previous == null || advancedSince(previous, now)) {
            advanced = now.at();
        }
        boolean idle = now.initializing() == 0 && now.recoveries().running() == 0;
        idleSince = !idle ? null : idleSince == null ? now.at() : idleSince;
        Progress progress = progress(now);
        previous = now;
        return new Verdict.Seen(verdict(now), progress);
    }

    /** Whoever knows that Elasticsearch only waits, says so: being idle counts from anew. */
    public void waitsForGoodReason() {
        idleSince = null;
    }

    private Verdict verdict(Sighting now) {
        if (now.healed()) {
            return Verdict.HEALED;
        }
        if (idleSince != null && !now.at().isBefore(idleSince.plus(settle))) {
            return Verdict.STUCK;
        }
        return now.at().isAfter(advanced.plus(patience)) ? Verdict.TOO_LONG : Verdict.GOING_ON;
    }

    private static boolean advancedSince(Sighting before, Sighting now) {
        // Sums fall when a recovery ends, so any change counts.
        return now.started() > before.started()
                || now.recoveries().bytesDone() != before.recoveries().bytesDone()
                || now.recoveries().opsDone() != before.recoveries().opsDone();
    }

    private Progress progress(Sighting now) {
        if (now.copies() == 0) {
            return new Progress(100.0, 0L, 0L);
        }
        var recoveries = now.recoveries();
        double copied = recoveries.bytesTotal() == 0 ? 0 : (double) recoveries.bytesDone() / recoveries.bytesTotal();
        double percent = 100.0 * (now.started() + copied * now.initializing()) / now.copies();
        return new Progress(
                Math.min(100.0, Math.round(percent * 10) / 10.0),
                recoveries.running() == 0 ? null : recoveries.bytesRemaining(),
                eta(now));
    }

    private Long eta(Sighting now) {
        if (previous == null || now.recoveries().bytesRemaining() == 0) {
            return null;
        }
        long bytes = now.recoveries().bytesDone() - previous.recoveries().bytesDone();
        long millis = Duration.between(previous.at(), now.at()).toMillis();
        return bytes <= 0 || millis <= 0 ? null : now.recoveries().bytesRemaining() * millis / bytes;
    }
}
