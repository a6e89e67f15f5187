package io.shardsync.processor.alert;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.shardsync.processor.count.Finding;
import io.shardsync.processor.count.PartitionSummary;
import io.shardsync.processor.judge.Cause;
import io.shardsync.processor.judge.Symptom.Kind;
import io.shardsync.runtime.ops.Metrics;
import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.ConsistencyReport.Method;
import io.shardsync.schemas.model.Control;
import io.shardsync.schemas.model.ReplicationStatus.Health;
import io.shardsync.schemas.model.Verdict;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;

/**
 * What metrics show of the clusters that this instance judges, by cluster and never by shard. A cluster that moves to
 * another instance is forgotten here.
 */
public final class ClusterFigures {
    private final Map<String, Figures> clusters = new ConcurrentHashMap<>();
    private final Map<String, Collection<Alert>> firing = new ConcurrentHashMap<>();
    private final Map<String, List<Checks>> checked = new ConcurrentHashMap<>();
    private final Map<String, Long> lookedAtMs = new ConcurrentHashMap<>();
    private final Map<String, Long> overdue = new ConcurrentHashMap<>();
    private final Map<String, MultiGauge> gauges;
    private final MultiGauge ages;
    private final LongSupplier clockMs;
    private final AtomicInteger judging = new AtomicInteger();
    private volatile long judgedAtMs;

    private record Figures(
            long lagOpsMax,
            long lagOpsSum,
            long lagBytesMax,
            long lagBytesSum,
            int recovering,
            Map<Health, Integer> shards,
            List<Finding> findings) {}

    /** The verdicts of one index; null where there is none. */
    public record Checks(Verdict light, Verdict deep) {
        private Verdict of(Method method) {
            return method == Method.CHECKPOINTS ? light : deep;
        }
    }

    public ClusterFigures(MeterRegistry registry) {
        this(registry, System::currentTimeMillis);
    }

    ClusterFigures(MeterRegistry registry, LongSupplier clockMs) {
        this.clockMs = clockMs;
        judgedAtMs = clockMs.getAsLong();
        gauges = Map.of(
                "lag.ops", gauge(registry, "replication.lag.ops", "Operations that replicas are behind."),
                "lag.bytes", gauge(registry, "replication.lag.bytes", "Bytes that replicas are behind, estimated."),
                "shards", gauge(registry, "shards", "Shards by health."),
                "recovering", gauge(registry, "shards.recovering", "Copies that are being built or moved."),
                "unassigned", gauge(registry, "shards.unassigned", "Copies without a node, by observed cause."),
                "checks",
                        gauge(
                                registry,
                                "consistency.status",
                                "Indices by the verdict of their newest check, by method."),
                "overdue",
                        gauge(
                                registry,
                                "consistency.overdue",
                                "Indices that were not checked for a whole consistency.schedule."),
                "alerts", gauge(registry, "alerts.firing", "Alerts that fire."));
        ages = MultiGauge.builder(Metrics.name("evaluation.age"))
                .baseUnit("seconds")
                .description("Time since this instance last judged the cluster; * is its own Watchdog.")
                .register(registry);
    }

    private static MultiGauge gauge(MeterRegistry registry, String name, String description) {
        return MultiGauge.builder(Metrics.name(name)).description(description).register(registry);
    }

    /**
     * How long ago this instance last looked at the clusters that are its own, in milliseconds; 0 where it has no part
     * in judging. An instance without a cluster of its own is idle, and not standing still.
     */
    public long ageMs() {
        return judging.get() == 0 ? 0 : clockMs.getAsLong() - judgedAtMs;
    }

    /** A task begins to judge. */
    void begin() {
        judgedAtMs = clockMs.getAsLong();
        judging.incrementAndGet();
    }

    /** A cluster has been thought about, and nothing went wrong. */
    void looked(String cluster) {
        if (lookedAtMs.put(cluster, clockMs.getAsLong()) == null) {
            publishAges();
        }
    }

    /** A task has looked at all of its clusters, however many these are. */
    void looked() {
        judgedAtMs = clockMs.getAsLong();
    }

    /** A task judges no more, at least not here. */
    void end() {
        judging.decrementAndGet();
    }

    void update(String cluster, ClusterMemory memory) {
        Map<Health, Integer> shards = new ConcurrentHashMap<>();
        long opsMax = 0;
        long opsSum = 0;
        long bytesMax = 0;
        long bytesSum = 0;
        int recovering = 0;
        for (PartitionSummary summary : memory.summaries().values()) {
            summary.shards().forEach((health, count) -> shards.merge(health, count, Integer::sum));
            opsMax = Math.max(opsMax, summary.lagOpsMax());
            opsSum += summary.lagOpsSum();
            bytesMax = Math.max(bytesMax, summary.lagBytesMax());
            bytesSum += summary.lagBytesSum();
            recovering += summary.recovering();
        }
        clusters.put(cluster, new Figures(opsMax, opsSum, bytesMax, bytesSum, recovering, shards, memory.findings()));
        publish();
    }

    void alerts(String cluster, Collection<AlertState> states) {
        firing.put(
                cluster,
                states.stream()
                        .filter(AlertState::firing)
                        .map(AlertState::alert)
                        .toList());
        publishAlerts();
    }

