package io.shardsync.actuator.bedside;

import com.fasterxml.jackson.databind.JsonNode;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * How far copies have come, from {@code GET _nodes/stats/indices?level=shards}.
 *
 * @param answered ids of the nodes that answered, whether or not they could tell
 * @param byShard what they told, by shard and the id of the node that holds the copy
 */
public record Checkpoints(Set<String> answered, Map<ShardId, Map<String, Checkpoint>> byShard) {
    /** What has to be asked for. */
    public static final String FILTER = "nodes.*.name,nodes.*.indices.shards.*.*.seq_no";

    public Checkpoints {
        answered = Set.copyOf(answered);
        byShard = Map.copyOf(byShard);
    }

    /** Reads the answer. */
    public static Checkpoints read(JsonNode stats) {
        Set<String> answered = new HashSet<>();
        Map<ShardId, Map<String, Checkpoint>> all = new HashMap<>();
        stats.path("nodes").properties().forEach(node -> {
            answered.add(node.getKey());
            node.getValue().path("indices").path("shards").properties().forEach(index -> index.getValue()
                    .forEach(shards -> shards.properties().forEach(copy -> {
                        JsonNode seqNo = copy.getValue().path("seq_no");
                        if (seqNo.has("local_checkpoint")) {
                            all.computeIfAbsent(
                                            new ShardId(index.getKey(), Integer.parseInt(copy.getKey())),
                                            unseen -> new HashMap<>())
                                    .put(
                                            node.getKey(),
                                            new Checkpoint(
                                                    seqNo.path("max_seq_no").asLong(),
                                                    seqNo.path("local_checkpoint")
                                                            .asLong()));
                        }
                    })));
        });
        return new Checkpoints(answered, all);
    }

    /** What the copies of one shard told, by the id of the node. */
    public Map<String, Checkpoint> of(ShardId shard) {
        return byShard.getOrDefault(shard, Map.of());
    }
}
