package io.shardsync.processor.serve;

import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.model.RecoveryResult;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** Makes a command of what somebody asked over HTTP, if it can mean something. */
final class CommandRequest {
    static final List<String> FIELDS = List.of(
            "command_id",
            "type",
            "cluster",
            "cluster_uuid",
            "index",
            "shard",
            "node",
            "target_node",
            "cause",
            "alert_fingerprint",
            "dry_run",
            "requested_by",
            "requested_at",
            "expires_at",
            "reason",
            "params");

    private static final Duration EXPIRY = Duration.ofMinutes(15);
    /** As long as the topic keeps it. */
    private static final Duration LONGEST_EXPIRY = Duration.ofDays(7);

    private static final Set<CommandType> ABOUT_A_COMMAND =
            Set.of(CommandType.CANCEL_COMMAND, CommandType.APPROVE_COMMAND);
    private static final Set<CommandType> ABOUT_AN_INDEX = Set.of(CommandType.VERIFY_CONSISTENCY);
    private static final Set<CommandType> ABOUT_A_SHARD =
            Set.of(CommandType.MOVE_SHARD, CommandType.RESYNC_REPLICA, CommandType.CANCEL_RECOVERY);
    private static final int NAMED = 10;

    private final View view;
    private final Clock clock;

    CommandRequest(View view, Clock clock) {
        this.view = view;
        this.clock = clock;
    }

    /**
     * @param type what the path says; null where the body may
     * @param index what the path says; null where the body may
     * @throws Problem 400, naming what is wrong and what is allowed
     */
    RecoveryCommand read(Fields fields, CommandType type, String index, Caller caller) {
        CommandType asked = type == null ? type(fields.text("type")) : type;
        Map<String, Object> params = fields.map("params");
        checkTarget(asked, params);
        String cluster = cluster(fields.text("cluster"), asked, params);
        String askedIndex = index == null ? fields.text("index") : index;
        Integer shard = fields.wholeNumber("shard", 0);
        checkIndex(asked, cluster, askedIndex, shard);
        Instant now = Instant.now(clock);
        fields.time("requested_at");
        return RecoveryCommand.builder(asked, cluster)
                .commandId(id(fields.text("command_id")))
                .clusterUuid(fields.text("cluster_uuid"))
                .index(askedIndex)
                .shard(shard)
                .node(fields.text("node"))
                .targetNode(fields.text("target_node"))
                .cause(fields.text("cause"))
                .alertFingerprint(fields.text("alert_fingerprint"))
                .dryRun(fields.flag("dry_run"))
                .requested(caller.nameOr(fields.text("requested_by")), now, expiry(fields, now))
                .reason(fields.text("reason"))
                .params(params)
                .build();
    }

    private static CommandType type(String word) {
        if (word == null) {
            return CommandType.RECOVER;
        }
        return Arrays.stream(CommandType.values())
                .filter(type -> type.name().equals(word.toUpperCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> Fields.wrong(
                        "type",
                        "'" + word + "'",
                        Arrays.stream(CommandType.values()).map(Enum::name).collect(Collectors.joining(", "))));
    }

    private static String id(String text) {
        if (text == null) {
            return UUID.randomUUID().toString();
        }
        try {
            String id = UUID.fromString(text).toString();
            if (id.equals(text.toLowerCase(Locale.ROOT))) {
                return id;
            }
        } catch (IllegalArgumentException e) {
            throw Fields.wrong("command_id", "'" + text + "'", "a UUID, or none at all");
        }
        throw Fields.wrong("command_id", "'" + text + "'", "a UUID, or none at all");
    }

    private static Instant expiry(Fields fields, Instant now) {
        Instant asked = fields.time("expires_at");
        if (asked == null) {
            return now.plus(EXPIRY);
        }
        if (!asked.isAfter(now) || asked.isAfter(now.plus(LONGEST_EXPIRY))) {
            throw Fields.wrong("expires_at", asked, "a time within the next " + LONGEST_EXPIRY.toDays() + " days");
        }
        return asked;
    }

    /** Those about another command need its id. */
    private static void checkTarget(CommandType type, Map<String, Object> params) {
        if (ABOUT_A_COMMAND.contains(type) && !(params.get("command_id") instanceof String)) {
            throw Fields.wrong("params.command_id", params.get("command_id"), "for " + type + ", that command's id");
        }
    }

    private String cluster(String asked, CommandType type, Map<String, Object> params) {
        Set<String> known = view.clusterNames();
        if (asked != null) {
            if (!known.contains(asked)) {
                throw Fields.wrong("cluster", "'" + asked + "'", oneOf(known));
            }
            return asked;
        }
        if (ABOUT_A_COMMAND.contains(type)) {
            Optional<String> its = clusterOf((String) params.get("command_id"));
            if (its.isPresent()) {
                return its.get();
            }
        }
        if (known.size() != 1) {
            throw Fields.wrong("cluster", "missing", oneOf(known));
        }
        return known.iterator().next();
    }

    private Optional<String> clusterOf(String commandId) {
        return view.result(commandId).map(RecoveryResult::cluster).or(() -> view.waiting(commandId)
                .map(RecoveryCommand::cluster));
    }

    private void checkIndex(CommandType type, String cluster, String index, Integer shard) {
        if (index == null) {
            if (shard != null) {
                throw Fields.wrong("shard", shard, "only together with 'index'");
            }
            if (ABOUT_AN_INDEX.contains(type) || ABOUT_A_SHARD.contains(type)) {
                throw Fields.wrong("index", "missing", "for " + type + ", the name of an index");
            }
            return;
        }
        var shards = view.shardsOf(cluster, index);
        if (shards.isEmpty()) {
            throw Fields.wrong("index", "'" + index + "'", "an index of " + cluster + indicesLike(cluster, index));
        }
        if (shard == null && ABOUT_A_SHARD.contains(type)) {
            throw Fields.wrong("shard", "missing", "for " + type + ", the number of a shard");
        }
        if (shard != null && shards.keySet().stream().noneMatch(key -> key.shard() == shard)) {
            throw Fields.wrong(
                    "shard",
                    shard,
                    "a shard of " + cluster + "/" + index + ": "
                            + shards.firstKey().shard() + " to "
                            + shards.lastKey().shard());
        }
    }

    private String indicesLike(String cluster, String wanted) {
        Set<String> names = view.indices(cluster);
        if (names.isEmpty()) {
            return ", of which none is known";
        }
        List<String> named = names.stream()
                .sorted(java.util.Comparator.comparingInt((String name) -> -sameStart(name, wanted))
                        .thenComparing(name -> name))
                .limit(NAMED)
                .toList();
        return ": " + String.join(", ", named)
                + (names.size() > NAMED ? " and " + (names.size() - NAMED) + " more" : "");
    }

    private static int sameStart(String a, String b) {
        int same = 0;
        while (same < Math.min(a.length(), b.length()) && a.charAt(same) == b.charAt(same)) {
            same++;
        }
        return same;
    }

    private static String oneOf(Set<String> clusters) {
        return clusters.isEmpty()
                ? "a cluster that has been seen, and none has been yet"
                : "one of " + String.join(", ", clusters);
    }
}
