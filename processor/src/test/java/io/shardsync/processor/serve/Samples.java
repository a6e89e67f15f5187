package io.shardsync.processor.serve;

import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.ClusterSnapshot;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.ConsistencyReport;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.model.RecoveryEvent;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.ReplicationStatus;
import io.shardsync.schemas.model.ReplicationStatus.Health;
import io.shardsync.schemas.model.ReplicationStatus.LagBasis;
import io.shardsync.schemas.model.ReplicationStatus.RecoveryProgress;
import io.shardsync.schemas.model.ReplicationStatus.Replica;
import io.shardsync.schemas.model.ReplicationStatus.ReplicaState;
import io.shardsync.schemas.model.ShardSnapshot;
import io.shardsync.schemas.model.Verdict;
import io.shardsync.schemas.topic.Json;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Records as the services write them. */
final class Samples {
    private static final long MIB = 1L << 20;

    private Samples() {}

    static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MILLIS);
    }

    static ReplicationStatus inSync(String cluster, String index, int shard, String primary, String replica) {
        return status(cluster, index, shard, Health.IN_SYNC, primary, replica(replica, ReplicaState.IN_SYNC, 0L, 0L));
    }

    static ReplicationStatus lagging(String cluster, String index, int shard, String primary, String replica) {
        return status(
                cluster,
                index,
                shard,
                Health.LAGGING,
                primary,
                replica(replica, ReplicaState.LAGGING, 120_000L, 340 * MIB));
    }

    static ReplicationStatus degraded(String cluster, String index, int shard, String primary) {
        return status(
                cluster,
                index,
                shard,
                Health.DEGRADED,
                primary,
                new Replica(
                        null,
                        null,
                        ReplicaState.UNASSIGNED,
                        null,
                        700 * MIB,
                        null,
                        LagBasis.FULL_COPY,
                        null,
                        null,
                        new ShardSnapshot.Unassigned(
                                "NODE_LEFT", now().minusSeconds(70), 0, true, "node_left [n2]", "no_attempt")));
    }

    static ReplicationStatus recovering(
            String cluster, String index, int shard, String primary, String target, double percent) {
        RecoveryProgress progress = progress("alloc-" + index + shard, primary, target, percent);
        return status(
                cluster,
                index,
                shard,
                Health.RECOVERING,
                primary,
                new Replica(
                        target,
                        "alloc-" + index + shard,
                        ReplicaState.RECOVERING,
                        null,
                        progress.bytesRemaining(),
                        null,
                        LagBasis.RECOVERY_REMAINING,
                        null,
                        progress,
                        null));
    }

    /** In sync all the while. */
    static ReplicationStatus moving(
            String cluster, String index, int shard, String primary, String replica, String target) {
        return status(
                cluster,
                index,
                shard,
                Health.IN_SYNC,
                primary,
                new Replica(
                        replica,
                        "alloc-" + replica,
                        ReplicaState.RELOCATING,
                        0L,
                        0L,
                        0L,
                        LagBasis.NONE,
                        null,
                        progress("alloc-" + target, primary, target, 50),
                        null));
    }

    private static RecoveryProgress progress(String allocation, String source, String target, double percent) {
        long total = 800 * MIB;
        long left = (long) (total * (1 - percent / 100));
        return new RecoveryProgress(
                allocation,
                "PEER",
                "INDEX",
                source,
                target,
                now().minusSeconds(35),
                now(),
                total,
                left,
                percent,
                40 * MIB,
                left / (40 * MIB) * 1000,
                0,
                RecoveryEvent.Mode.FILE_BASED);
    }

    static ReplicationStatus status(
            String cluster, String index, int shard, Health health, String primary, Replica... replicas) {
        List<Replica> all = List.of(replicas);
        return new ReplicationStatus(
                cluster,
                index,
                shard,
                now().toEpochMilli(),
                now(),
                primary,
                all.stream()
                        .map(Replica::node)
                        .filter(java.util.Objects::nonNull)
                        .toList(),
                health == Health.IN_SYNC,
                all.isEmpty() ? null : all.get(0).lagOps(),
                all.isEmpty() ? null : all.get(0).lagBytes(),
                now(),
                health,
                now().minusSeconds(70),
                all,
                new ReplicationStatus.Verified(Verdict.CONSISTENT, now().minusSeconds(86_400)));
    }

    private static Replica replica(String node, ReplicaState state, long ops, long bytes) {
        return new Replica(
                node,
                "alloc-" + node,
                state,
                ops,
                bytes,
                ops == 0 ? 0L : 95_000L,
                ops == 0 ? LagBasis.NONE : LagBasis.OPS_ESTIMATE,
                state == ReplicaState.LAGGING ? now().minusSeconds(95) : null,
                null,
                null);
    }

    static ClusterSnapshot cluster(String name, String color, List<String> nodes, List<String> silent) {
        List<ClusterSnapshot.Node> all = new ArrayList<>();
        for (String node : nodes) {
            all.add(new ClusterSnapshot.Node(
                    "id-" + node,
                    "ephemeral-" + node,
                    node,
                    List.of("data", "master"),
                    !silent.contains(node),
                    now(),
                    null,
                    12,
                    900 * MIB,
                    new ClusterSnapshot.Disk(100_000 * MIB, 60_000 * MIB)));
        }
        return new ClusterSnapshot(
                name,
                "uuid-" + name,
                now().toEpochMilli(),
                "collector-1",
                now().minusMillis(80),
                now(),
                80,
                true,
                Map.of(0, 1L),
                color,
                ClusterSnapshot.View.MASTER,
                new ClusterSnapshot.Master("id-" + nodes.get(0), now().minusSeconds(90_000), 0),
                0,
                all,
                new ClusterSnapshot.Copies(24, 12, 12, 24, 0, 0, 0),
                null,
                List.of(),
                1000,
                true,
                null);
    }

    static Alert alert(String cluster, String name, Alert.Severity severity, Alert.Status status, String summary) {
        return new Alert(
                "%016x".formatted((cluster + name).hashCode() & 0xffffffffL),
                status,
                name,
                severity,
                cluster,
                null,
                null,
                now().minusSeconds(190),
                status == Alert.Status.RESOLVED ? now() : null,
                now(),
                summary,
                "6 replicas in 3 indices have no node since " + now().minusSeconds(190),
                new Alert.Cause("node_left", "node n2 left the cluster and has not come back", "n2"),
                6.0,
                0.0,
                new Alert.Affected(6, 0, List.of("logs-1", "orders", "users"), List.of("n2")),
                "bring n2 back, or add a data node; Elasticsearch then rebuilds the copies by itself",
                null,
                1,
                false,
                null,
                "docs/runbooks/" + name + ".md",
                Map.of("alertname", name, "cluster", cluster, "cause", "node_left"),
                Map.of("healing", "suggest: a dry run was sent", "plan", "POST /_cluster/reroute?retry_failed=true"));
    }

    /** What fires as long as somebody judges. */
    static Alert watchdog(Instant lastSeen) {
        return new Alert(
                "watchdog",
                Alert.Status.FIRING,
                "Watchdog",
                Alert.Severity.NONE,
                "*",
                null,
                null,
                lastSeen,
                null,
                lastSeen,
                "ShardSync is watching",
                "This alert always fires.",
                new Alert.Cause("alive", "The processor judges.", null),
                null,
                null,
                new Alert.Affected(0, 0, List.of(), List.of()),
                "None. Be alarmed if it stops.",
                null,
                1,
                false,
                null,
                "docs/runbooks/Watchdog.md",
                Map.of("alertname", "Watchdog", "cluster", "*"),
                Map.of());
    }

    static RecoveryResult result(RecoveryCommand command, long sequence, RecoveryResult.Status status) {
        boolean planned = status == RecoveryResult.Status.DRY_RUN || status == RecoveryResult.Status.SUCCEEDED;
        return new RecoveryResult(
                command.commandId(),
                command,
                command.cluster(),
                "uuid-" + command.cluster(),
                command.type(),
                command.requestedBy(),
                command.alertFingerprint(),
                sequence,
                status,
                now(),
                1,
                status == RecoveryResult.Status.DRY_RUN ? "1 call would be made" : "status " + status,
                List.of(new RecoveryResult.Diagnosis(
                        "cluster_allocation_off",
                        6,
                        "enable",
                        "persistent cluster.routing.allocation.enable is primaries: replica allocations are forbidden",
                        "put cluster.routing.allocation.enable back to its default")),
                planned
                        ? List.of(new RecoveryResult.PlannedCall(
                                "enable allocation",
                                "PUT",
                                "/_cluster/settings",
                                Json.MAPPER.createObjectNode().putNull("persistent.cluster.routing.allocation.enable"),
                                List.of("orders/0 replica", "orders/1 replica")))
                        : List.of(),
                List.of(new RecoveryResult.Step(now(), "diagnose", "cluster_allocation_off")),
                List.of(),
                Map.of(),
                status == RecoveryResult.Status.RUNNING ? new RecoveryResult.Progress(40.0, 500 * MIB, 12_000L) : null,
                status == RecoveryResult.Status.SUCCEEDED,
                3_878);
    }

    static RecoveryCommand command(String id, String cluster, CommandType type) {
        return RecoveryCommand.builder(type, cluster)
                .commandId(id)
                .requested("anna", now(), now().plusSeconds(900))
                .reason("disks were exchanged")
                .build();
    }

    static ConsistencyReport report(String cluster, String index, ConsistencyReport.Method method, Verdict verdict) {
        boolean same = verdict == Verdict.CONSISTENT;
        ConsistencyReport.Counts none = new ConsistencyReport.Counts(0, 0, 0);
        return new ConsistencyReport(
                cluster,
                index,
                "uuid-" + index,
                now().minusSeconds(600),
                method,
                verdict,
                100,
                List.of(new ConsistencyReport.Shard(
                        0,
                        now().minusSeconds(600),
                        "n1",
                        List.of(
                                new ConsistencyReport.Copy(
                                        "n1",
                                        4900L,
                                        5 * MIB,
                                        5599L,
                                        "b5e1f0a2",
                                        Verdict.CONSISTENT,
                                        List.of(),
                                        List.of(),
                                        List.of(),
                                        none),
                                new ConsistencyReport.Copy(
                                        "n2",
                                        same ? 4900L : 4897L,
                                        5 * MIB,
                                        5599L,
                                        same ? "b5e1f0a2" : "90aa17c4",
                                        verdict,
                                        same ? List.of() : List.of("101", "1202", "3303"),
                                        List.of(),
                                        List.of(),
                                        same ? none : new ConsistencyReport.Counts(3, 0, 0))),
                        List.of())),
                same ? List.of() : List.of(index + "/0: n2 lacks 3 documents"),
                2_500,
                null);
    }
}
