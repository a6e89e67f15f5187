package io.shardsync.collector.read;

import com.fasterxml.jackson.core.JsonParser;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/**
 * Which nodes answer, by {@code GET _nodes/stats/indexing_pressure} with a short timeout: a few numbers at hand. For
 * {@code process} each node would count its open files, of which copies have many.
 *
 * @param nodes persistent ids of those that answered in time
 * @param silent how many did not
 */
public record Answering(Set<String> nodes, int silent) {
    static final String PATH = "/_nodes/stats/indexing_pressure";
    static final String FILTER = "_nodes.failed,nodes.*.name";

    /** Copies the set. */
    public Answering {
        nodes = Set.copyOf(nodes);
    }

    /** @throws IOException when the body is not JSON or ends early */
    public static Answering read(JsonParser json) throws IOException {
        Set<String> nodes = new HashSet<>();
        int[] failed = new int[1];
        json.nextToken();
        Walk.members(json, (name, at) -> {
            switch (name) {
                case "nodes" -> Walk.members(at, (id, node) -> nodes.add(id));
                case "_nodes" ->
                    Walk.members(at, (field, value) -> {
                        if (field.equals("failed")) {
                            failed[0] = Walk.number(value, 0);
                        }
                    });
                default -> {}
            }
        });
        return new Answering(nodes, failed[0]);
    }
}
