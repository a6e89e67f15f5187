package io.shardsync.actuator.compare;

import io.shardsync.actuator.bedside.Bedside;
import io.shardsync.actuator.bedside.NotAnswered;
import io.shardsync.actuator.bedside.ShardId;
import io.shardsync.actuator.diagnose.Comparison;
import io.shardsync.actuator.diagnose.Pause;
import io.shardsync.schemas.model.ConsistencyReport.Copy;
import io.shardsync.schemas.model.ConsistencyReport.Counts;

/** Compares a replica with its primary by a deep check of these two copies. */
public final class DeepComparison implements Comparison {
    private final ShardChecks checks;

    /** With the same threads and pace as every check. */
    public DeepComparison(ShardChecks checks) {
        this.checks = checks;
    }

    @Override
    public Outcome compare(Bedside bedside, ShardId shard, String replicaNode, boolean content, Pause pause) {
        Depth depth = content ? Depth.CONTENT : Depth.VERSIONS;
        Checked checked;
        try {
            checked = checks.of(bedside, pause)
                    .check(Task.of(shard, depth).onlyOf(replicaNode).roughly(), Follower.none());
        } catch (NotAnswered e) {
            return new Outcome(Direction.UNPROVEN, "the copies could not be read: " + e.getMessage());
        }
        if (checked.primaryCovers()) {
            return new Outcome(
                    Direction.PRIMARY_HAS_ALL,
                    "compared document by document, the primary holds all that the replica holds, at an equal or higher"
                            + " _seq_no: " + checked.words());
        }
        boolean more = checked.shard().copies().stream()
                        .map(Copy::counts)
                        .mapToLong(Counts::extra)
                        .sum()
                > 0;
        return new Outcome(more ? Direction.REPLICA_HAS_MORE : Direction.UNPROVEN, checked.words());
    }
}
