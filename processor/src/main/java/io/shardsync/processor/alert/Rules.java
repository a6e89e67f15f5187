package io.shardsync.processor.alert;

import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.Alert.Affected;
import io.shardsync.schemas.model.Alert.Severity;
import io.shardsync.schemas.model.ClusterSnapshot;
import io.shardsync.schemas.model.Control;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** Every rule there is. */
record Rules(List<Rule> whileSeen, AlertSettings settings) {

    static Rules of(AlertSettings settings) {
        return new Rules(
                List.of(
                        new UnassignedRule(settings),
                        new LagRule(settings),
                        new StuckRule(settings),
                        new FailedRule(settings),
                        new NodeRule(),
                        new SwitchRule(settings),
                        new MasterRule(settings),
                        new DivergeRule(),
                        new HealingRule(settings),
                        new BalanceRule(settings)),
                settings);
    }

    /** @param memory of a cluster that can be seen */
    List<Condition> conditions(ClusterMemory memory) {
        return whileSeen.stream().flatMap(rule -> rule.conditions(memory)).toList();
    }

    /**
     * Who does not answer is seen without a master too; who has left is not.
     *
     * @param memory of a cluster that the collector can't read, or that knows no master
     */
    List<Condition> blind(ClusterMemory memory) {
        return memory.newest().reachable()
                ? Stream.concat(new MasterRule(settings).conditions(memory), NodeRule.silent(memory))
                        .toList()
                : List.of(unreachable(memory.newest()));
    }

    private Condition unreachable(ClusterSnapshot snapshot) {
        ClusterSnapshot.Failure error = snapshot.error();
        return blind(
                "ClusterUnreachable",
                snapshot.cluster(),
                settings.clear(),
                new Alert.Cause(error == null ? "unreachable" : error.code(), error == null ? "" : error.text(), null),
                snapshot.cluster() + " can't be read",
                "Look at the cluster, its addresses and the credentials of the collector.");
    }

    /** No collection arrives any more. */
    Condition stale(String cluster) {
        return blind(
                "DataStale",
                cluster,
                Duration.ZERO,
                new Alert.Cause("no_collection", "No collection has arrived for " + settings.stale() + ".", null),
                "Nothing is known of " + cluster + " any more",
                "Look at the collector.");
    }

    /**
     * The cluster's memory can't be thought about, which is a mistake in the program.
     *
     * @param mistake what was thrown
     */
    Condition failed(String cluster, RuntimeException mistake) {
        return blind(
                "DataStale",
                cluster,
                Duration.ZERO,
                new Alert.Cause("judgement_failed", "The processor failed to judge it: " + mistake, null),
                "Nothing can be said of " + cluster + ": the processor fails",
                "Report it with the processor's log; the other clusters are judged on.");
    }

    private Condition blind(
            String alertname,
            String cluster,
            Duration pending,
            Alert.Cause cause,
            String summary,
            String suggestedAction) {
        return new Condition(
                Labels.of(alertname, cluster),
                Severity.CRITICAL,
                pending,
                Duration.ZERO,
                cause,
                null,
                null,
                new Affected(0, 0, List.of(), List.of()),
                summary,
                "Every other alert of the cluster is unknown until it can be seen again. " + cause.text(),
                suggestedAction);
    }

    /** Always true: who stops hearing of it knows that the watchman is down. */
    Condition watchdog() {
        return new Condition(
                Labels.of("Watchdog", Control.ALL_CLUSTERS),
                Severity.NONE,
                Duration.ZERO,
                Duration.ZERO,
                new Alert.Cause("alive", "The processor judges.", null),
                null,
                null,
                new Affected(0, 0, List.of(), List.of()),
                "ShardSync is watching",
                "This alert always fires.",
                "None. Be alarmed if it stops.");
    }
}
