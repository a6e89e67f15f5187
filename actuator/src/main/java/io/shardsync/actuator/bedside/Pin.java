package io.shardsync.actuator.bedside;

/**
 * One copy that is asked, and no other: {@code preference=_shards:N|_only_nodes:ID}, refused by Elasticsearch where the
 * node has no copy of the shard.
 *
 * @param shard the shard
 * @param node id of the node
 */
public record Pin(ShardId shard, String node) {
    /** For a search. */
    public String preference() {
        return "_shards:" + shard.number() + "|" + nodePreference();
    }

    /** For reads by id, whose shard follows from the routing. */
    public String nodePreference() {
        return "_only_nodes:" + node;
    }
}
