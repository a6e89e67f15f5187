package io.shardsync.chaos;

import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.ReplicationStatus;
import io.shardsync.schemas.model.ReplicationStatus.Health;
import io.shardsync.schemas.model.ShardKey;
import io.shardsync.schemas.model.ShardSnapshot;
import io.shardsync.schemas.topic.DeadLetter;
import io.shardsync.schemas.topic.Topic;
import io.shardsync.schemas.topic.Topics;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Reads every topic from its beginning, as any consumer would, and notes when each record could be read. */
final class Recorder implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration METADATA = Duration.ofMinutes(1);

    private final Topics topics;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Thread thread = new Thread(this::run, "recorder");
    private volatile boolean closed;
    private volatile RuntimeException failure;

    private final List<History.Told> alerts = new ArrayList<>();
    private final Map<String, Alert> newestAlerts = new LinkedHashMap<>();
    private final List<RecoveryResult> results = new ArrayList<>();
    private final Set<String> sent = new LinkedHashSet<>();
    private final Set<String> ended = new LinkedHashSet<>();
    private final List<History.Place> letters = new ArrayList<>();
    private final Map<ShardKey, ReplicationStatus> statuses = new TreeMap<>();
    private final Map<ShardKey, Long> newestGroups = new HashMap<>();
    private Instant newestCollection = Instant.MIN;

    Recorder(String bootstrap, Topics topics) {
        this.topics = topics;
        consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap,
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed",
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = new ArrayList<>();
        for (Topic<?, ?> topic : topics.all()) {
            consumer.partitionsFor(topic.name(), METADATA)
                    .forEach(info -> partitions.add(new TopicPartition(info.topic(), info.partition())));
        }
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            while (!closed) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    take(record);
                }
                synchronized (this) {
                    notifyAll();
                }
            }
        } catch (RuntimeException e) {
            failure = e;
        } finally {
            consumer.close();
        }
    }

    private synchronized void take(ConsumerRecord<byte[], byte[]> record) {
        String topic = record.topic();
        try {
            if (topic.equals(topics.alerts().name())) {
                alert(value(topics.alerts(), record));
            } else if (topic.equals(topics.recoveryResults().name())) {
                result(value(topics.recoveryResults(), record));
            } else if (topic.equals(topics.recoveryCommands().name())) {
                sent.add(value(topics.recoveryCommands(), record).commandId());
            } else if (topic.equals(topics.replicationStatuses().name())) {
                status(key(record), value(topics.replicationStatuses(), record));
            } else if (topic.equals(topics.shardSnapshots().name())) {
                group(key(record), value(topics.shardSnapshots(), record));
            } else if (topic.equals(topics.clusterSnapshots().name())) {
                newestCollection = value(topics.clusterSnapshots(), record).startedAt();
            } else if (topic.equals(topics.deadLetters().name())) {
                letters.add(new History.Place(
                        header(record, DeadLetter.TOPIC),
                        Integer.parseInt(header(record, DeadLetter.PARTITION)),
                        Long.parseLong(header(record, DeadLetter.OFFSET))));
            }
        } catch (SerializationException garbage) {
            // Ours; whether it was set aside is seen from the dead letters.
        }
    }

    private void alert(Alert alert) {
        if (alert != null && !alert.alertname().equals("Watchdog")) {
            alerts.add(new History.Told(Instant.now(), alert));
            newestAlerts.put(alert.fingerprint(), alert);
        }
    }

    private void result(RecoveryResult result) {
        if (result != null) {
            results.add(result);
            if (result.status().terminal()) {
                ended.add(result.commandId());
            }
        }
    }

    private void status(ShardKey shard, ReplicationStatus status) {
        if (status == null) {
            statuses.remove(shard);
        } else {
            statuses.put(shard, status);
        }
    }

    /** Its primary completes a group. */
    private void group(ShardKey shard, ShardSnapshot copy) {
        if (copy.groupState() == ShardSnapshot.GroupState.REMOVED) {
            newestGroups.remove(shard);
        } else if (copy.role() == ShardSnapshot.Role.PRIMARY) {
            newestGroups.put(shard, copy.snapshotId());
        }
    }

    private ShardKey key(ConsumerRecord<byte[], byte[]> record) {
        return topics.shardSnapshots().keys().deserializer().deserialize(record.topic(), record.key());
    }

    private static <V> V value(Topic<?, V> topic, ConsumerRecord<byte[], byte[]> record) {
        return topic.values().deserializer().deserialize(record.topic(), record.value());
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }

    /** Waits until something is so; asked again whenever records have come. */
    synchronized boolean await(Duration patience, BooleanSupplier isSo) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!isSo.getAsBoolean()) {
            if (failure != null) {
                throw new KafkaException("the recorder can't read any more", failure);
            }
            long leftMs = (deadline - System.nanoTime()) / 1_000_000;
            if (leftMs <= 0) {
                return false;
            }
            wait(Math.min(leftMs, 500));
        }
        return true;
    }

    /** What keeps the picture from being calm, in words; empty where nothing does. */
    synchronized List<String> unrest() {
        List<String> all = new ArrayList<>();
        newestAlerts.values().stream()
                .filter(alert -> alert.status() != Alert.Status.RESOLVED)
                .forEach(alert -> all.add(alert.alertname() + " " + alert.status()));
        statuses.forEach((shard, status) -> {
            if (status.health() != Health.IN_SYNC) {
                all.add(shard + " " + status.health());
            }
        });
        sent.stream().filter(id -> !ended.contains(id)).forEach(id -> all.add("command " + id + " runs"));
        return all;
    }

    synchronized List<History.Told> alerts() {
        return List.copyOf(alerts);
    }

    synchronized List<RecoveryResult> results() {
        return List.copyOf(results);
    }

    synchronized Set<String> sent() {
        return Set.copyOf(sent);
    }

    synchronized List<History.Place> letters() {
        return List.copyOf(letters);
    }

    synchronized Map<ShardKey, ReplicationStatus> statuses() {
        return Map.copyOf(statuses);
    }

    /** When the newest collection began, by the collector's clock, which is ours. */
    synchronized Instant newestCollection() {
        return newestCollection;
    }

    synchronized Map<ShardKey, Long> newestGroups() {
        return Map.copyOf(newestGroups);
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        thread.join();
    }
}
