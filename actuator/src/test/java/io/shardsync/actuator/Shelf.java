package io.shardsync.actuator;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardsync.sandbox.Sandbox;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

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
        Map<String, Object> all = new TreeMap<>(settings);
        all.put("number_of_shards", 1);
        all.put("number_of_replicas", 0);
        all.put("unassigned.node_left.delayed_timeout", "5m");
        sandbox.http().createIndex(index, all);
        for (int from = 0; from < count; from += BATCH) {
            StringBuilder bulk = new StringBuilder();
            for (int i = from; i < Math.min(count, from + BATCH); i++) {
                bulk.append("{\"index\":{\"_id\":\"k")
                        .append(i)
                        .append("\"}}\n{\"n\":")
                        .append(i)
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

    String replicaNode() {
        return node("r");
    }

    String primaryNode() {
        return node("p");
    }

    private String node(String role) {
        for (JsonNode copy : sandbox.http().get("/_cat/shards/" + index + "?format=json")) {
            if (copy.path("prirep").asText().equals(role)) {
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
