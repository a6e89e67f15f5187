package io.shardsync.schemas.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything there is to say about a command so far: the newest record alone tells the whole story, and is all that a
 * successor of a dead actuator needs. Exactly one record of a command is terminal.
 *
 * @param commandId the record's key
 * @param command as it was asked; null if it could not be read
 * @param cluster the configured cluster name; null if the command named none
 * @param clusterUuid the cluster that was talked to; null before that
 * @param type null if it could not be read
 * @param requestedBy null if it could not be read
 * @param alertFingerprint the alert it answers
 * @param sequence 0, 1, 2, … within the command
 * @param status where it stands
 * @param at when this was written
 * @param attempt 1 for the first start, higher after a restart of the actuator
 * @param message for people: what happened, or which rule said no
 * @param diagnosis why, by cause
 * @param plan the calls that will be, would be or were made
 * @param steps what was done so far
 * @param undo settings changed, with their former values
 * @param resume what a successor needs to go on
 * @param progress of a long action; null where there is none
 * @param verified whether the outcome was seen in the routing table
 * @param tookMs since it was accepted
 */
public record RecoveryResult(
        String commandId,
        @JsonInclude(JsonInclude.Include.NON_NULL) RecoveryCommand command,
        String cluster,
        String clusterUuid,
        CommandType type,
        String requestedBy,
        @JsonInclude(JsonInclude.Include.NON_NULL) String alertFingerprint,
        long sequence,
        Status status,
        Instant at,
        int attempt,
        String message,
        List<Diagnosis> diagnosis,
        List<PlannedCall> plan,
        List<Step> steps,
        List<Undo> undo,
        Map<String, Object> resume,
        Progress progress,
        boolean verified,
        long tookMs)
        implements Message {

    public RecoveryResult {
        diagnosis = diagnosis == null ? List.of() : List.copyOf(diagnosis);
        plan = plan == null ? List.of() : List.copyOf(plan);
        steps = steps == null ? List.of() : List.copyOf(steps);
        undo = undo == null ? List.of() : List.copyOf(undo);
        resume = resume == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(resume));
    }

    public enum Status {
        @JsonProperty("accepted")
        ACCEPTED(false),
        @JsonProperty("awaiting_approval")
        AWAITING_APPROVAL(false),
        @JsonProperty("running")
        RUNNING(false),
        @JsonProperty("succeeded")
        SUCCEEDED(true),
        @JsonProperty("failed")
        FAILED(true),
        @JsonProperty("rejected")
        REJECTED(true),
        @JsonProperty("expired")
        EXPIRED(true),
        @JsonProperty("nothing_to_do")
        NOTHING_TO_DO(true),
        @JsonProperty("dry_run")
        DRY_RUN(true),
        /** A safety rule said no; the message says which. */
        @JsonProperty("held")
        HELD(true),
        @JsonProperty("cancelled")
        CANCELLED(true);

        private final boolean terminal;

        Status(boolean terminal) {
            this.terminal = terminal;
        }

        /** Whether no further record of the command follows. */
        public boolean terminal() {
            return terminal;
        }
    }

    /**
     * @param cause a cause code of the contract
     * @param copies how many copies have it
     * @param decider the allocation decider that said no; null where none did
     * @param explanation in words, with the deciding setting, node, bytes or failure
     * @param safeAction what can safely be done; null where nothing can
     */
    public record Diagnosis(String cause, int copies, String decider, String explanation, String safeAction) {}

    /**
     * @param action what it is for
     * @param method HTTP method
     * @param path with query
     * @param body JSON; null where there is none
     * @param affects every shard or setting it touches
     */
    public record PlannedCall(String action, String method, String path, JsonNode body, List<String> affects) {
        public PlannedCall {
            affects = affects == null ? List.of() : List.copyOf(affects);
        }
    }

    public record Step(Instant at, String action, String outcome) {}

    /** @param former null where it was not set */
    public record Undo(String setting, String scope, String former) {}

    /** Fields are null while unknown. */
    public record Progress(Double percent, Long bytesRemaining, Long etaMs) {}

    @Override
    public String eventId() {
        return commandId + ":" + sequence;
    }

    @Override
    public Instant eventTime() {
        return at;
    }
}
