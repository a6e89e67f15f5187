package io.shardsync.processor.serve;

import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.RecoveryCommand;

import java.time.Instant;

/**
 * A command that no actuator has answered yet, with the same names as a result has: so that whoever asks for a command
 * gets an answer from the moment it was sent.
 *
 * @param commandId its id
 * @param command as it was sent
 * @param cluster whose actuator should take it
 * @param type what is asked
 * @param requestedBy who asks
 * @param status always {@code sent}
 * @param at when it was asked
 * @param message for people
 */
record SentCommand(
        String commandId,
        RecoveryCommand command,
        String cluster,
        CommandType type,
        String requestedBy,
        String status,
        Instant at,
        String message) {

    static SentCommand of(RecoveryCommand command) {
        return new SentCommand(
                command.commandId(),
                command,
                command.cluster(),
                command.type(),
                command.requestedBy(),
                "sent",
                command.requestedAt(),
                "sent; no actuator has taken it yet");
    }
}
