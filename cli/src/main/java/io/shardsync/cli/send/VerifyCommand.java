package io.shardsync.cli.send;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardsync.cli.http.Processor;
import io.shardsync.cli.http.Read;
import io.shardsync.cli.http.ServerOptions;
import io.shardsync.cli.print.Durations;
import io.shardsync.cli.print.Exit;
import io.shardsync.cli.print.Failure;
import io.shardsync.cli.print.Io;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.ConsistencyReport;
import io.shardsync.schemas.model.ConsistencyReport.Method;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.model.RecoveryResult;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.StreamSupport;

/** {@code shardsync verify}. */
@Command(
        name = "verify",
        sortOptions = false,
        description = {
            "Compares the documents of an index's copies, each read from its own node, and waits for the report.",
            "Exits with 0 if they are equal, with 10 if they diverge, with 11 if it could not be told. Changes nothing."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  shardsync verify orders",
            "  shardsync verify orders --shard 0 --depth content",
            "  shardsync verify orders --cluster prod --timeout 2h --json | jq '.shards[].copies[].verdict'"
        })
public final class VerifyCommand implements Callable<Integer> {
    private static final Duration EXPIRY = Duration.ofMinutes(15);

    /** Result and report are two topics: who reads one may be a moment behind on the other. */
    private static final Duration REPORT_WITHIN = Duration.ofSeconds(15);

    private static final Duration PAUSE = Duration.ofMillis(300);

    private final Io io;

    @Parameters(index = "0", paramLabel = "INDEX", description = "Which index.")
    private String index;

    @Option(names = "--cluster", paramLabel = "NAME", description = "Which cluster. May be absent where there is one.")
    private String cluster;

    @Option(names = "--shard", paramLabel = "N", description = "Only this shard.")
    private Integer shard;

    @Option(
            names = "--depth",
            paramLabel = "DEPTH",
            defaultValue = "versions",
            description = "versions: ids and sequence numbers; content: what is in the documents as well, which takes"
                    + " longer. Default: ${DEFAULT-VALUE}.")
    private Depth depth;

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the audit.")
    private String reason;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "30m",
            converter = Durations.class,
            description = "Wait no longer than this; the check goes on. Default: ${DEFAULT-VALUE}.")
    private Duration timeout;

    @Option(names = "--json", description = "The report, for programs.")
    private boolean json;

    @Mixin
    private ServerOptions server = new ServerOptions();

    public VerifyCommand(Io io) {
        this.io = io;
    }

    /** What is compared. */
    enum Depth {
        versions,
        content
    }

    @Override
    public Integer call() {
        Processor processor = server.connect(io);
        try (Route route = new HttpRoute(processor)) {
            RecoveryCommand sent = route.send(command());
            Optional<Told> told = new Follower(io).follow(route, sent.commandId(), timeout);
            if (told.isEmpty() || !succeeded(told.get())) {
                return Outcome.of(io, told, sent.commandId(), timeout, json).code();
            }
            return report(processor, sent).code();
        }
    }

    private static boolean succeeded(Told told) {
        return told.result()
                .filter(result -> result.status() == RecoveryResult.Status.SUCCEEDED)
                .isPresent();
    }

    private RecoveryCommand command() {
        Instant now = io.clock().instant().truncatedTo(ChronoUnit.MILLIS);
        return RecoveryCommand.builder(CommandType.VERIFY_CONSISTENCY, cluster)
                .index(index)
                .shard(shard)
                .requested(System.getProperty("user.name", "unknown"), now, now.plus(EXPIRY))
                .reason(reason)
                .params(Map.of("depth", depth.name()))
                .build();
    }

    private Exit report(Processor processor, RecoveryCommand sent) {
        JsonNode found = awaitReport(processor, sent);
        ConsistencyReport report = Read.as(ConsistencyReport.class, found);
        if (json) {
            io.json(found);
        } else {
            Verdicts.print(io, report, shard);
        }
        return Verdicts.exit(report, shard);
    }

    private JsonNode awaitReport(Processor processor, RecoveryCommand sent) {
        String path = Processor.path("shards", "consistency", index)
                + Processor.query(new LinkedHashMap<>(Collections.singletonMap("cluster", sent.cluster())));
        long deadline = System.nanoTime() + REPORT_WITHIN.toNanos();
        while (true) {
            Optional<JsonNode> report = StreamSupport.stream(
                            processor.get(path).path("reports").spliterator(), false)
                    .filter(each -> isAbout(each, sent))
                    .findFirst();
            if (report.isPresent()) {
                return report.get();
            }
            if (System.nanoTime() > deadline) {
                throw new Failure(
                        Exit.UNKNOWN,
                        "the check " + sent.commandId() + " succeeded, but no report of " + sent.cluster() + "/" + index
                                + " has come within " + REPORT_WITHIN.toSeconds() + " s");
            }
            pause();
        }
    }

    /** This check's own, or one that came after it and took its place. */
    private static boolean isAbout(JsonNode node, RecoveryCommand sent) {
        ConsistencyReport report = Read.as(ConsistencyReport.class, node);
        return report.method() == Method.FINGERPRINT
                && (sent.commandId().equals(report.commandId())
                        || report.checkedAt().isAfter(sent.requestedAt()));
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Exit.FAULT, "interrupted", e);
        }
    }
}
