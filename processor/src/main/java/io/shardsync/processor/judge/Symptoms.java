package io.shardsync.processor.judge;

import io.shardsync.processor.join.CopyGroup;
import io.shardsync.processor.judge.ShardMemory.Pace;
import io.shardsync.processor.judge.Symptom.Kind;
import io.shardsync.schemas.model.ClusterSnapshot.Switch;
import io.shardsync.schemas.model.CopyState;
import io.shardsync.schemas.model.ReplicationStatus.Replica;
import io.shardsync.schemas.model.ReplicationStatus.ReplicaState;
import io.shardsync.schemas.model.ShardSnapshot;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Finds what is wrong with a shard's copies. Pure.
 *
 * @param lag when a lagging copy counts as stuck
 * @param stall how long a recovery may stand still
 */
public record Symptoms(LagSettings lag, Duration stall) {

    /**
     * @param group the collection judged
     * @param memory the judgement of it
     * @param switches allocation settings off their default
     */
    public List<Symptom> of(CopyGroup group, ShardMemory memory, List<Switch> switches) {
        List<Symptom> found = new ArrayList<>();
        if (!group.primaryActive()) {
            found.add(new Symptom(
                    Kind.PRIMARY_UNASSIGNED, Cause.of(group.primary(), switches), null, since(group.primary()), 0, 0));
        }
        for (ShardSnapshot copy : group.replicas()) {
            if (copy.state() == CopyState.UNASSIGNED) {
                boolean delayed = copy.unassigned() != null && copy.unassigned().delayed();
                found.add(new Symptom(
                        delayed ? Kind.REPLICA_DELAYED : Kind.REPLICA_UNASSIGNED,
                        Cause.of(copy, switches),
                        null,
                        since(copy),
                        0,
                        0));
            }
        }
        Stream.concat(Stream.of(group.primary()), group.replicas().stream())
                .filter(Symptoms::isBeingRetried)
                .forEach(copy -> found.add(new Symptom(Kind.RECOVERY_FAILED, null, null, since(copy), 0, 0)));
        for (Replica replica : memory.status().replicas()) {
            if (replica.state() == ReplicaState.LAGGING) {
                found.add(behind(Kind.REPLICA_LAGGING, replica, replica.laggingSince()));
                Pace pace = memory.pace().get(replica.allocationId());
                if (isStuck(pace, group)) {
                    found.add(behind(Kind.REPLICA_STUCK, replica, pace.since()));
                }
            }
            if (replica.recovery() != null && replica.recovery().stalledMs() >= stall.toMillis()) {
                found.add(new Symptom(
                        Kind.RECOVERY_STALLED,
                        null,
                        replica.node(),
                        replica.recovery().at().minusMillis(replica.recovery().stalledMs()),
                        0,
                        replica.recovery().bytesRemaining()));
            }
        }
        return found;
    }

    /** Once the attempts are used up it is an unassigned copy like others, and told as such. */
    private static boolean isBeingRetried(ShardSnapshot copy) {
        return copy.unassigned() != null
                && copy.unassigned().failedAttempts() > 0
                && copy.unassigned().failedAttempts() < Cause.ELASTICSEARCH_MAX_RETRIES;
    }

    private boolean isStuck(Pace pace, CopyGroup group) {
        return pace != null
                && group.primary().seqNo() != null
                && group.primary().seqNo().max() > pace.primaryThen()
                && Duration.between(pace.since(), group.collectedAt()).compareTo(lag.stuckAfter()) >= 0;
    }

    private static Symptom behind(Kind kind, Replica replica, Instant since) {
        return new Symptom(
                kind,
                null,
                replica.node(),
                since,
                replica.lagOps() == null ? 0 : replica.lagOps(),
                replica.lagBytes() == null ? 0 : replica.lagBytes());
    }

    private static Instant since(ShardSnapshot copy) {
        return copy.unassigned() == null || copy.unassigned().at() == null
                ? copy.collectedAt()
                : copy.unassigned().at();
    }
}
