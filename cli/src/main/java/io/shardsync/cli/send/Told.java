package io.shardsync.cli.send;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardsync.cli.http.Read;
import io.shardsync.schemas.model.RecoveryResult;

import java.util.Optional;

/**
 * What is known of a command.
 *
 * @param json as it was told, for programs
 * @param result empty as long as no actuator has answered
 */
public record Told(JsonNode json, Optional<RecoveryResult> result) {
    private static final String SENT = "sent";

    public static Told of(JsonNode json) {
        return new Told(
                json,
                SENT.equals(json.path("status").asText())
                        ? Optional.empty()
                        : Optional.of(Read.as(RecoveryResult.class, json)));
    }

    /** Whether nothing more follows. */
    boolean over() {
        return result.isPresent() && result.get().status().terminal();
    }
}
