package io.shardsync.actuator.intake;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import io.shardsync.actuator.compare.Depth;
import io.shardsync.actuator.diagnose.Scope;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.topic.Json;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Reads commands written by anybody. Goes through the JSON tree field by field instead of binding it at once, so that
 * one wrong field does not hide whose command it is, nor the next wrong field. Pure.
 */
public final class CommandReader {
    private static final Pattern UUID =
            Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");
    private static final Set<CommandType> WITH_TARGET = EnumSet.of(CommandType.MOVE_SHARD, CommandType.RESYNC_REPLICA);
    private static final Set<CommandType> ONE_COPY =
            EnumSet.of(CommandType.MOVE_SHARD, CommandType.RESYNC_REPLICA, CommandType.CANCEL_RECOVERY);
    private static final Set<CommandType> WHOLE_CLUSTER =
            EnumSet.of(CommandType.REBALANCE, CommandType.OPTIMIZE_ALLOCATION);
    private static final int LONGEST_ID = 200;
    private static final int MOST_SHOWN = 80;
    private static final int MOST_SHARDS = 1024;

    /** The answer repeats them, a few levels deeper; beyond a thousand in all it could not be written. */
    private static final int DEEPEST_PARAMS = 20;

    /** What lies beyond is refused by those who read the answer, which repeats the command. */
    private static final Instant FIRST_TIME = Instant.parse("0000-01-01T00:00:00Z");

    private static final Instant LAST_TIME = Instant.parse("9999-12-31T23:59:59.999999999Z");

    private final Set<String> clusters;
    private final Set<CommandType> executed;
    private final int mostBytes;

    /**
     * @param clusters the configured names
     * @param executed types that are carried out
     * @param mostBytes longest command that is read
     */
    public CommandReader(Set<String> clusters, Set<CommandType> executed, int mostBytes) {
        this.clusters = new TreeSet<>(clusters);
        this.executed = new TreeSet<>(executed);
        this.mostBytes = mostBytes;
    }

    /**
     * Reads a record's value.
     *
     * @param value null for a tombstone
     * @param writtenAt the record's time, in place of a missing {@code requested_at}
     */
    public Reading read(byte[] value, Instant writtenAt) {
        if (value == null) {
            return new Reading.Unusable(
                    "a record without a value; commands are not withdrawn that way, send CANCEL_COMMAND instead");
        }
        if (value.length > mostBytes) {
            return new Reading.Unusable("a command of " + value.length + " bytes; allowed are " + mostBytes);
        }
        JsonNode tree;
        try {
            tree = Json.tree(value);
        } catch (JsonProcessingException e) {
            return new Reading.Unusable(
                    "not JSON (" + firstLine(e.getMessage()) + "); expected a JSON object in UTF-8");
        }
        if (tree == null || !tree.isObject()) {
            return new Reading.Unusable("JSON, but " + (tree == null ? "empty" : "a " + type(tree))
                    + "; expected an object with command_id, type, cluster, …");
        }
        JsonNode id = tree.path("command_id");
        if (!id.isTextual() || id.asText().isBlank() || id.asText().length() > LONGEST_ID) {
            return new Reading.Unusable("no command_id to answer to, found " + (id.isMissingNode() ? "none" : shown(id))
                    + "; expected a UUID");
        }
        return new Fields(tree).reading(id.asText(), writtenAt);
    }

    /** One command's fields, and what is wrong with them. */
    private final class Fields {
        private final JsonNode tree;
        private final List<String> wrong = new ArrayList<>();

        Fields(JsonNode tree) {
            this.tree = tree;
        }

        Reading reading(String id, Instant writtenAt) {
            if (!UUID.matcher(id).matches()) {
                wrong.add("command_id is '" + cut(id) + "', allowed is a UUID");
            }
            RecoveryCommand command = RecoveryCommand.builder(type(), text("cluster"))
                    .commandId(id)
                    .clusterUuid(text("cluster_uuid"))
                    .index(text("index"))
                    .shard(shard())
                    .node(text("node"))
                    .targetNode(text("target_node"))
                    .cause(text("cause"))
                    .alertFingerprint(text("alert_fingerprint"))
                    .dryRun(flag("dry_run"))
                    .requested(text("requested_by"), or(time("requested_at"), writtenAt), time("expires_at"))
                    .reason(text("reason"))
                    .params(params())
                    .build();
            check(command);
            return wrong.isEmpty()
                    ? new Reading.Valid(command)
                    : new Reading.Invalid(id, command, String.join("; ", wrong));
        }

