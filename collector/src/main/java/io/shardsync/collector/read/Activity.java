package io.shardsync.collector.read;

import com.fasterxml.jackson.core.JsonParser;
import io.shardsync.schemas.model.ClusterSnapshot.Disk;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * What the nodes that answered in time say of all their copies together, {@code GET _nodes/stats/fs,indexing_pressure}:
 * whatever their number, it costs a node next to nothing.
 *
 * @param nodes by id; a node that is missing here did not answer
 */
public record Activity(Map<String, OfNode> nodes) {
    static final String FILTER = "nodes.*.name,nodes.*.fs.total,nodes.*.indexing_pressure.memory.*.all_in_bytes";

    /** Nobody was asked. */
    public static final Activity NONE = new Activity(Map.of());

    /** Copies the map. */
    public Activity {
        nodes = Map.copyOf(nodes);
    }

    /**
     * One node's answer. A write is counted by every node that holds a copy, before it gets to the copy, and is under
     * way until it is done there.
     *
     * @param writtenBytes {@code indexing_pressure.memory.total.all_in_bytes}, since the node started; -1 if it does
     *     not say
     * @param underWayBytes {@code indexing_pressure.memory.current.all_in_bytes}; -1 if it does not say
     * @param disk {@code fs.total}; null if it does not say, or was not asked
     */
    public record OfNode(long writtenBytes, long underWayBytes, Disk disk) {}

    /** Ids of the nodes that answered. */
    public Set<String> answering() {
        return nodes.keySet();
    }

    /** Null where the node did not answer, or did not say. */
    public Disk disk(String nodeId) {
        OfNode node = nodes.get(nodeId);
        return node == null ? null : node.disk();
    }

    /**
     * Whether the same nodes answer as earlier, no write was under way on any of them then, and none has come since.
     */
    public boolean isStillSince(Activity earlier) {
        return !nodes.isEmpty()
                && nodes.keySet().equals(earlier.nodes.keySet())
                && nodes.entrySet().stream()
                        .allMatch(node -> isStill(earlier.nodes.get(node.getKey()), node.getValue()));
    }

    private static boolean isStill(OfNode earlier, OfNode now) {
        return earlier.underWayBytes() == 0
                && earlier.writtenBytes() >= 0
                && earlier.writtenBytes() == now.writtenBytes();
    }

    /** @throws IOException when the body is not JSON or ends early */
    public static Activity read(JsonParser json) throws IOException {
        Map<String, OfNode> nodes = new HashMap<>();
        json.nextToken();
        Walk.members(json, (name, at) -> {
            if (name.equals("nodes")) {
                Walk.members(at, (id, node) -> nodes.put(id, new Node().read(node)));
            }
        });
        return new Activity(nodes);
    }

    private static final class Node {
        private long written = -1;
        private long underWay = -1;
        private Disk disk;

        OfNode read(JsonParser json) throws IOException {
            Walk.members(json, (name, at) -> {
                switch (name) {
                    case "fs" -> Walk.members(at, this::disk);
                    case "indexing_pressure" -> Walk.members(at, this::memory);
                    default -> {}
                }
            });
            return new OfNode(written, underWay, disk);
        }

        private void disk(String name, JsonParser json) throws IOException {
            if (!name.equals("total")) {
                return;
            }
            long[] found = {-1, -1};
            Walk.members(json, (field, at) -> {
                switch (field) {
                    case "total_in_bytes" -> found[0] = Walk.number(at, -1L);
                    case "available_in_bytes" -> found[1] = Walk.number(at, -1L);
                    default -> {}
                }
            });
            disk = found[0] < 0 || found[1] < 0 ? null : new Disk(found[0], found[1]);
        }

        private void memory(String name, JsonParser json) throws IOException {
            if (!name.equals("memory")) {
                return;
            }
            Walk.members(json, (field, at) -> {
                switch (field) {
                    case "current" -> underWay = all(at);
                    case "total" -> written = all(at);
                    default -> {}
                }
            });
        }

        private static long all(JsonParser json) throws IOException {
            long[] found = {-1};
            Walk.members(json, (field, at) -> {
                if (field.equals("all_in_bytes")) {
                    found[0] = Walk.number(at, -1L);
                }
            });
            return found[0];
        }
    }
}
