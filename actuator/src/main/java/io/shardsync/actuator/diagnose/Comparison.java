package io.shardsync.actuator.diagnose;

import io.shardsync.actuator.bedside.Bedside;
import io.shardsync.actuator.bedside.ShardId;

/**
 * Says which of two copies may be overwritten. After a failover the damaged copy may be the primary; rebuilding the
 * replica from it would then destroy the only good copy, and nothing in health or checkpoints shows it.
 */
@FunctionalInterface
public interface Comparison {

    /**
     * Compares a replica with its primary, document by document.
     *
     * @param content whether the content of documents counts too, not only their versions
     * @param pause how it waits
     */
    Outcome compare(Bedside bedside, ShardId shard, String replicaNode, boolean content, Pause pause);

    /** What a comparison can show. */
    enum Direction {
        /** The primary holds every document of the replica at an equal or higher {@code _seq_no}. */
        PRIMARY_HAS_ALL,
        /** The replica holds something that the primary lacks. */
        REPLICA_HAS_MORE,
        /** Neither was shown. */
        UNPROVEN
    }

    /**
     * What was found.
     *
     * @param direction which copy may be overwritten
     * @param why for people
     */
    record Outcome(Direction direction, String why) {}

    /** Proves nothing. */
    static Comparison none() {
        return (bedside, shard, node, content, pause) ->
                new Outcome(Direction.UNPROVEN, "the copies were not compared document by document");
    }
}