        private void check(RecoveryCommand command) {
            if (command.cluster() == null) {
                missing("cluster", "one of " + clusters);
            } else if (!clusters.contains(command.cluster())) {
                wrong.add("cluster '" + cut(command.cluster()) + "' is not configured here; allowed is one of "
                        + clusters);
            }
            if (command.requestedBy() == null) {
                missing("requested_by", "the name of who asks");
            }
            if (command.expiresAt() == null) {
                missing("expires_at", "the time until which it may be started, such as " + Instant.EPOCH);
            }
            if (command.shard() != null && command.index() == null) {
                wrong.add("shard is " + command.shard() + " without an index; name the index, or leave the shard out");
            }
            if (command.index() != null && command.index().matches(".*[*,?\\s/].*")) {
                wrong.add("index is '" + cut(command.index()) + "'; allowed is one index by its exact name");
            }
            if (command.cause() != null && !Scope.causes().contains(command.cause())) {
                wrong.add("cause '" + cut(command.cause()) + "' is unknown; allowed is one of " + Scope.causes());
            }
            if (command.type() != null) {
                checkFor(command.type(), command);
            }
        }

        private void checkFor(CommandType type, RecoveryCommand command) {
            if (!executed.contains(type)) {
                wrong.add("type " + type + " is not carried out by this version; it carries out " + executed);
                return;
            }
            boolean narrowed = type == CommandType.RECOVER || type == CommandType.DIAGNOSE;
            if (command.cause() != null && !narrowed) {
                wrong.add("cause is '" + cut(command.cause()) + "', which " + type
                        + " does not know; it belongs to RECOVER and DIAGNOSE");
            }
            if (type == CommandType.ENABLE_ALLOCATION && command.shard() != null) {
                wrong.add("shard is " + command.shard()
                        + ", but allocation is switched for an index or for the cluster; leave the shard out");
            }
            if (ONE_COPY.contains(type) && (command.index() == null || command.shard() == null)) {
                wrong.add("index is " + command.index() + " and shard is " + command.shard() + "; " + type
                        + " is about one copy, name both");
            }
            if (type == CommandType.MOVE_SHARD && command.node() == null) {
                wrong.add("node is missing; expected the name of the node the copy is to leave");
            }
            if (WHOLE_CLUSTER.contains(type) && command.index() != null) {
                wrong.add("index is '" + cut(command.index()) + "', but " + type
                        + " is about the whole cluster; leave the index out");
            }
            if (command.targetNode() != null && !WITH_TARGET.contains(type)) {
                wrong.add("target_node is '" + cut(command.targetNode()) + "', which " + type + " does not know");
            }
            if (type == CommandType.VERIFY_CONSISTENCY) {
                checkForComparison(command);
            }
            if (type == CommandType.CANCEL_COMMAND || type == CommandType.APPROVE_COMMAND) {
                Object which = command.params().get("command_id");
                if (!(which instanceof String)) {
                    wrong.add("params.command_id is " + which + "; expected the id of the command to "
                            + (type == CommandType.CANCEL_COMMAND ? "cancel" : "approve"));
                }
            }
        }

        private void checkForComparison(RecoveryCommand command) {
            if (command.index() == null) {
                wrong.add(
                        "index is missing; VERIFY_CONSISTENCY compares the copies of one index, or of one shard of it");
            }
            if (command.node() != null) {
                wrong.add(
                        "node is '" + cut(command.node()) + "', but VERIFY_CONSISTENCY compares all copies of a shard");
            }
            command.params().forEach((name, value) -> {
                switch (name) {
                    case Depth.PARAM -> {
                        if (Depth.of(value).isEmpty()) {
                            wrong.add("params.depth is '" + cut(String.valueOf(value)) + "', allowed is one of "
                                    + Depth.words());
                        }
                    }
                    case "gentle" -> {
                        if (!(value instanceof Boolean)) {
                            wrong.add(
                                    "params.gentle is '" + cut(String.valueOf(value)) + "', allowed is true or false");
                        }
                    }
                    default ->
                        wrong.add("params." + cut(name)
                                + " is unknown to VERIFY_CONSISTENCY; allowed are [depth, gentle]");
                }
            });
        }

