package io.shardsync.actuator.ledger;

import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.RecoveryResult.Status;

import java.time.Instant;
import java.util.Map;

/** First records about commands. */
final class Results {
    static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private Results() {}

    /** Of a command that bob sent for cluster prod. */
    static RecoveryResult result(String id, CommandType type, Status status, Map<String, Object> params) {
        RecoveryCommand command = RecoveryCommand.builder(type, "prod")
                .commandId(id)
                .requested("bob", NOW, NOW.plusSeconds(60))
                .params(params)
                .build();
        return Draft.first(command, status, NOW, "").at(NOW);
    }
}
