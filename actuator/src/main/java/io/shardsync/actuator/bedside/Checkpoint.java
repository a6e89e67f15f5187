package io.shardsync.actuator.bedside;

import com.fasterxml.jackson.databind.JsonNode;

import java.util.HashMap;
import java.util.Map;

/**
 * How far one copy has come, from {@code GET _nodes/stats/indices?level=shards}.
 *
 * @param maxSeqNo {@code seq_no.max_seq_no}: the newest operation it has seen; -1 where it never had one
 * @param local {@code seq_no.local_checkpoint}: up to here it has every operation; -1 where it has none
 */
public record Checkpoint(long maxSeqNo, long local) {

    /** What has to be asked for. */
    public static final String FILTER = "nodes.*.indices.shards.*.*.seq_no";

    /** Reads the answer: checkpoints by the id of the node that holds the copy, by shard. */
    public static Map<ShardId, Map<String, Checkpoint>> read(JsonNode stats) {
        Map<ShardId, Map<String, Checkpoint>> all = new HashMap<>();
        stats.path("nodes").properties().forEach(node -> node.getValue()
                .path("indices")
                .path("shards")
                .properties()
                .forEach(index -> index.getValue()
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
                        }))));
        return all;
    }
}
