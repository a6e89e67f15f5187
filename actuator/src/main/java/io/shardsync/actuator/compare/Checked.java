package io.shardsync.actuator.compare;

import io.shardsync.schemas.model.ConsistencyReport.Shard;
import io.shardsync.schemas.model.Verdict;

/**
 * What a check of one shard came to.
 *
 * @param indexUuid of the index that was checked; null where there was none
 * @param shard as it stands in a report
 * @param verdict the worst of the copies'
 * @param primaryCovers whether it is shown that the replicas hold nothing that the primary lacks
 * @param gone whether there is no such index any more
 */
public record Checked(String indexUuid, Shard shard, Verdict verdict, boolean primaryCovers, boolean gone) {

    /** For people. */
    public String words() {
        return shard.issues().isEmpty()
                ? "the copies hold the same " + (depthIsContent() ? "documents, content included" : "documents")
                : String.join("; ", shard.issues());
    }

    private boolean depthIsContent() {
        return Depth.CONTENT.word().equals(shard.depth());
    }
}
