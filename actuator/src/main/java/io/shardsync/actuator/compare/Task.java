package io.shardsync.actuator.compare;

import io.shardsync.actuator.bedside.ShardId;

import java.util.Map;
import java.util.Optional;

/**
 * One shard to check.
 *
 * @param shard the shard
 * @param depth what of a document is compared
 * @param replica id of the only replica that is compared; empty for all
 * @param gentle whether to wait while the cluster has other worries; the pace is kept in any case
 * @param resume where an earlier check stopped, as it told; empty for a new one
 */
public record Task(ShardId shard, Depth depth, Optional<String> replica, boolean gentle, Optional<Map<?, ?>> resume) {

    /** All copies, gently, from the beginning. */
    public static Task of(ShardId shard, Depth depth) {
        return new Task(shard, depth, Optional.empty(), true, Optional.empty());
    }

    /** Whatever the cluster's condition. */
    public Task roughly() {
        return new Task(shard, depth, replica, false, resume);
    }

    public Task onlyOf(String replicaNode) {
        return new Task(shard, depth, Optional.of(replicaNode), gentle, resume);
    }

    public Task from(Map<?, ?> told) {
        return new Task(shard, depth, replica, gentle, Optional.of(told));
    }
}
