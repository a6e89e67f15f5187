package io.shardsync.processor.judge;

import io.shardsync.processor.join.CopyGroup;
import io.shardsync.processor.judge.PrimaryHistory.Sample;
import io.shardsync.processor.judge.ShardMemory.Pace;
import io.shardsync.schemas.model.CopyState;
import io.shardsync.schemas.model.RecoveryEvent.Mode;
import io.shardsync.schemas.model.ReplicationStatus;
import io.shardsync.schemas.model.ReplicationStatus.Health;
import io.shardsync.schemas.model.ReplicationStatus.LagBasis;
import io.shardsync.schemas.model.ReplicationStatus.RecoveryProgress;
import io.shardsync.schemas.model.ReplicationStatus.Replica;
import io.shardsync.schemas.model.ReplicationStatus.ReplicaState;
import io.shardsync.schemas.model.ReplicationStatus.Verified;
import io.shardsync.schemas.model.ShardSnapshot;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * Computes a shard's sync state from one complete collection and what is remembered of earlier ones. Pure: the same
 * input gives the same status, whenever and wherever it is computed.
 */
public record SyncPolicy(LagSettings settings) {

    /**
     * @param group complete, and newer than the memory
     * @param last empty for a shard not seen before
     */
    public ShardMemory judge(CopyGroup group, Optional<ShardMemory> last) {
        Optional<ShardMemory> before = last.map(memory -> memory.onTheClockOf(group, settings));
        Optional<ShardMemory> own = before.filter(memory -> memory.isHistoryOf(group));
        PrimaryHistory history =
                historyAfter(group, own.map(ShardMemory::history).orElse(PrimaryHistory.empty()));
        List<ShardSnapshot> copies = group.replicas();
        List<Pace> paces = new ArrayList<>(copies.size());
        List<Replica> replicas = new ArrayList<>(copies.size());
        for (ShardSnapshot copy : copies) {
            replicas.add(replica(group, copy, history, own, paces));
        }
        ShardSnapshot primary = group.primary();
        Optional<ShardMemory> sameIndex = before.filter(memory -> memory.isOfIndex(primary.indexUuid()));
        return new ShardMemory(
                primary.indexUuid(),
                primary.primaryTerm(),
                primary.allocationId(),
                primary.collectorId(),
                group.collectedAt(),
                history,
                paces,
                group.primaryActive() ? null : since(group, sameIndex.map(ShardMemory::primaryDownSince)),
                missingSince(group, sameIndex.map(ShardMemory::replicaMissingSince)),
                sameIndex.map(ShardMemory::light).orElse(null),
                List.of(),
                status(
                        group,
                        replicas,
                        sameIndex.map(ShardMemory::status),
                        sameIndex.map(memory -> memory.status().verified()).orElse(null)));
    }

    private static Instant since(CopyGroup group, Optional<Instant> before) {
        return before.orElse(group.collectedAt());
    }

    /** A copy that is only being built is still missed: the attempt may fail, and then nothing has become better. */
    private static Instant missingSince(CopyGroup group, Optional<Instant> before) {
        for (ShardSnapshot copy : group.replicas()) {
            boolean isBuilt = copy.state() == CopyState.INITIALIZING && copy.relocatingNodeId() == null;
            if (isMissing(copy) || isBuilt && before.isPresent()) {
                return since(group, before);
            }
        }
        return null;
    }

    private static boolean isMissing(ShardSnapshot copy) {
        return copy.state() == CopyState.UNASSIGNED
                && (copy.unassigned() == null || !copy.unassigned().delayed());
    }

    /** The status of a shard whose cluster can't be seen any more: what was known, and that it is known no longer. */
    public static ReplicationStatus blind(ReplicationStatus last, Instant noticedAt) {
        return new ReplicationStatus(
                last.cluster(),
                last.index(),
                last.shard(),
                last.snapshotId(),
                noticedAt,
                last.primaryNode(),
                last.replicaNodes(),
                false,
                null,
                null,
                last.lastSyncTime(),
                Health.UNKNOWN,
                last.health() == Health.UNKNOWN ? last.since() : noticedAt,
                last.replicas().stream().map(SyncPolicy::blind).toList(),
                last.verified());
    }

    /** The same status, knowing what a deep check found. */
    static ReplicationStatus verified(ReplicationStatus last, Verified verified) {
        return new ReplicationStatus(
                last.cluster(),
                last.index(),
                last.shard(),
                last.snapshotId(),
                last.evaluatedAt(),
                last.primaryNode(),
                last.replicaNodes(),
                last.inSync(),
                last.syncLagOps(),
                last.syncLagBytes(),
                last.lastSyncTime(),
                last.health(),
                last.since(),
                last.replicas(),
                verified);
    }