    /** @param indices of the cluster, one entry each */
    public void checks(String cluster, List<Checks> indices) {
        checked.put(cluster, indices);
        publishChecks();
    }

    /** @param indices how many were not checked in time */
    public void overdue(String cluster, long indices) {
        overdue.put(cluster, indices);
        publishOverdue();
    }

    /** The cluster's checks are told by another instance now. */
    public void forgetChecks(String cluster) {
        checked.remove(cluster);
        overdue.remove(cluster);
        publishChecks();
        publishOverdue();
    }

    /** Nobody looks at its shards any more. */
    void forgetShards(String cluster) {
        if (clusters.remove(cluster) != null) {
            publish();
        }
    }

    void forget(String cluster) {
        clusters.remove(cluster);
        firing.remove(cluster);
        lookedAtMs.remove(cluster);
        publishAges();
        publish();
        publishAlerts();
    }

    private synchronized void publish() {
        rows(
                "lag.ops",
                (tags, row) -> clusters.forEach((cluster, figures) -> {
                    row.accept(tags.and("cluster", cluster, "of", "max"), figures.lagOpsMax());
                    row.accept(tags.and("cluster", cluster, "of", "sum"), figures.lagOpsSum());
                }));
        rows(
                "lag.bytes",
                (tags, row) -> clusters.forEach((cluster, figures) -> {
                    row.accept(tags.and("cluster", cluster, "of", "max"), figures.lagBytesMax());
                    row.accept(tags.and("cluster", cluster, "of", "sum"), figures.lagBytesSum());
                }));
        rows(
                "recovering",
                (tags, row) -> clusters.forEach(
                        (cluster, figures) -> row.accept(tags.and("cluster", cluster), figures.recovering())));
        rows(
                "shards",
                (tags, row) -> clusters.forEach((cluster, figures) -> {
                    for (Health health : Health.values()) {
                        row.accept(
                                tags.and("cluster", cluster, "health", lower(health)),
                                figures.shards().getOrDefault(health, 0));
                    }
                }));
        rows(
                "unassigned",
                (tags, row) -> clusters.forEach((cluster, figures) -> {
                    for (Cause cause : Cause.values()) {
                        row.accept(
                                tags.and("cluster", cluster, "role", "primary", "cause", cause.code()),
                                copies(figures, cause, Kind.PRIMARY_UNASSIGNED)
                                        + copies(figures, cause, Kind.PRIMARY_PENDING));
                        row.accept(
                                tags.and("cluster", cluster, "role", "replica", "cause", cause.code()),
                                copies(figures, cause, Kind.REPLICA_UNASSIGNED)
                                        + copies(figures, cause, Kind.REPLICA_DELAYED));
                    }
                }));
    }

    private synchronized void publishAges() {
        ages.register(
                lookedAtMs.keySet().stream()
                        .map(cluster -> MultiGauge.Row.of(
                                Tags.of("cluster", cluster), this, figures -> figures.ageSeconds(cluster)))
                        .toList(),
                true);
    }

    private double ageSeconds(String cluster) {
        Long looked = lookedAtMs.get(cluster);
        return looked == null ? 0 : (clockMs.getAsLong() - looked) / (double) TimeUnit.SECONDS.toMillis(1);
    }

    private synchronized void publishChecks() {
        rows(
                "checks",
                (tags, row) -> checked.forEach((cluster, indices) -> {
                    for (Method method : Method.values()) {
                        for (Verdict verdict : Verdict.values()) {
                            row.accept(
                                    tags.and("cluster", cluster, "method", lower(method), "verdict", lower(verdict)),
                                    indices.stream()
                                            .filter(index -> index.of(method) == verdict)
                                            .count());
                        }
                    }
                }));
    }

    private synchronized void publishOverdue() {
        rows(
                "overdue",
                (tags, row) ->
                        overdue.forEach((cluster, indices) -> row.accept(tags.and("cluster", cluster), indices)));
    }

    private synchronized void publishAlerts() {
        rows(
                "alerts",
                (tags, row) -> firing.forEach((cluster, alerts) -> {
                    for (Alert.Severity severity : Alert.Severity.values()) {
                        boolean watchdogs = severity == Alert.Severity.NONE;
                        if (watchdogs == cluster.equals(Control.ALL_CLUSTERS)) {
                            row.accept(
                                    tags.and("cluster", cluster, "severity", lower(severity)),
                                    alerts.stream()
                                            .filter(alert -> alert.severity() == severity)
                                            .count());
                        }
                    }
                }));
    }

    private void rows(String gauge, BiConsumer<Tags, BiConsumer<Tags, Number>> filler) {
        List<MultiGauge.Row<?>> rows = new ArrayList<>();
        filler.accept(Tags.empty(), (tags, value) -> rows.add(MultiGauge.Row.of(tags, value)));
        gauges.get(gauge).register(rows, true);
    }

    private static int copies(Figures figures, Cause cause, Kind kind) {
        return figures.findings().stream()
                .filter(finding -> finding.kind() == kind && finding.cause() == cause)
                .mapToInt(Finding::copies)
                .sum();
    }

    private static String lower(Enum<?> word) {
        return word.name().toLowerCase(Locale.ROOT);
    }
}
