package io.shardsync.processor.alert;

import io.shardsync.processor.count.Finding;
import io.shardsync.processor.judge.Symptom.Kind;
import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.Alert.Affected;
import io.shardsync.schemas.model.Alert.Severity;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** Started copies far behind their primaries: one alert per node, since it is a node that is slow. */
record LagRule(AlertSettings settings) implements Rule {
    private static final int CRITICAL_FACTOR = 10;

    @Override
    public Stream<Condition> conditions(ClusterMemory memory) {
        String cluster = memory.newest().cluster();
        return memory.findings().stream()
                .filter(finding -> finding.kind() == Kind.REPLICA_LAGGING)
                .filter(finding -> exceeds(finding, 1))
                .map(finding -> condition(cluster, finding));
    }

    private boolean exceeds(Finding finding, int times) {
        return finding.worstBytes() > settings.lagBytes() * times || finding.worstOps() > settings.lagOps() * times;
    }

    private Condition condition(String cluster, Finding finding) {
        boolean byBytes = finding.worstBytes() > settings.lagBytes();
        return new Condition(
                Labels.of("ReplicaLagHigh", cluster, "node", finding.node()),
                exceeds(finding, CRITICAL_FACTOR) ? Severity.CRITICAL : Severity.WARNING,
                Duration.ZERO,
                settings.clear(),
                new Alert.Cause("lagging", "Replicas on " + finding.node() + " do not keep up.", finding.node()),
                (double) (byBytes ? finding.worstBytes() : finding.worstOps()),
                (double) (byBytes ? settings.lagBytes() : settings.lagOps()),
                new Affected(finding.copies(), 0, finding.indices(), List.of(finding.node())),
                finding.copies() + " replicas on " + finding.node() + " of " + cluster + " lag behind",
                "The worst is " + finding.worstOps() + " operations, about " + finding.worstBytes()
                        + " bytes, behind its primary; indices: " + String.join(", ", finding.indices()) + ".",
                "Look at " + finding.node() + ": disk, CPU, garbage collection, network.");
    }
}
