package io.shardsync.schemas.model;

import com.fasterxml.jackson.annotation.JsonInclude;

import java.time.Instant;

/**
 * One step of a command as it happened: the audit trail, kept even where the cumulative result has moved on.
 *
 * @param commandId the record's key
 * @param cluster the configured cluster name; null if the command named none
 * @param sequence 0, 1, 2, … within the command
 * @param at when
 * @param action what was done, or is about to be
 * @param outcome how it went; {@code intent} for what is about to be done
 * @param call the call it is about; null where it is about none
 */
public record RecoveryStep(
        String commandId,
        String cluster,
        long sequence,
        Instant at,
        String action,
        String outcome,
        @JsonInclude(JsonInclude.Include.NON_NULL) RecoveryResult.PlannedCall call)
        implements Message {

    /** The outcome of a step that has been committed and not been taken yet. */
    public static final String INTENT = "intent";

    @Override
    public String eventId() {
        return commandId + ":" + sequence;
    }

    @Override
    public Instant eventTime() {
        return at;
    }
}
