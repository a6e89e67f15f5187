package io.shardsync.processor.serve;

import io.shardsync.schemas.model.ReplicationStatus;
import io.shardsync.schemas.model.ReplicationStatus.Health;
import io.shardsync.schemas.model.ReplicationStatus.RecoveryProgress;
import io.shardsync.schemas.model.ShardKey;

import java.util.ArrayList;
import java.util.List;

import static java.util.Objects.requireNonNull;

/**
 * What the view itself looks at in a {@link ReplicationStatus}; fields as there. All else is sent on as it came, and to
 * read it for every status would be most of what the view costs.
 */
record StatusEssence(
        String cluster,
        String index,
        int shard,
        Health health,
        Long syncLagOps,
        Long syncLagBytes,
        List<Replica> replicas) {

    StatusEssence {
        requireNonNull(cluster, "cluster");
        requireNonNull(index, "index");
        requireNonNull(health, "health");
        replicas = List.copyOf(replicas);
    }

    record Replica(RecoveryProgress recovery) {}

    ShardKey key() {
        return new ShardKey(cluster, index, shard);
    }

    /** Those of its copies that are being built. */
    List<RecoveryProgress> recoveries() {
        List<RecoveryProgress> running = new ArrayList<>();
        for (Replica replica : replicas) {
            if (replica.recovery() != null) {
                running.add(replica.recovery());
            }
        }
        return running;
    }
}
