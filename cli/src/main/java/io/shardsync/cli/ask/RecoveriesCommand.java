package io.shardsync.cli.ask;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardsync.cli.ask.Recoveries.Running;
import io.shardsync.cli.http.Processor;
import io.shardsync.cli.http.Read;
import io.shardsync.cli.http.ServerOptions;
import io.shardsync.cli.print.Durations;
import io.shardsync.cli.print.Exit;
import io.shardsync.cli.print.Failure;
import io.shardsync.cli.print.Io;
import io.shardsync.cli.print.Table;
import io.shardsync.cli.print.Words;
import io.shardsync.cli.send.Follower;
import io.shardsync.cli.send.HttpRoute;
import io.shardsync.cli.send.Outcome;
import io.shardsync.cli.send.Route;
import io.shardsync.cli.send.Told;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code shardsync recoveries}. */
@Command(
        name = "recoveries",
        sortOptions = false,
        description = {
            "Lists the copies that are being built, and commands with how they ended; or shows one command.",
            "Exits with 0, or with 10 if a recovery stands still; with --wait as that command ended."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  shardsync recoveries",
            "  shardsync recoveries --cluster prod --json | jq '.recoveries[].progress.percent'",
            "  shardsync recoveries 5f0f6c1e-8a53-4a6e-9f5e-0d3a7a8f1b11          what was found and done",
            "  shardsync recoveries 5f0f6c1e-8a53-4a6e-9f5e-0d3a7a8f1b11 --wait   and follow it to its end"
        })
public final class RecoveriesCommand implements Callable<Integer> {
    private static final int FEW = 10;

    private final Io io;

    @Parameters(arity = "0..1", paramLabel = "COMMAND_ID", description = "One command.")
    private String commandId;

    @Option(names = "--cluster", paramLabel = "NAME", description = "Only this cluster.")
    private String cluster;

    @Option(names = "--wait", description = "Follow the command to its end.")
    private boolean wait;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "10m",
            converter = Durations.class,
            description = "Follow it no longer than this. Default: ${DEFAULT-VALUE}.")
    private Duration timeout;

    @Option(names = "--json", description = "The answer of the HTTP API, for programs.")
    private boolean json;

    @Mixin
    private ServerOptions server = new ServerOptions();

    public RecoveriesCommand(Io io) {
        this.io = io;
    }

    @Override
    public Integer call() {
        if (wait && commandId == null) {
            throw new Failure(Exit.USAGE, "--wait needs a COMMAND_ID; shardsync recoveries lists them");
        }
        Processor processor = server.connect(io);
        if (commandId == null) {
            return list(processor).code();
        }
        return (wait ? follow(processor) : show(processor)).code();
    }

    private Exit follow(Processor processor) {
        try (Route route = new HttpRoute(processor)) {
            return Outcome.of(io, new Follower(io).follow(route, commandId, timeout), commandId, timeout, json);
        }
    }

    private Exit show(Processor processor) {
        JsonNode answer = processor.get(Processor.path("shards", "recovery", commandId));
        if (json) {
            io.json(answer);
        } else {
            Outcome.print(io, Told.of(answer));
        }
        return Exit.OK;
    }

    private Exit list(Processor processor) {
        if (cluster != null) {
            Clusters.of(processor.get("/clusters"), cluster);
        }
        JsonNode answer = processor.get(
                "/shards/recovery/status" + Processor.query(java.util.Collections.singletonMap("cluster", cluster)));
        List<Running> running = Read.all(Running.class, answer.path("recoveries"));
        if (json) {
            io.json(answer);
        } else {
            print(running, answer.path("commands"));
        }
        return running.stream().anyMatch(Running::stalled) ? Exit.ATTENTION : Exit.OK;
    }

    private void print(List<Running> running, JsonNode commands) {
        if (running.isEmpty()) {
            io.say("No copy is being built.");
        } else {
            io.say(Recoveries.table(running));
        }
        io.say("");
        if (commands.isEmpty()) {
            io.say("No command was sent lately.");
            return;
        }
        Table table = new Table("COMMAND", "TYPE", "CLUSTER", "STATUS", "AGE", "BY", "MESSAGE");
        Instant now = io.clock().instant();
        int shown = 0;
        for (JsonNode each : commands) {
            if (shown++ < FEW) {
                table.row(
                        each.path("command_id").asText(),
                        each.path("type").asText()
                                + (each.path("command").path("dry_run").asBoolean() ? ", dry run" : ""),
                        each.path("cluster").asText(),
                        Words.code(each.path("status").asText()),
                        Words.age(Read.as(Instant.class, each.path("at")), now),
                        each.path("requested_by").asText(),
                        each.path("message").asText());
            }
        }
        io.say(table);
        if (commands.size() > FEW) {
            io.say("… and " + (commands.size() - FEW) + " more with --json");
        }
    }
}
