package io.shardsync.actuator;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardsync.sandbox.Sandbox;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntFunction;

/** An index of one shard and one replica, filled with documents {@code k0}, {@code k1}, … */
final class Shelf {
    private static final int BATCH = 5_000;

    private final Sandbox sandbox;
    private final String index;
    private int documents;

    Shelf(Sandbox sandbox, String index) {
        this.sandbox = sandbox;
        this.index = index;
    }

    /**
     * The replica comes after the documents, so that Elasticsearch knows it to have them: a node that leaves at once
     * keeps its copy.
     */
    void fill(int count) {
        fill(count, Map.of());
    }

    void fill(int count, Map<String, Object> settings) {
        create(1, settings, "{}");
        write(count, i -> "", i -> "");
    }

    /**
     * Two shards; documents have others nested in them, and a routing that is not their id: that of k0, k5, … is r0.
     */
    void fillNestedAndRouted(int count) {
        create(2, Map.of(), "{\"properties\":{\"parts\":{\"type\":\"nested\"}}}");
        write(count, i -> ",\"routing\":\"r" + i % 5 + "\"", i -> ",\"parts\":[{\"a\":" + i + "},{\"a\":0}]");
    }

    private void create(int shards, Map<String, Object> settings, String mapping) {
        Map<String, Object> all = new TreeMap<>(settings);
        all.put("number_of_shards", shards);
        all.put("number_of_replicas", 0);
        all.put("unassigned.node_left.delayed_timeout", "5m");
        sandbox.http().createIndex(index, all);
        sandbox.http().put("/" + index + "/_mapping", mapping);
    }

    private void write(int count, IntFunction<String> action, IntFunction<String> fields) {
        for (int from = 0; from < count; from += BATCH) {
            StringBuilder bulk = new StringBuilder();
            for (int i = from; i < Math.min(count, from + BATCH); i++) {
                bulk.append("{\"index\":{\"_id\":\"k")
                        .append(i)
                        .append('"')
                        .append(action.apply(i))
                        .append("}}\n{\"n\":")
                        .append(i)
                        .append(fields.apply(i))
                        .append("}\n");
            }
            JsonNode answer = sandbox.http().post("/" + index + "/_bulk", bulk.toString());
            if (answer.path("errors").asBoolean()) {
                throw new AssertionError(answer);
            }
        }
        documents = count;
        sandbox.http().post("/" + index + "/_flush", null);
        sandbox.http().put("/" + index + "/_settings", "{\"index.number_of_replicas\":1}");
        sandbox.http().awaitHealth("green", Duration.ofSeconds(60));
    }

    /** The shard where documents of a routing are. */
    int shardOf(String routing) {
        return sandbox.http()
                .get("/" + index + "/_search_shards?routing=" + routing)
                .path("shards")
                .path(0)
                .path(0)
                .path("shard")
                .asInt();
    }

    String replicaNode() {
        return node("r", 0);
    }

    String replicaNode(int shard) {
        return node("r", shard);
    }

    String primaryNode() {
        return node("p", 0);
    }

    private String node(String role, int shard) {
        for (JsonNode copy : sandbox.http().get("/_cat/shards/" + index + "?format=json")) {
            if (copy.path("prirep").asText().equals(role) && copy.path("shard").asInt() == shard) {
                return copy.path("node").asText();
            }
        }
        throw new AssertionError(index + " has no copy " + role);
    }

    /** Random writes, updates and deletes, of all documents but some. */
    RandomWrites write(int perSecond, Collection<String> untouched) {
        return RandomWrites.start(sandbox, index, documents, perSecond, Set.copyOf(untouched));
    }
}
