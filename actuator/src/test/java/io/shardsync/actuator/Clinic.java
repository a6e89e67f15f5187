package io.shardsync.actuator;

import io.shardsync.runtime.config.Settings;
import io.shardsync.runtime.service.ServiceContext;
import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.fault.Faults;

import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;

/** An actuator beside a sandbox, with topics of its own, and a desk to ask it from. */
final class Clinic implements AutoCloseable {
    final Sandbox sandbox;
    final Faults faults;
    final Desk desk;
    private final Map<String, String> settings = new TreeMap<>();
    private Actuator actuator;

    /** @param more settings that differ from those of most tests */
    Clinic(Sandbox sandbox, Map<String, String> more) {
        this.sandbox = sandbox;
        this.faults = new Faults(sandbox);
        String prefix = "t" + UUID.randomUUID().toString().substring(0, 8) + ".";
        settings.putAll(settings(sandbox, prefix));
        settings.putAll(more);
        actuator = started();
        desk = new Desk(sandbox.kafka().bootstrap(), prefix);
    }

    /** What an actuator of a test is told. */
    static Map<String, String> settings(Sandbox sandbox, String prefix) {
        return Map.ofEntries(
                Map.entry("kafka.bootstrap.servers", sandbox.kafka().bootstrap()),
                Map.entry("topics.prefix", prefix),
                Map.entry("topics.partitions", "2"),
                Map.entry("clusters", "prod"),
                Map.entry(
                        "cluster.prod.hosts",
                        String.join(",", sandbox.elasticsearch().urls())),
                Map.entry("http.port", "0"),
                Map.entry("healing.retry.cooldown.ms", "0"),
                Map.entry("actuator.watch.interval.ms", "200"),
                Map.entry("actuator.settle.ms", "2000"),
                Map.entry("kafka.consumer.session.timeout.ms", "6000"));
    }

    private Actuator started() {
        Actuator made = new Actuator(new ServiceContext(Settings.of(ActuatorConfig.definition(), settings), cause -> {
            throw new AssertionError(cause);
        }));
        made.start();
        return made;
    }

    void index(String name, int shards, int replicas, String... moreSettings) {
        Map<String, Object> all = new TreeMap<>();
        all.put("number_of_shards", shards);
        all.put("number_of_replicas", replicas);
        for (int i = 0; i < moreSettings.length; i += 2) {
            all.put(moreSettings[i], moreSettings[i + 1]);
        }
        sandbox.http().createIndex(name, all);
    }

    void indexSetting(String index, String setting, String value) {
        sandbox.http().put("/" + index + "/_settings", "{\"" + setting + "\":" + value + "}");
    }

    /** Persistent. */
    void clusterSetting(String setting, String value) {
        sandbox.http().put("/_cluster/settings", "{\"persistent\":{\"" + setting + "\":" + value + "}}");
    }

    void awaitGreen() {
        sandbox.http().awaitHealth("green", Duration.ofSeconds(60));
    }

    /** Documents that don't compress, 64 KiB each. */
    void fill(String index, int documents) {
        Random random = new Random(7);
        byte[] bytes = new byte[49_152];
        StringBuilder bulk = new StringBuilder();
        for (int i = 0; i < documents; i++) {
            random.nextBytes(bytes);
            bulk.append("{\"index\":{}}\n{\"b\":\"")
                    .append(Base64.getEncoder().encodeToString(bytes))
                    .append("\"}\n");
        }
        sandbox.http().post("/" + index + "/_bulk", bulk.toString());
        // Only what is in files is copied at the pace of the setting; operations are replayed at once.
        sandbox.http().post("/" + index + "/_flush", null);
    }

    @Override
    public void close() {
        actuator.close();
        desk.close();
        faults.close();
        sandbox.reset();
    }
}