    private static Replica blind(Replica last) {
        return new Replica(
                last.node(),
                last.allocationId(),
                ReplicaState.UNKNOWN,
                null,
                null,
                null,
                LagBasis.NONE,
                null,
                null,
                last.unassigned());
    }

    private static PrimaryHistory historyAfter(CopyGroup group, PrimaryHistory before) {
        ShardSnapshot primary = group.primary();
        if (!group.primaryActive() || !primary.answered() || primary.seqNo() == null) {
            return before;
        }
        long slowest = primary.seqNo().max();
        for (ShardSnapshot copy : group.replicas()) {
            if (copy.seqNo() != null) {
                slowest = Math.min(slowest, copy.seqNo().localCheckpoint());
            }
        }
        return before.with(new Sample(group.collectedAt(), primary.seqNo().max()), slowest);
    }

    private Replica replica(
            CopyGroup group,
            ShardSnapshot copy,
            PrimaryHistory history,
            Optional<ShardMemory> earlier,
            List<Pace> paces) {
        return switch (copy.state()) {
            case UNASSIGNED -> unassigned(group, copy);
            case INITIALIZING -> recovering(group, copy);
            case STARTED, RELOCATING ->
                group.primaryActive()
                                && group.primary().answered()
                                && group.primary().seqNo() != null
                                && copy.answered()
                                && copy.seqNo() != null
                        ? started(group, copy, history, earlier, paces)
                        : unseen(group, copy, earlier, paces);
        };
    }

    private static Replica unassigned(CopyGroup group, ShardSnapshot copy) {
        Long whole = group.primaryActive() ? group.primary().storeBytes() : null;
        return new Replica(
                null,
                null,
                ReplicaState.UNASSIGNED,
                null,
                whole,
                null,
                LagBasis.FULL_COPY,
                null,
                null,
                copy.unassigned());
    }

    private static Replica recovering(CopyGroup group, ShardSnapshot copy) {
        Optional<RecoveryProgress> recovery = group.recoveryOf(copy);
        boolean byFiles = recovery.map(RecoveryProgress::mode)
                .filter(Mode.FILE_BASED::equals)
                .isPresent();
        Long bytes = byFiles ? Long.valueOf(recovery.orElseThrow().bytesRemaining()) : null;
        return new Replica(
                copy.nodeName(),
                copy.allocationId(),
                ReplicaState.RECOVERING,
                null,
                bytes,
                null,
                byFiles ? LagBasis.RECOVERY_REMAINING : LagBasis.NONE,
                null,
                recovery.orElse(null),
                null);
    }

    private Replica started(
            CopyGroup group,
            ShardSnapshot copy,
            PrimaryHistory history,
            Optional<ShardMemory> earlier,
            List<Pace> paces) {
        long local = copy.seqNo().localCheckpoint();
        long primaryMax = group.primary().seqNo().max();
        long ops = Math.max(0, primaryMax - local);
        Instant now = group.collectedAt();
        Duration behind = history.passed(local)
                .map(passed -> Duration.between(passed, now))
                .filter(time -> !time.isNegative())
                .orElse(Duration.ZERO);
        boolean lagging = ops > 0 && behind.compareTo(settings.grace()) >= 0;

        Pace last = earlier.map(memory -> memory.paceOf(copy.allocationId())).orElse(null);
        Instant laggingSince =
                !lagging ? null : last != null && last.laggingSince() != null ? last.laggingSince() : now.minus(behind);
        paces.add(
                last != null && last.localCheckpoint() == local
                        ? new Pace(copy.allocationId(), local, last.since(), laggingSince, last.primaryThen())
                        : new Pace(copy.allocationId(), local, now, laggingSince, primaryMax));

        OptionalLong bytes = estimate(group.primary(), ops);
        return new Replica(
                copy.nodeName(),
                copy.allocationId(),
                lagging
                        ? ReplicaState.LAGGING
                        : copy.state() == CopyState.RELOCATING ? ReplicaState.RELOCATING : ReplicaState.IN_SYNC,
                ops,
                bytes.isPresent() ? bytes.getAsLong() : null,
                ops == 0 ? 0 : behind.toMillis(),
                ops == 0 || bytes.isEmpty() ? LagBasis.NONE : LagBasis.OPS_ESTIMATE,
                laggingSince,
                group.recoveryOf(copy).orElse(null),
                null);
    }

