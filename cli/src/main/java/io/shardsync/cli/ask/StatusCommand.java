package io.shardsync.cli.ask;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardsync.cli.http.Processor;
import io.shardsync.cli.http.Read;
import io.shardsync.cli.http.ServerOptions;
import io.shardsync.cli.print.Exit;
import io.shardsync.cli.print.Failure;
import io.shardsync.cli.print.Io;
import io.shardsync.cli.print.Words;
import io.shardsync.schemas.model.ReplicationStatus;
import io.shardsync.schemas.model.ReplicationStatus.Health;
import io.shardsync.schemas.model.ShardKey;
import io.shardsync.schemas.topic.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/** {@code shardsync status}. */
@Command(
        name = "status",
        description = {
            "Says which shards are not in sync, how far behind their copies are, and why.",
            "Exits with 0 if everything asked about is in sync, with 10 if something is not, with 11 if it can't be told."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  shardsync status                            clusters, and what is not in sync in them",
            "  shardsync status prod/orders/0              everything about one shard",
            "  shardsync status --index 'logs-*' --all     every shard of these indices",
            "  shardsync status --health no_primary --json | jq -r '.shards[].index'",
            "  shardsync status --cluster prod >/dev/null && deploy",
        })
public final class StatusCommand implements Callable<Integer> {
    private static final int PAGE = 1_000;
    private static final String NOT_IN_SYNC = Arrays.stream(Health.values())
            .filter(health -> health != Health.IN_SYNC)
            .map(StatusCommand::name)
            .collect(Collectors.joining(","));

    private final Io io;

    @Mixin
    private ServerOptions server = new ServerOptions();

    @Parameters(arity = "0..1", paramLabel = "CLUSTER/INDEX/SHARD", description = "One shard, such as prod/orders/0.")
    private String shard;

    @Option(names = "--cluster", paramLabel = "NAME", description = "Only this cluster.")
    private String cluster;

    @Option(names = "--index", paramLabel = "PATTERN", description = "Only these indices; * stands for anything.")
    private String index;

    @Option(
            names = "--health",
            paramLabel = "HEALTH",
            split = ",",
            completionCandidates = HealthNames.class,
            description = "Only shards in this state, or these with commas between: ${COMPLETION-CANDIDATES}.")
    private List<String> health;

