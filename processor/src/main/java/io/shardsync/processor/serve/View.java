package io.shardsync.processor.serve;

import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.ClusterSnapshot;
import io.shardsync.schemas.model.ConsistencyReport;
import io.shardsync.schemas.model.Control;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.ShardKey;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * This instance's own copy of the compacted topics. One thread writes ({@link ViewReader}), any number read; a reader
 * sees each record whole, and different records at most a moment apart.
 */
final class View {
    /** Commands that no actuator has taken: more than these only pile up when there is no actuator at all. */
    private static final int MOST_WAITING = 1_000;

    private final NavigableMap<ShardKey, ShardEntry> shards = new ConcurrentSkipListMap<>();
    private final Map<String, Alert> alerts = new ConcurrentHashMap<>();
    private final Map<String, RecoveryResult> results = new ConcurrentHashMap<>();
    private final Map<String, ClusterSnapshot> clusters = new ConcurrentHashMap<>();
    private final Map<String, ConsistencyReport> reports = new ConcurrentSkipListMap<>();
    private final Map<String, Control> controls = new ConcurrentSkipListMap<>();
    private final Map<String, RecoveryCommand> waiting = new LinkedHashMap<>();
    private volatile boolean ready;

    /** The topics have been read to the ends they had at the start. */
    void becomeReady() {
        ready = true;
    }

    boolean isReady() {
        return ready;
    }

    /**
     * This view, if it can be asked.
     *
     * @throws Problem 503 as long as it is still being read
     */
    View orNotReady() {
        if (!ready) {
            throw Problem.unavailable("the state is still being read from Kafka; try again in a moment");
        }
        return this;
    }

    /** By key: cluster, index, number. */
    NavigableMap<ShardKey, ShardEntry> shards() {
        return shards;
    }

    Collection<Alert> alerts() {
        return alerts.values();
    }

    Collection<RecoveryResult> results() {
        return results.values();
    }

    Optional<RecoveryResult> result(String commandId) {
        return Optional.ofNullable(results.get(commandId));
    }

    Collection<ClusterSnapshot> clusters() {
        return clusters.values();
    }

    Optional<ClusterSnapshot> cluster(String name) {
        return Optional.ofNullable(clusters.get(name));
    }

    Collection<ConsistencyReport> reports() {
        return reports.values();
    }

    /** By key, such as {@code prod/maintenance/ID}. */
    Map<String, Control> controls() {
        return controls;
    }

    /** Commands that no actuator has answered yet, oldest first. */
    Collection<RecoveryCommand> waiting() {
        synchronized (waiting) {
            return java.util.List.copyOf(waiting.values());
        }
    }

    Optional<RecoveryCommand> waiting(String commandId) {
        synchronized (waiting) {
            return Optional.ofNullable(waiting.get(commandId));
        }
    }

    /** Every cluster that anything is known of, unless it is retired. */
    Set<String> clusterNames() {
        Set<String> names = new TreeSet<>(clusters.keySet());
        ShardKey next = shards.isEmpty() ? null : firstAtOrAfter("");
        while (next != null) {
            names.add(next.cluster());
            next = firstAtOrAfter(next.cluster() + '\0');
        }
        names.removeIf(this::retired);
        return names;
    }

    boolean retired(String cluster) {
        return controls.containsKey(cluster + "/retired");
    }

    private ShardKey firstAtOrAfter(String cluster) {
        return shards.ceilingKey(new ShardKey(cluster, "", 0));
    }

    /** The shards of an index, empty if there is no such index. */
    NavigableMap<ShardKey, ShardEntry> shardsOf(String cluster, String index) {
        return shards.subMap(
                new ShardKey(cluster, index, 0), true, new ShardKey(cluster, index, Integer.MAX_VALUE), true);
    }

    /** Names of a cluster's indices, in order. */
    Set<String> indices(String cluster) {
        Set<String> names = new TreeSet<>();
        ShardKey next = shards.ceilingKey(new ShardKey(cluster, "", 0));
        while (next != null && next.cluster().equals(cluster)) {
            names.add(next.index());
            next = shards.higherKey(new ShardKey(cluster, next.index(), Integer.MAX_VALUE));
        }
        return names;
    }

    /** @return what was known of it before; null if nothing was */
    ShardEntry put(ShardKey key, StatusEssence status, byte[] json) {
        return status == null ? shards.remove(key) : shards.put(key, ShardEntry.of(status, json));
    }

    void put(String fingerprint, Alert alert) {
        put(alerts, fingerprint, alert);
    }

    void put(String commandId, RecoveryResult result) {
        put(results, commandId, result);
        synchronized (waiting) {
            waiting.remove(commandId);
        }
    }

    /** A command as it was sent; only of interest until its first result. */
    void put(RecoveryCommand command) {
        if (results.containsKey(command.commandId())) {
            return;
        }
        synchronized (waiting) {
            waiting.putIfAbsent(command.commandId(), command);
            if (waiting.size() > MOST_WAITING) {
                waiting.remove(waiting.keySet().iterator().next());
            }
        }
    }

    void put(String cluster, ClusterSnapshot snapshot) {
        put(clusters, cluster, snapshot);
    }

    void put(String key, ConsistencyReport report) {
        put(reports, key, report);
    }

    void put(String key, Control control) {
        put(controls, key, control);
    }

    private static <K, V> void put(Map<K, V> map, K key, V value) {
        if (value == null) {
            map.remove(key);
        } else {
            map.put(key, value);
        }
    }
}
