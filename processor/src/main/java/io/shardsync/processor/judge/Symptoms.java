package io.shardsync.processor.judge;

import io.shardsync.processor.join.CopyGroup;
import io.shardsync.processor.judge.ShardMemory.Pace;
import io.shardsync.processor.judge.Symptom.Kind;
import io.shardsync.schemas.model.ClusterSnapshot.Switch;
import io.shardsync.schemas.model.CopyState;
import io.shardsync.schemas.model.ObservedCause;
import io.shardsync.schemas.model.ReplicationStatus.RecoveryProgress;
import io.shardsync.schemas.model.ReplicationStatus.Replica;
import io.shardsync.schemas.model.ReplicationStatus.ReplicaState;
import io.shardsync.schemas.model.ShardSnapshot;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Finds what is wrong with a shard's copies. Pure.
 *
 * @param graces how long each thing may be before it counts
 */
public record Symptoms(Graces graces) {
    /** Elasticsearch's word for a copy that has a place and waits until fewer are being built. */
    private static final String THROTTLED = "deciders_throttled";

    private static final Set<Kind> BEHIND = EnumSet.of(Kind.REPLICA_LAGGING, Kind.REPLICA_STUCK);

    /**
     * @param group the collection judged
     * @param memory the judgement of it
     * @param switches allocation settings off their default
     * @param before what was found last: of a copy that can't be told now, it holds still
     */
    public List<Symptom> of(CopyGroup group, ShardMemory memory, List<Switch> switches, List<Symptom> before) {
        List<Symptom> found = new ArrayList<>();
        Instant now = group.collectedAt();
        if (!group.primaryActive()) {
            Cause cause = Cause.of(group.primary(), switches);
            Instant since = memory.primaryDownSince();
            boolean isWrong = isOver(graceOf(cause), since, now) && !isUnderWay(group, group.primary(), cause);
            Kind kind = isWrong ? Kind.PRIMARY_UNASSIGNED : Kind.PRIMARY_PENDING;
            found.add(new Symptom(kind, cause, null, since, 0, 0));
            group.recoveryOf(group.primary())
                    .filter(this::isStalled)
                    .ifPresent(recovery -> found.add(stalled(group.primary().nodeName(), recovery)));
        }
        for (ShardSnapshot copy : group.replicas()) {
            if (copy.state() == CopyState.UNASSIGNED) {
                found.add(unassigned(group, copy, memory, Cause.of(copy, switches), now));
            } else if (isRetried(copy, memory, switches, now)) {
                found.add(new Symptom(
                        Kind.REPLICA_RETRIED, Cause.ALLOCATION_FAILED, null, memory.replicaMissingSince(), 0, 0));
            }
        }
        addIfFailed(group.primary(), found);
        for (ShardSnapshot copy : group.replicas()) {
            addIfFailed(copy, found);
        }
        for (Replica replica : memory.status().replicas()) {
            if (replica.state() == ReplicaState.LAGGING) {
                if (isOver(graces.lagging(), replica.laggingSince(), now)) {
                    found.add(behind(Kind.REPLICA_LAGGING, replica, replica.laggingSince()));
                }
                stuckSince(memory.paceOf(replica.allocationId()), replica, group)
                        .ifPresent(since -> found.add(behind(Kind.REPLICA_STUCK, replica, since)));
            } else if (replica.state() == ReplicaState.UNKNOWN) {
                // A node that falls silent has not caught up by that.
                before.stream()
                        .filter(symptom ->
                                BEHIND.contains(symptom.kind()) && Objects.equals(symptom.node(), replica.node()))
                        .forEach(found::add);
            }
            if (replica.recovery() != null && isStalled(replica.recovery())) {
                found.add(stalled(replica.node(), replica.recovery()));
            }
        }
        return found;
    }

    private boolean isStalled(RecoveryProgress recovery) {
        return recovery.stalledMs() >= graces.stalled().toMillis();
    }

    private static Symptom stalled(String node, RecoveryProgress recovery) {
        return new Symptom(
                Kind.RECOVERY_STALLED,
                null,
                node,
                recovery.at().minusMillis(recovery.stalledMs()),
                0,
                recovery.bytesRemaining());
    }

    private Symptom unassigned(CopyGroup group, ShardSnapshot copy, ShardMemory memory, Cause cause, Instant now) {
        if (copy.unassigned() != null && copy.unassigned().delayed()) {
            return new Symptom(Kind.REPLICA_DELAYED, cause, null, since(copy), 0, 0);
        }
        Instant since = memory.replicaMissingSince();
        // Elasticsearch builds no replica before the primary; the primary's symptom tells.
        boolean waits = cause == Cause.NEW_OR_RESTORED && !group.primaryActive();
        boolean isWrong = isOver(graceOf(cause), since, now) && !waits && !isUnderWay(group, copy, cause);
        Kind kind = isWrong ? Kind.REPLICA_UNASSIGNED : Kind.REPLICA_PENDING;
        return new Symptom(kind, cause, null, since, 0, 0);
    }

    private boolean isRetried(ShardSnapshot copy, ShardMemory memory, List<Switch> switches, Instant now) {
        return copy.state() == CopyState.INITIALIZING
                && memory.replicaMissingSince() != null
                && Cause.of(copy, switches) == Cause.ALLOCATION_FAILED
                && isOver(graces.unassigned(), memory.replicaMissingSince(), now);
    }

    /**
     * A copy that is being built for the first time, from a snapshot, say, or waits for its turn, may take hours: that
     * is work, and no fault. One that stands still is told as stalled, one that fails as failed.
     */
    private boolean isUnderWay(CopyGroup group, ShardSnapshot copy, Cause cause) {
        boolean isBuilt = copy.state() == CopyState.INITIALIZING
                && group.recoveryOf(copy).filter(this::isStalled).isEmpty();
        boolean isInQueue =
                copy.unassigned() != null && THROTTLED.equals(copy.unassigned().allocationStatus());
        return cause == Cause.NEW_OR_RESTORED && (isBuilt || isInQueue);
    }

    private Duration graceOf(Cause cause) {
        return cause == Cause.NEW_OR_RESTORED ? graces.created() : graces.unassigned();
    }

    private static boolean isOver(Duration grace, Instant since, Instant now) {
        return Duration.between(since, now).compareTo(grace) >= 0;
    }

    /** Once the attempts are used up it is an unassigned copy like others, and told as such. */
    private static boolean isBeingRetried(ShardSnapshot copy) {
        return copy.unassigned() != null
                && copy.unassigned().failedAttempts() > 0
                && copy.unassigned().failedAttempts() < ObservedCause.MAX_RETRIES;
    }

    private static void addIfFailed(ShardSnapshot copy, List<Symptom> found) {
        if (isBeingRetried(copy)) {
            found.add(new Symptom(Kind.RECOVERY_FAILED, null, null, since(copy), 0, 0));
        }
    }

    /** Where nothing was written a copy may stand still for ever: it counts from when the primary passed it. */
    private Optional<Instant> stuckSince(Pace pace, Replica replica, CopyGroup group) {
        if (pace == null
                || group.primary().seqNo() == null
                || group.primary().seqNo().max() <= pace.primaryThen()) {
            return Optional.empty();
        }
        Instant since = pace.since().isAfter(replica.laggingSince()) ? pace.since() : replica.laggingSince();
        return Optional.of(since).filter(begun -> isOver(graces.stuck(), begun, group.collectedAt()));
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
