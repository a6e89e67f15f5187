package io.shardsync.processor.serve;

import io.shardsync.processor.control.ControlStore;
import io.shardsync.runtime.kafka.KafkaClients;
import io.shardsync.schemas.model.Control;
import io.shardsync.schemas.topic.JsonDeserializer;
import io.shardsync.schemas.topic.Topic;
import io.shardsync.schemas.topic.Topics;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the topics into the {@link View}: all partitions, without a group, from the beginning at every start. A plain
 * consumer rather than global tables of Kafka Streams, because what it keeps in memory is ready to be sent as it is,
 * because a change can be told at the moment it is seen, and because no state on disk can disagree with the topics. The
 * price is reading them whole at a start: about two seconds for 100,000 shards.
 */
final class ViewReader implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ViewReader.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final long CLOSE_MS = 2_000;

    private final KafkaClients clients;
    private final View view;
    private final Map<String, Entry<?, ?>> byTopic = new HashMap<>();
    private final Thread thread;
    private volatile Consumer<byte[], byte[]> consumer;
    private volatile boolean closed;

    /** What is done with the records of one topic. The value is null for a tombstone. */
    interface Taking<K, V> {
        void take(K key, V value, byte[] json);
    }

    private record Entry<K, V>(Deserializer<K> keys, Deserializer<V> values, Taking<K, V> taking) {
        void take(ConsumerRecord<byte[], byte[]> record) {
            K key = keys.deserialize(record.topic(), record.key());
            V value = values.deserialize(record.topic(), record.value());
            if (key != null) {
                taking.take(key, value, record.value());
            }
        }
    }

    /**
     * @param changes told of every change seen after the view has become ready; what was there before is no news
     * @param fatal told when it can't go on
     */
    ViewReader(
            KafkaClients clients,
            Topics topics,
            View view,
            Changes changes,
            java.util.function.Consumer<Throwable> fatal) {
        this.clients = clients;
        this.view = view;
        register(topics.replicationStatuses(), new JsonDeserializer<>(StatusEssence.class), (key, status, json) -> {
            ShardEntry before = view.put(key, status, json);
            if (view.isReady()) {
                changes.status(key, status, json, before);
            }
        });
        register(topics.alerts(), (key, alert, json) -> {
            view.put(key, alert);
            if (view.isReady()) {
                changes.alert(key, alert, json);
            }
        });
        register(topics.recoveryResults(), (key, result, json) -> {
            view.put(key, result);
            if (view.isReady()) {
                changes.result(key, result, json);
            }
        });
        register(topics.recoveryCommands(), (key, command, json) -> {
            if (command != null) {
                view.put(command);
                if (view.isReady()) {
                    changes.sent(command);
                }
            }
        });
        register(topics.clusterSnapshots(), (key, snapshot, json) -> {
            view.put(key, snapshot);
            if (view.isReady()) {
                changes.cluster(key, snapshot, json);
            }
        });
        register(topics.consistencyReports(), (key, report, json) -> {
            view.put(key, report);
            if (view.isReady()) {
                changes.consistency(key, report);
            }
        });
        register(topics.controls(), (key, written, json) -> {
            Control control = ControlStore.complete(key, written).orElse(null);
            view.put(key, control);
            if (view.isReady()) {
                changes.control(key, control);
            }
        });
        thread = new Thread(() -> run(fatal), "view");
        thread.setDaemon(true);
    }

    private <K, V> void register(Topic<K, V> topic, Taking<K, V> taking) {
        register(topic, topic.values().deserializer(), taking);
    }

    private <K, V> void register(Topic<K, ?> topic, Deserializer<V> values, Taking<K, V> taking) {
        byTopic.put(topic.name(), new Entry<>(topic.keys().deserializer(), values, taking));
    }

    void start() {
        thread.start();
    }

    private void run(java.util.function.Consumer<Throwable> fatal) {
        try (Consumer<byte[], byte[]> reading = clients.consumer(
                "view",
                Optional.empty(),
                Map.of(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 5_000),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer = reading;
            List<TopicPartition> partitions = partitions(reading);
            reading.assign(partitions);
            reading.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = reading.endOffsets(partitions);
            while (!closed) {
                reading.poll(POLL).forEach(this::take);
                if (!view.isReady()
                        && ends.entrySet().stream().allMatch(end -> reading.position(end.getKey()) >= end.getValue())) {
                    view.becomeReady();
                    log.info("the view is complete: {} shards", view.shards().size());
                }
            }
        } catch (WakeupException e) {
            log.debug("woken to end", e);
        } catch (RuntimeException e) {
            if (!closed) {
                fatal.accept(e);
            }
        }
    }

    /** Waits for topics that were created a moment ago and are not known everywhere yet. */
    private List<TopicPartition> partitions(Consumer<byte[], byte[]> reading) {
        List<TopicPartition> all = new ArrayList<>();
        for (String topic : byTopic.keySet()) {
            List<PartitionInfo> found = List.of();
            while (found == null || found.isEmpty()) {
                if (closed) {
                    throw new WakeupException();
                }
                try {
                    found = reading.partitionsFor(topic, ANSWER);
                } catch (RetriableException e) {
                    log.info("topic {} can't be seen yet: {}", topic, e.getMessage());
                }
            }
            found.forEach(partition -> all.add(new TopicPartition(topic, partition.partition())));
        }
        return all;
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        try {
            byTopic.get(record.topic()).take(record);
        } catch (SerializationException | IllegalArgumentException | NullPointerException e) {
            // Whoever judges or acts on the record puts it among the dead letters; here it is only not shown.
            log.warn(
                    "{}-{} offset {} can't be shown: {}",
                    record.topic(),
                    record.partition(),
                    record.offset(),
                    e.getMessage());
        }
    }

    @Override
    public void close() {
        closed = true;
        Consumer<byte[], byte[]> reading = consumer;
        if (reading != null) {
            reading.wakeup();
        }
        try {
            thread.join(CLOSE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
