package io.shardsync.cli.send;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardsync.cli.http.Processor;
import io.shardsync.cli.http.Read;
import io.shardsync.cli.print.Exit;
import io.shardsync.cli.print.Failure;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.topic.Json;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Over a processor: it knows the clusters and indices, and who asks. */
public final class HttpRoute implements Route {
    private static final Duration PAUSE = Duration.ofMillis(300);

    private final Processor processor;
    private JsonNode newest;
    private boolean sent;
    private String trouble;

    public HttpRoute(Processor processor) {
        this.processor = processor;
    }

    @Override
    public RecoveryCommand send(RecoveryCommand command) {
        ObjectNode body = Json.MAPPER.valueToTree(command);
        body.remove("requested_at");
        String path = "/shards/recovery";
        if (command.type() == CommandType.VERIFY_CONSISTENCY && command.index() != null) {
            path = Processor.path("shards", "consistency", command.index());
            body.remove(List.of("type", "index"));
        }
        RecoveryCommand accepted =
                Read.as(RecoveryCommand.class, processor.post(path, body).path("command"));
        if (accepted == null || accepted.commandId() == null) {
            throw new Failure(
                    Exit.UNREACHABLE,
                    "what answers at " + processor.address() + " took the command and does not say under which id");
        }
        sent = true;
        return accepted;
    }

    @Override
    public Optional<Told> next(String commandId, Duration atMost) {
        pause(atMost);
        JsonNode now;
        try {
            now = processor.get(Processor.path("shards", "recovery", commandId));
            trouble = null;
        } catch (Failure e) {
            // A processor may be restarted while somebody waits, and reads its topics first; the command goes on.
            if (e.exit() == Exit.UNREACHABLE) {
                trouble = e.getMessage();
                return Optional.empty();
            }
            // Kafka has it, and the instance that was asked has not read it yet.
            if (sent && newest == null && e.exit() == Exit.USAGE) {
                return Optional.empty();
            }
            throw e;
        }
        if (now.equals(newest)) {
            return Optional.empty();
        }
        newest = now;
        return Optional.of(Told.of(now));
    }

    private void pause(Duration atMost) {
        try {
            Thread.sleep(Math.min(PAUSE.toMillis(), Math.max(0, atMost.toMillis())));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Exit.FAULT, "interrupted", e);
        }
    }

    @Override
    public Optional<String> trouble() {
        return Optional.ofNullable(trouble);
    }

    @Override
    public void close() {
        // The connections end with the process.
    }
}
