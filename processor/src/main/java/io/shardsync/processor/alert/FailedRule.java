package io.shardsync.processor.alert;

import io.shardsync.processor.count.Finding;
import io.shardsync.processor.judge.Symptom.Kind;
import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.Alert.Affected;
import io.shardsync.schemas.model.Alert.Severity;

import java.util.List;
import java.util.stream.Stream;

/** Recoveries that fail while Elasticsearch still tries: one alert for the cluster, however many copies. */
record FailedRule(AlertSettings settings) implements Rule {
    @Override
    public Stream<Condition> conditions(ClusterMemory memory) {
        String cluster = memory.newest().cluster();
        return memory.findings().stream()
                .filter(finding -> finding.kind() == Kind.RECOVERY_FAILED)
                .map(finding -> condition(cluster, finding));
    }

    private Condition condition(String cluster, Finding finding) {
        return new Condition(
                Labels.of("RecoveryFailed", cluster),
                Severity.WARNING,
                settings.clear(),
                settings.clear(),
                new Alert.Cause(
                        "recovery_failed", "Elasticsearch tried to build the copies, failed, and tries again.", null),
                (double) finding.copies(),
                0.0,
                new Affected(finding.copies(), 0, finding.indices(), List.of()),
                "Recoveries fail in " + cluster,
                finding.copies() + " copies could not be built so far; indices: " + String.join(", ", finding.indices())
                        + ".",
                "DIAGNOSE tells the failure; after five attempts Elasticsearch gives up.");
    }
}
