package io.shardsync.collector.read;

import com.fasterxml.jackson.core.JsonParser;
import io.shardsync.schemas.model.ShardSnapshot.Docs;
import io.shardsync.schemas.model.ShardSnapshot.SeqNo;
import io.shardsync.schemas.model.ShardSnapshot.Translog;

import java.io.IOException;

/** Reads {@code GET _nodes/stats?level=shards}, filtered. */
public final class NodeStatsReader {
    private static final String COPY = ",nodes.*.indices.shards.*.*.";
    /** Nodes, and of each copy only what is published. */
    static final String FILTER = "nodes.*.name"
            + COPY + "seq_no" + COPY + "docs.count" + COPY + "docs.deleted" + COPY + "store.size_in_bytes"
            + COPY + "translog.uncommitted_operations" + COPY + "translog.uncommitted_size_in_bytes";

    private NodeStatsReader() {}

    /** @throws IOException when the body is not JSON or ends early */
    public static NodeStats read(JsonParser json) throws IOException {
        NodeStats stats = new NodeStats();
        json.nextToken();
        Walk.members(json, (name, at) -> {
            if (name.equals("nodes")) {
                Walk.members(at, (id, node) -> node(stats.add(id), node));
            }
        });
        return stats;
    }

    private static void node(NodeStats.OfNode node, JsonParser json) throws IOException {
        Walk.members(json, (name, at) -> {
            if (name.equals("indices")) {
                Walk.members(at, (field, inside) -> {
                    if (field.equals("shards")) {
                        Walk.members(inside, (index, shards) -> index(node, index, shards));
                    }
                });
            }
        });
    }

    private static void index(NodeStats.OfNode node, String index, JsonParser json) throws IOException {
        Walk.elements(
                json,
                at -> Walk.members(
                        at, (shard, copy) -> node.add(index, Walk.shard(shard, copy), new Copy().read(copy))));
    }

    private static final class Copy {
        private SeqNo seqNo;
        private Docs docs;
        private Long storeBytes;
        private Translog translog;

        NodeStats.OfCopy read(JsonParser json) throws IOException {
            Walk.members(json, this, Copy::member);
            return new NodeStats.OfCopy(seqNo, docs, storeBytes, translog);
        }

        private void member(String name, JsonParser json) throws IOException {
            switch (name) {
                case "seq_no" -> seqNo = seqNo(json);
                case "docs" -> docs = docs(json);
                case "store" -> storeBytes = storeBytes(json);
                case "translog" -> translog = translog(json);
                default -> {}
            }
        }

        private static SeqNo seqNo(JsonParser json) throws IOException {
            long[] found = Walk.members(json, new long[] {-2, -2, -2}, (whole, name, at) -> {
                switch (name) {
                    case "max_seq_no" -> whole[0] = Walk.number(at, -2L);
                    case "local_checkpoint" -> whole[1] = Walk.number(at, -2L);
                    case "global_checkpoint" -> whole[2] = Walk.number(at, -2L);
                    default -> {}
                }
            });
            // -2 is also Elasticsearch's own "unassigned": a copy that can't say yet.
            return found[0] < -1 || found[1] < -1 ? null : new SeqNo(found[0], found[1], found[2]);
        }

        private static Docs docs(JsonParser json) throws IOException {
            long[] found = Walk.members(json, new long[] {-1, 0}, (whole, name, at) -> {
                switch (name) {
                    case "count" -> whole[0] = Walk.number(at, -1L);
                    case "deleted" -> whole[1] = Walk.number(at, 0L);
                    default -> {}
                }
            });
            return found[0] < 0 ? null : new Docs(found[0], found[1]);
        }

        private static Long storeBytes(JsonParser json) throws IOException {
            long[] found = Walk.members(json, new long[] {-1}, (whole, name, at) -> {
                if (name.equals("size_in_bytes")) {
                    whole[0] = Walk.number(at, -1L);
                }
            });
            return found[0] < 0 ? null : found[0];
        }

        private static Translog translog(JsonParser json) throws IOException {
            long[] found = Walk.members(json, new long[] {-1, -1}, (whole, name, at) -> {
                switch (name) {
                    case "uncommitted_operations" -> whole[0] = Walk.number(at, -1L);
                    case "uncommitted_size_in_bytes" -> whole[1] = Walk.number(at, -1L);
                    default -> {}
                }
            });
            return found[0] < 0 || found[1] < 0 ? null : new Translog(found[0], found[1]);
        }
    }
}
