package io.shardsync.collector.watch;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.shardsync.runtime.elasticsearch.CallFailed;
import io.shardsync.runtime.ops.Metrics;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The numbers of one cluster's watcher; they disappear with it, since another instance then has them.
 *
 * <p>{@code shardsync_collection_duration_seconds_count} counts the collections that were published;
 * {@code shardsync_collection_errors_total} the tries that were not, by code.
 */
final class WatchMetrics implements AutoCloseable {
    private static final String CLUSTER = "cluster";

    private final MeterRegistry registry;
    private final String cluster;
    private final Clock clock;
    private final Timer duration;
    private final Counter copies;
    private final Gauge age;
    private final List<Counter> errors = new ArrayList<>();
    private volatile Instant lastCollection;

    WatchMetrics(MeterRegistry registry, String cluster, Clock clock) {
        this.registry = registry;
        this.cluster = cluster;
        this.clock = clock;
        this.lastCollection = clock.instant();
        duration = Timer.builder(Metrics.name("collection.duration"))
                .description("Time from a collection's first call to its commit.")
                .tag(CLUSTER, cluster)
                .register(registry);
        copies = Counter.builder(Metrics.name("copies.published"))
                .description("Copies of shards published.")
                .tag(CLUSTER, cluster)
                .register(registry);
        age = Gauge.builder(Metrics.name("collection.age"), this, WatchMetrics::ageSeconds)
                .description("Time since the last collection, or since the cluster was taken over.")
                .baseUnit("seconds")
                .tag(CLUSTER, cluster)
                .register(registry);
        // Prometheus sees no increase in what begins at one.
        for (CallFailed.Code code : CallFailed.Code.values()) {
            errors(code.text());
        }
    }

    void collected(Duration took, long published) {
        lastCollection = clock.instant();
        duration.record(took);
        copies.increment((double) published);
    }

    void failed(String code) {
        errors(code).increment();
    }

    private synchronized Counter errors(String code) {
        Counter counter = Counter.builder(Metrics.name("collection.errors"))
                .description("Collections that failed, by code.")
                .tag(CLUSTER, cluster)
                .tag("code", code)
                .register(registry);
        if (!errors.contains(counter)) {
            errors.add(counter);
        }
        return counter;
    }

    private double ageSeconds() {
        return Duration.between(lastCollection, clock.instant()).toMillis() / 1_000.0;
    }

    @Override
    public synchronized void close() {
        registry.remove(duration);
        registry.remove(copies);
        registry.remove(age);
        errors.forEach(registry::remove);
    }
}
