package io.shardsync.processor.check;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.shardsync.schemas.model.Verdict;

import java.time.Instant;

/**
 * What a cluster's judgement has to know of one of its indices.
 *
 * @param cluster the configured cluster name
 * @param index index name
 * @param indexUuid tells a recreated index from its predecessor
 * @param at the newest collection it was seen in
 * @param light verdict of the light check; null once the index is gone
 * @param copied whether any of its shards has more than one copy, so that there is something to compare
 */
public record IndexFact(String cluster, String index, String indexUuid, Instant at, Verdict light, boolean copied) {
    static IndexFact gone(String cluster, String index, String indexUuid, Instant at) {
        return new IndexFact(cluster, index, indexUuid, at, null, false);
    }

    @JsonIgnore
    public boolean isGone() {
        return light == null;
    }
}
