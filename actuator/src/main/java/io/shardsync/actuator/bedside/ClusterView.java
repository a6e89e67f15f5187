package io.shardsync.actuator.bedside;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardsync.schemas.model.CopyState;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The routing table and who is there, from {@code GET _cluster/state/blocks,master_node,nodes,routing_table}.
 *
 * @param uuid the cluster's own id, not its configured name; null where Elasticsearch gave none
 * @param master id of the elected master; null where there is none
 * @param nodes names of the nodes by id
 * @param groups every copy of each shard
 */
public record ClusterView(String uuid, String master, Map<String, String> nodes, Map<ShardId, List<Copy>> groups) {

    /** What has to be asked for; everything else of the state can be megabytes. */
    public static final String FILTER = "cluster_uuid,master_node,nodes.*.name,blocks.global,"
            + "routing_table.indices.*.shards.*.state,routing_table.indices.*.shards.*.primary,"
            + "routing_table.indices.*.shards.*.node,routing_table.indices.*.shards.*.unassigned_info,"
            + "routing_table.indices.*.shards.*.relocating_node,routing_table.indices.*.shards.*.allocation_id";

    /** The id that Elasticsearch gives the block "state not recovered / initialized". */
    private static final String NOT_RECOVERED = "1";

    public ClusterView {
        nodes = Map.copyOf(nodes);
        groups = Collections.unmodifiableMap(new TreeMap<>(groups));
    }

    /**
     * Reads the answer; fields and states it does not know are passed over.
     *
     * @throws NotAnswered if the master has not read the state back yet after a restart of all nodes: it answers as if
     *     there were no index
     */
    public static ClusterView read(JsonNode state) {
        JsonNode block = state.path("blocks").path("global").path(NOT_RECOVERED);
        if (!block.isMissingNode()) {
            throw new NotAnswered(
                    NotAnswered.Kind.REFUSED,
                    "the cluster does not know its indices yet: "
                            + block.path("description").asText("no description"),
                    null);
        }
        Map<String, String> nodes = new HashMap<>();
        state.path("nodes")
                .properties()
                .forEach(node ->
                        nodes.put(node.getKey(), node.getValue().path("name").asText(node.getKey())));
        Map<ShardId, List<Copy>> groups = new TreeMap<>();
        state.path("routing_table")
                .path("indices")
                .properties()
                .forEach(index -> index.getValue().path("shards").properties().forEach(shard -> {
                    ShardId id = new ShardId(index.getKey(), Integer.parseInt(shard.getKey()));
                    List<Copy> copies = new ArrayList<>();
                    shard.getValue().forEach(copy -> copies.add(copyOf(id, copy)));
                    groups.put(id, List.copyOf(copies));
                }));
        return new ClusterView(text(state, "cluster_uuid"), text(state, "master_node"), nodes, groups);
    }

    private static Copy copyOf(ShardId shard, JsonNode copy) {
        JsonNode info = copy.path("unassigned_info");
        return new Copy(
                shard,
                copy.path("primary").asBoolean(),
                CopyState.valueOf(copy.path("state").asText()),
                text(copy, "node"),
                text(copy, "relocating_node"),
                text(copy.path("allocation_id"), "id"),
                info.isMissingNode()
                        ? null
                        : new Copy.Unassigned(
                                info.path("reason").asText("UNKNOWN"),
                                instant(text(info, "at")),
                                info.path("failed_attempts").asInt(0),
                                info.path("delayed").asBoolean(),
                                lastNode(info),
                                text(info, "details"),
                                text(info, "allocation_status")));
    }

    private static String lastNode(JsonNode info) {
        String told = text(info, "last_node");
        if (told != null) {
            return told;
        }
        // Before 8.x told it, the id stood in the details alone.
        String details = info.path("details").asText("");
        int from = details.indexOf("node_left [");
        int to = details.indexOf(']', from + 1);
        return from < 0 || to < 0 ? null : details.substring(from + "node_left [".length(), to);
    }

    private static Instant instant(String text) {
        try {
            return text == null ? null : Instant.parse(text);
        } catch (DateTimeParseException e) {
            return null;
        }
    }

    private static String text(JsonNode parent, String field) {
        JsonNode value = parent.path(field);
        return value.isMissingNode() || value.isNull() ? null : value.asText();
    }

    /** Every copy of every shard. */
    public Stream<Copy> copies() {
        return groups.values().stream().flatMap(Collection::stream);
    }

    /** Every copy that no node holds. */
    public Stream<Copy> unassigned() {
        return copies().filter(copy -> copy.state() == CopyState.UNASSIGNED);
    }

    public boolean hasIndex(String index) {
        return groups.keySet().stream().anyMatch(shard -> shard.index().equals(index));
    }

    /** How many shards an index has; 0 where there is no such index. */
    public int shardsOf(String index) {
        return (int) groups.keySet().stream()
                .filter(shard -> shard.index().equals(index))
                .count();
    }

    /** The id of a member by its name, or by its id. */
    public Optional<String> nodeId(String nameOrId) {
        return nodes.containsKey(nameOrId)
                ? Optional.of(nameOrId)
                : nodes.entrySet().stream()
                        .filter(node -> node.getValue().equals(nameOrId))
                        .map(Map.Entry::getKey)
                        .findFirst();
    }

    /** The copies of one shard; none where there is no such shard. */
    public List<Copy> copiesOf(ShardId shard) {
        return groups.getOrDefault(shard, List.of());
    }

    /** A node's name; its id where it is not, or no longer, a member. */
    public String nodeName(String id) {
        return id == null ? "?" : nodes.getOrDefault(id, id);
    }

    /** Ids of the nodes that are gone and whose copies have no other place yet. */
    public Set<String> lostNodes() {
        return unassigned()
                .filter(copy -> copy.unassigned() != null
                        && Set.of("NODE_LEFT", "NODE_RESTARTING")
                                .contains(copy.unassigned().reason()))
                .map(copy -> copy.unassigned().lastNode())
                .filter(Objects::nonNull)
                .filter(id -> !nodes.containsKey(id))
                .collect(Collectors.toUnmodifiableSet());
    }
}
