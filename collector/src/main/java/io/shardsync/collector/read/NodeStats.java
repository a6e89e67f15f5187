package io.shardsync.collector.read;

import io.shardsync.schemas.model.ShardSnapshot.Docs;
import io.shardsync.schemas.model.ShardSnapshot.SeqNo;
import io.shardsync.schemas.model.ShardSnapshot.Translog;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * What the nodes that answered in time say of themselves and of their copies. A node that is missing here did not
 * answer.
 */
public final class NodeStats {
    private final Map<String, OfNode> nodes = new HashMap<>();

    /** Whether the node's own answer is in here. */
    public boolean answered(String nodeId) {
        return nodes.containsKey(nodeId);
    }

    /** Ids of the nodes that answered. */
    public Set<String> answering() {
        return Set.copyOf(nodes.keySet());
    }

    /** Null where the node did not answer. */
    public OfNode node(String nodeId) {
        return nodes.get(nodeId);
    }

    /** Null where the node did not answer, or has nothing to say of that copy, which may be about to start. */
    public OfCopy copy(String nodeId, String index, int shard) {
        OfNode node = nodes.get(nodeId);
        OfCopy[] shards = node == null ? null : node.copies.get(index);
        return shards == null || shard >= shards.length ? null : shards[shard];
    }

    /** The same sums of each node, without its copies. */
    public NodeStats sums() {
        NodeStats sums = new NodeStats();
        nodes.forEach((id, node) -> sums.add(id).storeBytes = node.storeBytes);
        return sums;
    }

    /** Number of copies reported by all nodes together. */
    public int copies() {
        return nodes.values().stream().mapToInt(node -> node.count).sum();
    }

    OfNode add(String nodeId) {
        return nodes.computeIfAbsent(nodeId, id -> new OfNode());
    }

    /** One node's answer. */
    public static final class OfNode {
        private final Map<String, OfCopy[]> copies = new HashMap<>();
        private int count;
        private long storeBytes;

        /** Sum over its copies. */
        public long storeBytes() {
            return storeBytes;
        }

        void add(String index, int shard, OfCopy copy) {
            OfCopy[] before = copies.get(index);
            OfCopy[] shards = before;
            if (shards == null || shard >= shards.length) {
                shards = new OfCopy[shard + 1];
                if (before != null) {
                    System.arraycopy(before, 0, shards, 0, before.length);
                }
                copies.put(index, shards);
            }
            shards[shard] = copy;
            count++;
            storeBytes += copy.storeBytes() == null ? 0 : copy.storeBytes();
        }
    }

    /** One copy's statistics; what the answer lacks is null. */
    public record OfCopy(SeqNo seqNo, Docs docs, Long storeBytes, Translog translog) {}
}
