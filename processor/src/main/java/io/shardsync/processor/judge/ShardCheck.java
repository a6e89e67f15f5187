package io.shardsync.processor.judge;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.shardsync.schemas.model.ConsistencyReport;
import io.shardsync.schemas.model.ShardKey;
import io.shardsync.schemas.model.Verdict;

import java.time.Instant;
import java.util.List;

/**
 * What the checkpoints of one shard's copies say, or that the shard is no more.
 *
 * @param key the shard
 * @param indexUuid of the index it belongs to; tells a recreated index from its predecessor
 * @param at the collection it was read from
 * @param verdict null once the shard is gone
 * @param primaryNode node name; null without an active primary
 * @param copies those that have a node, the primary first
 * @param doubts why the verdict is not consistent
 * @param facts counts and sizes that differ: shown, and never judged
 */
public record ShardCheck(
        ShardKey key,
        String indexUuid,
        Instant at,
        Verdict verdict,
        String primaryNode,
        List<ConsistencyReport.Copy> copies,
        List<String> doubts,
        List<String> facts) {

    public ShardCheck {
        copies = List.copyOf(copies);
        doubts = List.copyOf(doubts);
        facts = List.copyOf(facts);
    }

    static ShardCheck gone(ShardKey key, String indexUuid, Instant at) {
        return new ShardCheck(key, indexUuid, at, null, null, List.of(), List.of(), List.of());
    }

    @JsonIgnore
    public boolean isGone() {
        return verdict == null;
    }
}
