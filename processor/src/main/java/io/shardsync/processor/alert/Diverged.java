package io.shardsync.processor.alert;

import io.shardsync.processor.check.DeepCheck;

/**
 * A shard whose copies were proven to differ, and not proven equal since.
 *
 * @param index index name
 * @param indexUuid of the index that was checked
 * @param found by the deep check that last said so
 */
public record Diverged(String index, String indexUuid, DeepCheck.Shard found) {
    /** {@code index/shard}; no index's name has a slash in it. */
    String key() {
        return index + "/" + found.shard();
    }
}
