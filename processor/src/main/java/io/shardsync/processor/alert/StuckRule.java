package io.shardsync.processor.alert;

import io.shardsync.processor.count.Finding;
import io.shardsync.processor.judge.Symptom.Kind;
import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.Alert.Affected;
import io.shardsync.schemas.model.Alert.Severity;

import java.util.List;
import java.util.stream.Stream;

/** Copies that stand still: a started one while its primary moves on, or a recovery that moves nothing. */
record StuckRule(AlertSettings settings) implements Rule {
    @Override
    public Stream<Condition> conditions(ClusterMemory memory) {
        String cluster = memory.newest().cluster();
        return memory.findings().stream()
                .filter(finding -> finding.kind() == Kind.REPLICA_STUCK || finding.kind() == Kind.RECOVERY_STALLED)
                .map(finding -> condition(cluster, finding));
    }

    private Condition condition(String cluster, Finding finding) {
        boolean started = finding.kind() == Kind.REPLICA_STUCK;
        int slash = finding.shard().lastIndexOf('/');
        String shard = finding.shard();
        return new Condition(
                Labels.of(
                        started ? "ReplicaStuck" : "RecoveryStalled",
                        cluster,
                        "index",
                        shard.substring(0, slash),
                        "shard",
                        shard.substring(slash + 1)),
                started ? Severity.CRITICAL : Severity.WARNING,
                settings.clear(),
                settings.clear(),
                new Alert.Cause(
                        started ? "replica_stuck" : "recovery_stalled",
                        started ? "It makes no progress while its primary does." : "Neither byte nor operation moves.",
                        finding.node()),
                (double) (started ? finding.worstOps() : finding.worstBytes()),
                null,
                new Affected(finding.copies(), 0, finding.indices(), List.of(finding.node())),
                shard + " on " + finding.node() + " of " + cluster + (started ? " is stuck" : " recovers no further"),
                "It has not moved since " + finding.since() + "; " + finding.worstOps() + " operations and "
                        + finding.worstBytes() + " bytes are missing.",
                started
                        ? "Look at " + finding.node() + "; RESYNC_REPLICA rebuilds the copy elsewhere."
                        : "Look at both ends of the recovery; RECOVER cancels it and lets Elasticsearch try again.");
    }
}
