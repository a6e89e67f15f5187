package io.shardsync.processor.alert;

import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.RecoveryCommand;

/** What the judgement of a cluster leads to. */
public sealed interface Outgoing {
    /** @param alert null to forget an alert that was resolved long ago */
    record Told(String fingerprint, Alert alert) implements Outgoing {}

    record Asked(RecoveryCommand command) implements Outgoing {}
}
