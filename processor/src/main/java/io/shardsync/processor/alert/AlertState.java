package io.shardsync.processor.alert;

import io.shardsync.schemas.model.Alert;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * One alert's life so far.
 *
 * @param phase where it stands
 * @param since when the condition began to hold
 * @param lastTrue when it last held; null while that can't be judged, so that what is left to wait begins anew when it
 *     can
 * @param occurrences how often it has fired
 * @param changes when it began or ceased to fire, within the flapping window
 * @param clear how long the condition has to be gone before the alert is resolved
 * @param alert as last published; null while pending for the first time
 * @param traceparent the trace of the newest collection when it was first noticed, so that all that comes of it is one
 *     trace; null where that had none
 */
public record AlertState(
        Phase phase,
        Instant since,
        Instant lastTrue,
        int occurrences,
        List<Instant> changes,
        Duration clear,
        Alert alert,
        String traceparent) {

    public enum Phase {
        PENDING,
        FIRING,
        RESOLVED
    }

    public AlertState {
        changes = changes == null ? List.of() : List.copyOf(changes);
    }

    /** The same on another clock: what it said of its beginning stands once it has been told. */
    AlertState shifted(Duration by) {
        return new AlertState(
                phase,
                firing() ? since : since.plus(by),
                lastTrue == null ? null : lastTrue.plus(by),
                occurrences,
                changes,
                clear,
                alert,
                traceparent);
    }

    AlertState lastTrueAt(Instant moment) {
        return new AlertState(phase, since, moment, occurrences, changes, clear, alert, traceparent);
    }

    public boolean firing() {
        return phase == Phase.FIRING;
    }
}