        private CommandType type() {
            String text = text("type");
            if (text == null) {
                if (tree.path("type").isMissingNode()) {
                    missing("type", "one of " + executed);
                }
                return null;
            }
            try {
                return CommandType.valueOf(text);
            } catch (IllegalArgumentException e) {
                wrong.add("type '" + cut(text) + "' is unknown; allowed is one of "
                        + Arrays.toString(CommandType.values()));
                return null;
            }
        }

        private String text(String field) {
            JsonNode value = tree.path(field);
            if (value.isMissingNode() || value.isNull()) {
                return null;
            }
            if (!value.isTextual() || value.asText().isBlank()) {
                wrong.add(field + " is " + shown(value) + ", allowed is a text");
                return null;
            }
            return value.asText();
        }

        private Integer shard() {
            JsonNode value = tree.path("shard");
            if (value.isMissingNode() || value.isNull()) {
                return null;
            }
            if (!value.isInt() || value.asInt() < 0 || value.asInt() >= MOST_SHARDS) {
                wrong.add("shard is " + shown(value) + ", allowed is a whole number from 0");
                return null;
            }
            return value.asInt();
        }

        private boolean flag(String field) {
            JsonNode value = tree.path(field);
            if (value.isMissingNode() || value.isNull()) {
                return false;
            }
            if (!value.isBoolean()) {
                wrong.add(field + " is " + shown(value) + ", allowed is true or false");
            }
            return value.asBoolean();
        }

        private Instant time(String field) {
            String text = text(field);
            if (text == null) {
                return null;
            }
            try {
                Instant time = Instant.parse(text);
                if (!time.isBefore(FIRST_TIME) && !time.isAfter(LAST_TIME)) {
                    return time;
                }
                wrong.add(field + " is '" + cut(text) + "', allowed are the years 0 to 9999");
                return null;
            } catch (DateTimeParseException e) {
                wrong.add(field + " is '" + cut(text) + "', allowed is a time in UTC such as 2026-01-31T12:00:00Z");
                return null;
            }
        }

        private Map<String, Object> params() {
            JsonNode value = tree.path("params");
            if (value.isMissingNode() || value.isNull()) {
                return Map.of();
            }
            if (!value.isObject()) {
                wrong.add("params is " + shown(value) + ", allowed is an object");
                return Map.of();
            }
            if (isDeeper(value, DEEPEST_PARAMS)) {
                wrong.add("params are nested more than " + DEEPEST_PARAMS + " deep; no parameter needs that");
                return Map.of();
            }
            return Json.MAPPER.convertValue(value, new TypeReference<Map<String, Object>>() {});
        }

        private void missing(String field, String expected) {
            // A field of the wrong kind was reported already.
            if (tree.path(field).isMissingNode() || tree.path(field).isNull()) {
                wrong.add(field + " is missing; expected " + expected);
            }
        }
    }

    private static boolean isDeeper(JsonNode value, int levels) {
        if (!value.isContainerNode()) {
            return false;
        }
        if (levels == 0) {
            return true;
        }
        for (JsonNode part : value) {
            if (isDeeper(part, levels - 1)) {
                return true;
            }
        }
        return false;
    }

    private static <T> T or(T value, T otherwise) {
        return value == null ? otherwise : value;
    }

    private static String type(JsonNode node) {
        return node.getNodeType().name().toLowerCase(Locale.ROOT);
    }

    private static String shown(JsonNode node) {
        return cut(node.toString());
    }

    private static String cut(String text) {
        return text.length() <= MOST_SHOWN ? text : text.substring(0, MOST_SHOWN) + "…";
    }

    private static String firstLine(String text) {
        int line = text == null ? -1 : text.indexOf('\n');
        return line < 0 ? String.valueOf(text) : text.substring(0, line);
    }
}