    /** A copy that can't be read: while the primary answers, the primary knows what an in-sync copy has confirmed. */
    private static Replica unseen(
            CopyGroup group, ShardSnapshot copy, Optional<ShardMemory> earlier, List<Pace> paces) {
        earlier.map(memory -> memory.paceOf(copy.allocationId())).ifPresent(paces::add);
        ShardSnapshot primary = group.primary();
        boolean primaryKnows =
                group.primaryActive() && primary.answered() && primary.seqNo() != null && copy.inSyncSet();
        Long ops = primaryKnows
                ? Long.valueOf(
                        Math.max(0, primary.seqNo().max() - primary.seqNo().globalCheckpoint()))
                : null;
        OptionalLong bytes = ops == null ? OptionalLong.empty() : estimate(primary, ops);
        return new Replica(
                copy.nodeName(),
                copy.allocationId(),
                ReplicaState.UNKNOWN,
                ops,
                bytes.isPresent() ? bytes.getAsLong() : null,
                null,
                bytes.isPresent() && ops > 0 ? LagBasis.OPS_ESTIMATE : LagBasis.NONE,
                null,
                null,
                null);
    }

    /** Operations times their mean size: in the translog if it holds any, else in the store. */
    private static OptionalLong estimate(ShardSnapshot primary, long ops) {
        if (ops == 0) {
            return OptionalLong.of(0);
        }
        if (primary.translog() != null && primary.translog().uncommittedOperations() > 0) {
            double mean = (double) primary.translog().uncommittedBytes()
                    / primary.translog().uncommittedOperations();
            return OptionalLong.of(Math.round(mean * ops));
        }
        if (primary.storeBytes() != null && primary.docs() != null) {
            long documents = primary.docs().count() + primary.docs().deleted();
            if (documents > 0) {
                return OptionalLong.of(Math.round((double) primary.storeBytes() / documents * ops));
            }
        }
        return OptionalLong.empty();
    }

    private static ReplicationStatus status(
            CopyGroup group, List<Replica> replicas, Optional<ReplicationStatus> before, Verified verified) {
        Health health = health(group, replicas);
        Instant now = group.collectedAt();
        ShardSnapshot primary = group.primary();
        return new ReplicationStatus(
                primary.cluster(),
                primary.index(),
                primary.shard(),
                group.snapshotId(),
                now,
                group.primaryActive() ? primary.nodeName() : null,
                nodes(replicas),
                health == Health.IN_SYNC,
                maximum(replicas, Replica::lagOps, group.primaryActive()),
                maximum(replicas, Replica::lagBytes, group.primaryActive()),
                health == Health.IN_SYNC
                        ? now
                        : before.map(ReplicationStatus::lastSyncTime).orElse(null),
                health,
                before.filter(last -> last.health() == health)
                        .map(ReplicationStatus::since)
                        .orElse(now),
                replicas,
                verified);
    }

    private static List<String> nodes(List<Replica> replicas) {
        List<String> nodes = new ArrayList<>(replicas.size());
        for (Replica replica : replicas) {
            if (replica.node() != null) {
                nodes.add(replica.node());
            }
        }
        return nodes;
    }

    private static Health health(CopyGroup group, List<Replica> replicas) {
        if (!group.primaryActive()) {
            return Health.NO_PRIMARY;
        }
        if (!group.primary().answered()) {
            return Health.UNKNOWN;
        }
        if (any(replicas, ReplicaState.UNASSIGNED)) {
            return Health.DEGRADED;
        }
        if (any(replicas, ReplicaState.RECOVERING)) {
            return Health.RECOVERING;
        }
        if (any(replicas, ReplicaState.LAGGING)) {
            return Health.LAGGING;
        }
        return any(replicas, ReplicaState.UNKNOWN) ? Health.UNKNOWN : Health.IN_SYNC;
    }

    private static boolean any(List<Replica> replicas, ReplicaState state) {
        for (Replica replica : replicas) {
            if (replica.state() == state) {
                return true;
            }
        }
        return false;
    }

    /** The worst of the replicas, unless one of them, or the primary, can't be told. */
    private static Long maximum(List<Replica> replicas, Function<Replica, Long> lag, boolean primaryActive) {
        if (!primaryActive) {
            return null;
        }
        long worst = 0;
        for (Replica replica : replicas) {
            Long one = lag.apply(replica);
            if (one == null) {
                return null;
            }
            worst = Math.max(worst, one);
        }
        return worst;
    }
}
