package io.shardsync.processor.alert;

import io.shardsync.processor.check.DeepCheck;
import io.shardsync.processor.check.IndexFact;
import io.shardsync.processor.count.PartitionSummary;
import io.shardsync.schemas.model.ClusterSnapshot;
import io.shardsync.schemas.model.RecoveryResult;

/** What the judgement of a cluster is made of. */
public sealed interface ClusterInput {
    record Collection(ClusterSnapshot snapshot) implements ClusterInput {}

    record Shards(PartitionSummary summary) implements ClusterInput {}

    record Outcome(RecoveryResult result) implements ClusterInput {}

    record Index(IndexFact fact) implements ClusterInput {}

    record Deep(DeepCheck check) implements ClusterInput {}
}
