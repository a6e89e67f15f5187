package io.shardsync.cli.send;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardsync.cli.http.Read;
import io.shardsync.cli.print.Exit;
import io.shardsync.cli.print.Failure;
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

    /** @throws Failure if it is no result, or one that does not say how the command stands */
    public static Told of(JsonNode json) {
        if (SENT.equals(json.path("status").asText())) {
            return new Told(json, Optional.empty());
        }
        RecoveryResult result = Read.as(RecoveryResult.class, json);
        if (result.status() == null) {
            throw new Failure(Exit.UNREACHABLE, "the answer is no RecoveryResult: it has no status");
        }
        return new Told(json, Optional.of(result));
    }

    /** Whether nothing more follows. */
    boolean over() {
        return result.isPresent() && result.get().status().terminal();
    }
}
