package io.shardsync.actuator.bedside;

import com.fasterxml.jackson.databind.JsonNode;

import java.util.Set;
import java.util.TreeSet;

/**
 * Whether every node answers, from {@code GET _nodes/stats/process?timeout=1s}. A hung node keeps a cluster green for
 * half a minute, and every state-changing call blocks behind it.
 *
 * @param members nodes that were asked
 * @param answered names of those that answered
 * @param failed how many did not
 */
public record Pulse(int members, Set<String> answered, int failed) {
    public Pulse {
        answered = Set.copyOf(answered);
    }

    /** Reads the answer. */
    public static Pulse read(JsonNode stats) {
        Set<String> names = new TreeSet<>();
        stats.path("nodes").forEach(node -> names.add(node.path("name").asText("?")));
        JsonNode counts = stats.path("_nodes");
        return new Pulse(
                counts.path("total").asInt(), names, counts.path("failed").asInt());
    }

    public boolean allAnswer() {
        return members > 0 && failed == 0;
    }
}
