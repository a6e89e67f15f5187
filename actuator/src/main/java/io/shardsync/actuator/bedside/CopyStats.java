package io.shardsync.actuator.bedside;

import com.fasterxml.jackson.databind.JsonNode;

import java.util.HashMap;
import java.util.Map;

/**
 * Numbers of one copy, from {@code GET _nodes/NODES/stats/indices/docs,store?level=shards}.
 *
 * @param docs live documents, nested ones counted too
 * @param storeBytes size on disk
 * @param maxSeqNo the newest operation it has seen; -1 where it never had one
 * @param local up to here it has every operation; -1 where it has none
 * @param global up to here every in-sync copy has every operation, as far as this copy knows; only the primary's is up
 *     to date
 */
public record CopyStats(long docs, long storeBytes, long maxSeqNo, long local, long global) {

    /** What has to be asked for, of one index. */
    static String filter(String index) {
        // A dot in the name would end the step of the path.
        String shards = "nodes.*.indices.shards." + index.replace('.', '*') + ".*.";
        return shards + "seq_no," + shards + "docs.count," + shards + "store.size_in_bytes";
    }

    /** Reads the answer: by the id of the node. Copies that can't tell are left out. */
    static Map<String, CopyStats> read(JsonNode stats, ShardId shard) {
        Map<String, CopyStats> copies = new HashMap<>();
        stats.path("nodes").properties().forEach(node -> node.getValue()
                .path("indices")
                .path("shards")
                .path(shard.index())
                .forEach(one -> {
                    JsonNode copy = one.path(String.valueOf(shard.number()));
                    JsonNode seqNo = copy.path("seq_no");
                    if (seqNo.has("local_checkpoint")) {
                        copies.put(
                                node.getKey(),
                                new CopyStats(
                                        copy.path("docs").path("count").asLong(),
                                        copy.path("store").path("size_in_bytes").asLong(),
                                        seqNo.path("max_seq_no").asLong(),
                                        seqNo.path("local_checkpoint").asLong(),
                                        seqNo.path("global_checkpoint").asLong()));
                    }
                }));
        return copies;
    }
}
