package io.shardsync.cli.ask;

import io.shardsync.cli.print.Table;
import io.shardsync.cli.print.Words;
import io.shardsync.schemas.model.ReplicationStatus;
import io.shardsync.schemas.model.ReplicationStatus.Health;
import io.shardsync.schemas.model.ReplicationStatus.LagBasis;
import io.shardsync.schemas.model.ReplicationStatus.Replica;
import io.shardsync.schemas.model.ReplicationStatus.ReplicaState;

import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** Shards, a line for each replica that is not as it should be. */
final class Shards {
    private Shards() {}

    /** @param every whether replicas that are in sync get a line as well */
    static Table table(List<ReplicationStatus> shards, boolean every, Instant now) {
        Table table = new Table("SHARD", "HEALTH", "SINCE", "PRIMARY", "REPLICA", "STATE", "BEHIND", "WHY");
        for (ReplicationStatus shard : shards) {
            List<Replica> shown = shard.replicas().stream()
                    .filter(replica -> every || replica.state() != ReplicaState.IN_SYNC)
                    .toList();
            if (shown.isEmpty()) {
                row(table, shard, null, now);
            }
            shown.forEach(replica -> row(table, shard, replica, now));
        }
        return table;
    }

    private static void row(Table table, ReplicationStatus shard, Replica replica, Instant now) {
        table.row(
                shard.key(),
                Words.code(shard.health()),
                Words.age(shard.since(), now),
                shard.primaryNode(),
                replica == null ? null : replica.node(),
                replica == null ? null : Words.code(replica.state()),
                replica == null ? behind(shard) : behind(replica),
                replica == null ? why(shard) : why(replica));
    }

    private static String behind(ReplicationStatus shard) {
        return shard.inSync() ? "nothing" : "-";
    }

    private static String behind(Replica replica) {
        if (replica.lagOps() == null && replica.lagBytes() == null) {
            return "unknown";
        }
        if (replica.state() == ReplicaState.IN_SYNC || replica.lagBasis() == LagBasis.NONE) {
            return zero(replica.lagOps()) ? "nothing" : Words.count(replica.lagOps()) + " ops";
        }
        String bytes = Words.bytes(replica.lagBytes());
        return replica.lagOps() == null ? bytes : bytes + ", " + Words.count(replica.lagOps()) + " ops";
    }

    /** "node_left [ID]" is the reason once more; nobody knows a node by its id. */
    private static boolean saysMore(String reason, String details) {
        return details != null
                && !(details.toLowerCase(Locale.ROOT).startsWith(reason + " [")
                        && details.indexOf(']') == details.length() - 1);
    }

    private static boolean zero(Long ops) {
        return ops == null || ops == 0;
    }

    private static String why(ReplicationStatus shard) {
        return shard.health() == Health.NO_PRIMARY ? "no active primary" : "";
    }

    private static String why(Replica replica) {
        if (replica.unassigned() != null) {
            String reason = String.valueOf(replica.unassigned().reason()).toLowerCase(Locale.ROOT);
            String details = replica.unassigned().details();
            return reason
                    + (replica.unassigned().delayed() ? ", its node may come back" : "")
                    + (saysMore(reason, details) ? ": " + details : "");
        }
        if (replica.recovery() != null) {
            return "built from " + Recoveries.source(replica.recovery()) + ", "
                    + Recoveries.percent(replica.recovery());
        }
        if (replica.state() == ReplicaState.LAGGING && replica.lagMs() != null) {
            return "where its primary was " + Words.duration(replica.lagMs()) + " ago";
        }
        return replica.state() == ReplicaState.UNKNOWN ? "its node does not answer" : "";
    }
}