    @Option(names = "--all", description = "Shards that are in sync as well, and however many there are.")
    private boolean all;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "50",
            description = "At most so many shards. Default: ${DEFAULT-VALUE}.")
    private int limit;

    @Option(names = "--json", description = "The answer of the HTTP API, for programs.")
    private boolean json;

    public StatusCommand(Io io) {
        this.io = io;
    }

    /** For the help and for completion. */
    static final class HealthNames implements Iterable<String> {
        @Override
        public java.util.Iterator<String> iterator() {
            return Arrays.stream(Health.values()).map(StatusCommand::name).iterator();
        }
    }

    private static String name(Health health) {
        return health.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public Integer call() {
        if (limit < 1) {
            throw new Failure(Exit.USAGE, "--limit is " + limit + ", allowed: 1 and more");
        }
        Processor processor = server.connect(io);
        return (shard == null ? overview(processor) : one(processor)).code();
    }

    private Exit one(Processor processor) {
        if (cluster != null || index != null || health != null || all) {
            throw new Failure(
                    Exit.USAGE, "one shard is named already; --cluster, --index, --health and --all go without");
        }
        ShardKey key = key();
        JsonNode answer = processor.get(
                Processor.path("shards", "replication", key.cluster(), key.index(), String.valueOf(key.shard())));
        ReplicationStatus status = Read.as(ReplicationStatus.class, answer);
        if (json) {
            io.json(answer);
        } else {
            Instant now = io.clock().instant();
            io.say(Shards.table(List.of(status), true, now));
            io.say("");
            io.say("judged " + Words.ago(status.evaluatedAt(), now) + ", last in sync "
                    + (status.inSync() ? "now" : Words.ago(status.lastSyncTime(), now)) + ", documents compared "
                    + (status.verified() == null
                            ? "never"
                            : Words.ago(status.verified().at(), now) + ": "
                                    + Words.code(status.verified().verdict())));
        }
        return status.inSync() ? Exit.OK : status.health() == Health.UNKNOWN ? Exit.UNKNOWN : Exit.ATTENTION;
    }

    private ShardKey key() {
        try {
            return ShardKey.parse(shard);
        } catch (IllegalArgumentException e) {
            throw new Failure(Exit.USAGE, e.getMessage(), e);
        }
    }

    private Exit overview(Processor processor) {
        JsonNode clusters = processor.get("/clusters");
        Clusters known = Clusters.of(clusters, cluster);
        Page page = shards(processor);
        if (page.shards().isEmpty() && index != null) {
            requireAny(processor);
        }
        if (json) {
            ObjectNode both = Json.MAPPER.createObjectNode();
            ArrayNode chosen = both.putArray("clusters");
            clusters.path("clusters").forEach(each -> {
                if (cluster == null || cluster.equals(each.path("cluster").asText())) {
                    chosen.add(each);
                }
            });
            both.set("shards", page.json());
            both.put("complete", page.complete());
            io.json(both);
        } else {
            print(known, page);
        }
        return exit(known, page);
    }

    /**
     * @param json as answered
     * @param complete whether these are all there are
     */
    private record Page(ArrayNode json, List<ReplicationStatus> shards, boolean complete) {}

    private Page shards(Processor processor) {
        String states = health != null ? String.join(",", health) : all ? null : NOT_IN_SYNC;
        int most = all ? Integer.MAX_VALUE : limit;
        ArrayNode found = Json.MAPPER.createArrayNode();
        String cursor = null;
        do {
            JsonNode page =
                    processor.get("/shards/replication" + query(states, Math.min(PAGE, most - found.size()), cursor));
            page.path("shards").forEach(found::add);
            String next = page.path("cursor").textValue();
            if (next != null && next.equals(cursor)) {
                throw new Failure(
                        Exit.UNREACHABLE,
                        "the answer says twice that the list goes on at '" + next + "'; it has no end");
            }
            cursor = next;
        } while (cursor != null && found.size() < most);
        return new Page(found, Read.all(ReplicationStatus.class, found), cursor == null);
    }

    private String query(String states, int size, String cursor) {
        Map<String, Object> parameters = new LinkedHashMap<>();
        parameters.put("cluster", cluster);
        parameters.put("index", index);
        parameters.put("health", states);
        parameters.put("limit", size);
        parameters.put("cursor", cursor);
        return Processor.query(parameters);
    }

    /** "Nothing is behind" must not be the answer to a misspelt name. */
    private void requireAny(Processor processor) {
        if (processor
                .get("/shards/replication" + query(null, 1, null))
                .path("shards")
                .isEmpty()) {
            throw new Failure(
                    Exit.USAGE,
                    "no index is called '" + index + "'" + (cluster == null ? "" : " in cluster " + cluster)
                            + "; * stands for anything");
        }
    }

    private void print(Clusters known, Page page) {
        Instant now = io.clock().instant();
        if (known.none()) {
            io.say("No cluster has been seen yet. Is a collector running?");
            return;
        }
        io.say(known.table(now));
        io.say("");
        if (!page.shards().isEmpty()) {
            io.say(Shards.table(page.shards(), all, now));
            if (!page.complete()) {
                io.say("… and more; --limit N or --all shows them");
            }
            io.say("");
        }
        io.say(sentence(known, page));
    }

    private String sentence(Clusters known, Page page) {
        String what = health == null ? "not in sync" : "in state " + String.join(" or ", health);
        if (index != null || health != null) {
            return page.shards().isEmpty()
                    ? "No shard" + (index == null ? "" : " of " + index) + " is " + what + "."
                    : Words.many(page.shards().size(), "shard", "shards") + (page.complete() ? "" : " and more")
                            + " shown.";
        }
        long behind = known.shards() - known.inSync();
        return behind == 0
                ? "All " + Words.many(known.shards(), "shard is", "shards are") + " in sync."
                : Words.count(behind) + " of " + Words.many(known.shards(), "shard is", "shards are") + " not in sync.";
    }

    private Exit exit(Clusters known, Page page) {
        boolean narrowed = index != null || health != null;
        boolean behind = narrowed
                ? page.shards().stream().anyMatch(each -> !each.inSync() && each.health() != Health.UNKNOWN)
                : known.shards() - known.inSync() - known.unknown() > 0;
        boolean unknown = narrowed
                ? page.shards().stream().anyMatch(each -> each.health() == Health.UNKNOWN)
                : known.unknown() > 0;
        if (behind) {
            return Exit.ATTENTION;
        }
        return unknown || known.none() || known.blind() ? Exit.UNKNOWN : Exit.OK;
    }
}
