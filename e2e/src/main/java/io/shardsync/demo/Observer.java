package io.shardsync.demo;

import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.ReplicationStatus;
import io.shardsync.schemas.model.ShardKey;
import io.shardsync.schemas.topic.Topic;
import io.shardsync.schemas.topic.Topics;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Reads what the services wrote, as any consumer of the topics would, and remembers the newest of each. */
public final class Observer implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);

    private final Topics topics = new Topics(Topics.DEFAULT_PREFIX, "/shardsync/demo");
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Thread thread = new Thread(this::run, "observer");
    private volatile boolean closed;
    private volatile RuntimeException failure;

    private final Map<ShardKey, ReplicationStatus> statuses = new TreeMap<>();
    private final Map<String, Alert> alerts = new TreeMap<>();
    private final Map<String, RecoveryResult> results = new HashMap<>();
    private final List<RecoveryCommand> commands = new ArrayList<>();
    private final List<Alert> toldAlerts = new ArrayList<>();
    private final List<RecoveryResult> toldResults = new ArrayList<>();
    private final List<ReplicationStatus> toldStatuses = new ArrayList<>();

    public Observer(String bootstrap) {
        consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap,
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed",
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = new ArrayList<>();
        for (Topic<?, ?> topic : List.of(
                topics.replicationStatuses(), topics.alerts(), topics.recoveryResults(), topics.recoveryCommands())) {
            consumer.partitionsFor(topic.name())
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
            }
        } catch (RuntimeException e) {
            failure = e;
        } finally {
            consumer.close();
        }
        synchronized (this) {
            notifyAll();
        }
    }

    private synchronized void take(ConsumerRecord<byte[], byte[]> record) {
        if (record.topic().equals(topics.replicationStatuses().name())) {
            ReplicationStatus status = put(topics.replicationStatuses(), record, statuses);
            Optional.ofNullable(status).ifPresent(toldStatuses::add);
        } else if (record.topic().equals(topics.alerts().name())) {
            Optional.ofNullable(put(topics.alerts(), record, alerts)).ifPresent(toldAlerts::add);
        } else if (record.topic().equals(topics.recoveryResults().name())) {
            Optional.ofNullable(put(topics.recoveryResults(), record, results)).ifPresent(toldResults::add);
        } else {
            commands.add(topics.recoveryCommands().values().deserializer().deserialize(record.topic(), record.value()));
        }
        notifyAll();
    }

    private static <K, V> V put(Topic<K, V> topic, ConsumerRecord<byte[], byte[]> record, Map<K, V> into) {
        K key = topic.keys().deserializer().deserialize(record.topic(), record.key());
        V value = topic.values().deserializer().deserialize(record.topic(), record.value());
        if (value == null) {
            into.remove(key);
        } else {
            into.put(key, value);
        }
        return value;
    }

    /** The newest status of every shard that is there. */
    public synchronized Collection<ReplicationStatus> statuses() {
        return List.copyOf(statuses.values());
    }

    /** The newest record of every alert. */
    public synchronized Collection<Alert> alerts() {
        return List.copyOf(alerts.values());
    }

    /** The alerts that fire, but for the Watchdog. */
    public List<Alert> firing() {
        return alerts().stream()
                .filter(alert -> alert.status() != Alert.Status.RESOLVED
                        && !alert.alertname().equals("Watchdog"))
                .toList();
    }

    /** Every alert record there was, oldest first. */
    public synchronized List<Alert> everyAlert() {
        return List.copyOf(toldAlerts);
    }

    /** Every result record there was, oldest first. */
    public synchronized List<RecoveryResult> everyResult() {
        return List.copyOf(toldResults);
    }

    /** Every status record there was, oldest first. */
    public synchronized List<ReplicationStatus> everyStatus() {
        return List.copyOf(toldStatuses);
    }

    /** The newest result of every command. */
    public synchronized Collection<RecoveryResult> results() {
        return List.copyOf(results.values());
    }

    public synchronized List<RecoveryCommand> commands() {
        return List.copyOf(commands);
    }

    /**
     * Waits until something is there.
     *
     * @param look looks for it, and is asked again after every record
     * @return what was found; empty if it did not come in time
     */
    public synchronized <T> Optional<T> await(Duration patience, Supplier<Optional<T>> look)
            throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            Optional<T> found = look.get();
            if (found.isPresent()) {
                return found;
            }
            if (failure != null) {
                throw failure;
            }
            long leftMs = (deadline - System.nanoTime()) / 1_000_000;
            if (leftMs <= 0) {
                return Optional.empty();
            }
            wait(Math.min(leftMs, 1000));
        }
    }

    /** Waits for an alert as it is now. */
    public Optional<Alert> awaitAlert(Duration patience, Predicate<Alert> which) throws InterruptedException {
        return await(patience, () -> alerts().stream().filter(which).findFirst());
    }

    /** Waits for a result as it is now. */
    public Optional<RecoveryResult> awaitResult(Duration patience, Predicate<RecoveryResult> which)
            throws InterruptedException {
        return await(patience, () -> results().stream().filter(which).findFirst());
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        thread.join();
    }
}
