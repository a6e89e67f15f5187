package io.shardsync.collector;

import io.shardsync.runtime.config.Settings;
import io.shardsync.runtime.service.ServiceContext;
import io.shardsync.sandbox.Sandbox;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import static org.assertj.core.api.Assertions.assertThat;

/** Collectors in this JVM that watch a sandbox's cluster, called {@link #CLUSTER}. */
final class Instances implements AutoCloseable {
    static final String CLUSTER = "prod";

    private final Sandbox sandbox;
    private final List<Throwable> fatal = new CopyOnWriteArrayList<>();
    private final List<Collector> running = new ArrayList<>();

    Instances(Sandbox sandbox) {
        this.sandbox = sandbox;
    }

    /** What connects a collector; looks and collects more often than by default. */
    static Map<String, String> settings(Sandbox sandbox, String id) {
        return new HashMap<>(Map.of(
                "kafka.bootstrap.servers",
                sandbox.kafka().bootstrap(),
                "topics.replication.factor",
                "1",
                "http.port",
                "0",
                "collector.id",
                id,
                "collector.poll.ms",
                "300",
                "clusters",
                CLUSTER,
                "cluster.prod.hosts",
                String.join(",", sandbox.elasticsearch().urls()),
                "cluster.prod.interval.ms",
                "1000"));
    }

    /** @param more keys and values in turn */
    Collector start(String id, String... more) {
        Map<String, String> pairs = settings(sandbox, id);
        for (int i = 0; i < more.length; i += 2) {
            pairs.put(more[i], more[i + 1]);
        }
        Collector collector =
                new Collector(new ServiceContext(Settings.of(CollectorConfig.DEFINITION, pairs), fatal::add));
        running.add(collector);
        collector.start();
        return collector;
    }

    void stop(Collector collector) {
        running.remove(collector);
        collector.close();
    }

    /** Also checks that none of them met what it could not handle. */
    @Override
    public void close() {
        running.forEach(Collector::close);
        running.clear();
        assertThat(fatal).isEmpty();
    }
}
