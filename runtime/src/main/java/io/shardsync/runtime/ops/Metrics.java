package io.shardsync.runtime.ops;

import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmInfoMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The numbers of one service, in Prometheus' format.
 *
 * <p>Our own meters are called {@code shardsync.thing.unit} (Prometheus: {@code shardsync_thing_unit}), see
 * {@link #name}, and have a description; no label ever names an index or a shard. Those of the JVM and of the Kafka
 * clients keep their usual names, so that ready-made dashboards fit.
 */
public final class Metrics implements AutoCloseable {
    private static final String PREFIX = "shardsync.";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Deque<AutoCloseable> bound = new ArrayDeque<>();

    private Metrics() {}

    /** A registry with the meters of the JVM and the process in it. */
    public static Metrics create() {
        Metrics metrics = new Metrics();
        List.of(
                        new ClassLoaderMetrics(),
                        new JvmInfoMetrics(),
                        new JvmMemoryMetrics(),
                        new JvmThreadMetrics(),
                        new JvmGcMetrics(),
                        new ProcessorMetrics(),
                        new FileDescriptorMetrics(),
                        new UptimeMetrics())
                .forEach(metrics::bind);
        return metrics;
    }

    /** Where meters are registered. */
    public PrometheusMeterRegistry registry() {
        return registry;
    }

    /**
     * The name of one of our own meters: {@code name("collection.duration")} is {@code shardsync.collection.duration}.
     */
    public static String name(String thing) {
        return PREFIX + thing;
    }

    /** Adds a producer's own metrics. All clients get the same tag keys, or Prometheus would refuse the later ones. */
    public void bind(Producer<?, ?> producer) {
        bind(new KafkaClientMetrics(producer, Tags.empty()));
    }

    /** Adds a consumer's own metrics. Bind from the thread that owns it. */
    public void bind(Consumer<?, ?> consumer) {
        bind(new KafkaClientMetrics(consumer, Tags.empty()));
    }

    /** Adds an admin client's own metrics. */
    public void bind(AdminClient admin) {
        bind(new KafkaClientMetrics(admin, Tags.empty()));
    }

    /** Adds any other meters, {@code KafkaStreamsMetrics} for example; they are closed with these. */
    public synchronized void bind(MeterBinder binder) {
        binder.bindTo(registry);
        if (binder instanceof AutoCloseable closeable) {
            bound.push(closeable);
        }
    }

    /** Everything in Prometheus' text format. */
    public String scrape() {
        return registry.scrape();
    }

    @Override
    public synchronized void close() throws Exception {
        while (!bound.isEmpty()) {
            bound.pop().close();
        }
        registry.close();
    }
}
