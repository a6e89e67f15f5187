package io.shardsync.cli.send;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.shardsync.cli.http.ServerOptions;
import io.shardsync.cli.kafka.KafkaOptions;
import io.shardsync.cli.print.Durations;
import io.shardsync.cli.print.Exit;
import io.shardsync.cli.print.Failure;
import io.shardsync.cli.print.Io;
import io.shardsync.cli.print.Plain;
import io.shardsync.runtime.config.ClusterConfig;
import io.shardsync.runtime.config.CommonConfig;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.topic.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;

/** {@code shardsync command}. */
@Command(
        name = "command",
        sortOptions = false,
        description = {
            "Sends a command to the actuator, over a processor, or with --config straight to Kafka.",
            "Look first: --dry-run --wait shows the calls that would be made. Without --wait it ends once Kafka has the"
                    + " command, which means that nothing was done yet."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  shardsync command diagnose --cluster prod --wait           why is it as it is?",
            "  shardsync command recover --cluster prod --dry-run --wait  what would you do?",
            "  shardsync command recover --cluster prod --reason 'disk exchanged' --wait",
            "  shardsync command retry-failed --cluster prod --wait --timeout 10m",
            "  shardsync command move-shard --index orders --shard 0 --node n1 --target-node n2 --wait",
            "  shardsync command cancel-command --of 5f0f6c1e-8a53-4a6e-9f5e-0d3a7a8f1b11",
            "  shardsync command recover --cluster prod --config shardsync.properties --wait"
        })
public final class SendCommand implements Callable<Integer> {
    private static final Duration EXPIRY = Duration.ofMinutes(15);

    private final Io io;

    @Parameters(
            index = "0",
            paramLabel = "TYPE",
            converter = TypeNames.class,
            completionCandidates = TypeNames.class,
            description = "What is asked: ${COMPLETION-CANDIDATES}.")
    private CommandType type;

    @Option(
            names = "--cluster",
            paramLabel = "NAME",
            description = "Which cluster. May be absent where there is only one.")
    private String cluster;

    @Option(names = "--index", paramLabel = "INDEX", description = "Only this index.")
    private String index;

    @Option(names = "--shard", paramLabel = "N", description = "Only this shard of the index.")
    private Integer shard;

    @Option(names = "--node", paramLabel = "NODE", description = "The copy's node, by name.")
    private String node;

    @Option(names = "--target-node", paramLabel = "NODE", description = "Where to, by name.")
    private String targetNode;

    @Option(names = "--cause", paramLabel = "CAUSE", description = "Narrows recover to one cause, such as max_retries.")
    private String cause;

    @Option(names = "--of", paramLabel = "COMMAND_ID", description = "Which command to cancel or to approve.")
    private String of;

    @Option(
            names = "--param",
            paramLabel = "KEY=VALUE",
            description = "What the type needs beyond that; may be repeated.")
    private Map<String, String> params = new LinkedHashMap<>();

    @Option(names = "--dry-run", description = "Only say what would be done.")
    private boolean dryRun;

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the audit.")
    private String reason;

    @Option(
            names = "--by",
            paramLabel = "NAME",
            description =
                    "Who asks. Does not count where a token of one's own says who it is. Default: the user's name.")
    private String by;

    @Option(
            names = "--expires-in",
            paramLabel = "TIME",
            converter = Durations.class,
            description = "Not to be started later than this; at most 7d. Default: 15m.")
    private Duration expiry = EXPIRY;

    @Option(
            names = "--id",
            paramLabel = "UUID",
            description = "The command's id: the same one is executed once, however often it is sent.")
    private UUID id;

    @Option(names = "--wait", description = "Follow it to its end. The exit code says how it ended.")
    private boolean wait;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "10m",
            converter = Durations.class,
            description = "Follow it no longer than this; it goes on. Default: ${DEFAULT-VALUE}.")
    private Duration timeout;

    @Option(names = "--json", description = "The command, or with --wait its last result, for programs.")
    private boolean json;

    @Mixin
    private ServerOptions server = new ServerOptions();

    @Mixin
    private KafkaOptions kafka = new KafkaOptions();

    public SendCommand(Io io) {
        this.io = io;
    }

    @Override
    public Integer call() {
        if (server.named() && kafka.named()) {
            throw new Failure(Exit.USAGE, "--url and --config are two ways to the same actuator; give one of them");
        }
        return (kafka.named() ? overKafka() : over(new HttpRoute(server.connect(io)), cluster)).code();
    }

    private Exit overKafka() {
        CommonConfig config = kafka.read(io).common();
        String known = clusterOf(config);
        return over(new KafkaRoute(config, id != null), known);
    }

    /** Nobody answers a command for a cluster that nobody has, so a misspelt name should not wait for that. */
    private String clusterOf(CommonConfig config) {
        List<String> configured =
                config.clusters().stream().map(ClusterConfig::name).toList();
        if (cluster == null && configured.size() == 1) {
            return configured.get(0);
        }
        if (cluster == null || !configured.isEmpty() && !configured.contains(cluster)) {
            throw new Failure(
                    Exit.USAGE,
                    "--cluster is " + (cluster == null ? "missing" : "'" + cluster + "'") + ", allowed: "
                            + (configured.isEmpty() ? "the name of a cluster" : String.join(", ", configured)));
        }
        return cluster;
    }

    private Exit over(Route route, String where) {
        try (route) {
            RecoveryCommand sent = route.send(command(where));
            return wait ? follow(route, sent) : say(sent);
        }
    }

    private Exit say(RecoveryCommand sent) {
        if (json) {
            io.json(Json.MAPPER.valueToTree(sent));
        } else {
            io.say("sent  " + sent.type() + " to " + Plain.line(sent.cluster()) + (sent.dryRun() ? ", dry run" : "")
                    + "  " + sent.commandId());
            io.say("follow it:  shardsync recoveries " + sent.commandId() + " --wait");
        }
        return Exit.OK;
    }

    private Exit follow(Route route, RecoveryCommand sent) {
        Optional<Told> told = new Follower(io).follow(route, sent.commandId(), timeout);
        return Outcome.of(io, told, sent.commandId(), timeout, json);
    }

    private RecoveryCommand command(String where) {
        Instant now = io.clock().instant().truncatedTo(ChronoUnit.MILLIS);
        return RecoveryCommand.builder(type, where)
                .commandId((id == null ? UUID.randomUUID() : id).toString())
                .index(index)
                .shard(shard)
                .node(node)
                .targetNode(targetNode)
                .cause(cause)
                .dryRun(dryRun)
                .requested(by == null ? System.getProperty("user.name", "unknown") : by, now, now.plus(expiry))
                .reason(reason)
                .params(parameters())
                .build();
    }

    private Map<String, Object> parameters() {
        Map<String, Object> all = new LinkedHashMap<>();
        params.forEach((key, value) -> all.put(key, typed(value)));
        if (of != null) {
            all.put("command_id", of);
        }
        return all;
    }

    /** Numbers and true or false as such, anything else as text. */
    private static Object typed(String value) {
        try {
            JsonNode node = Json.MAPPER.readTree(value);
            return node.isNumber() || node.isBoolean() ? Json.MAPPER.treeToValue(node, Object.class) : value;
        } catch (JsonProcessingException e) {
            return value;
        }
    }
}
