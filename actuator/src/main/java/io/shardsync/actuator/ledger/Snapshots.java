package io.shardsync.actuator.ledger;

import io.shardsync.schemas.model.ClusterSnapshot;
import io.shardsync.schemas.topic.Topics;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The newest {@code cluster.snapshot.v1} of each cluster: what those who ask unasked for a heal have seen. */
public final class Snapshots implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Snapshots.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Consumer<byte[], byte[]> consumer;
    private final Topics topics;
    private final List<TopicPartition> partitions;
    private final Map<String, ClusterSnapshot> newest = new HashMap<>();

    /**
     * A reader of what was written lately.
     *
     * @param consumer without a group; becomes this object's to close
     * @param lookBack how far back it begins; older ones are of no use
     */
    public Snapshots(Consumer<byte[], byte[]> consumer, Topics topics, Duration lookBack, Clock clock) {
        this.consumer = consumer;
        this.topics = topics;
        this.partitions = consumer.partitionsFor(topics.clusterSnapshots().name()).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        long from = clock.instant().minus(lookBack).toEpochMilli();
        consumer.offsetsForTimes(partitions.stream().collect(Collectors.toMap(one -> one, one -> from)))
                .forEach((partition, found) -> {
                    if (found != null) {
                        consumer.seek(partition, found.offset());
                    }
                });
        // Or the end would be looked for at the first question, behind all that was written by then.
        partitions.forEach(partition -> consumer.position(partition, PATIENCE));
    }

    /**
     * The newest of one cluster; empty where none was written lately.
     *
     * @throws KafkaException if the topic can't be read to its end
     */
    public synchronized Optional<ClusterSnapshot> newest(String cluster) {
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, PATIENCE);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey(), PATIENCE) < end.getValue())) {
            consumer.poll(Duration.ofMillis(100)).forEach(this::note);
            if (System.nanoTime() - deadline > 0) {
                throw new KafkaException(topics.clusterSnapshots().name() + " could not be read to its end within "
                        + PATIENCE.toSeconds() + " s");
            }
        }
        return Optional.ofNullable(newest.get(cluster));
    }

    private void note(ConsumerRecord<byte[], byte[]> record) {
        if (record.value() == null) {
            return;
        }
        try {
            ClusterSnapshot snapshot =
                    topics.clusterSnapshots().values().deserializer().deserialize(record.topic(), record.value());
            newest.merge(
                    snapshot.cluster(),
                    snapshot,
                    (old, now) -> old.completedAt().isAfter(now.completedAt()) ? old : now);
        } catch (SerializationException e) {
            log.atWarn()
                    .addKeyValue("partition", record.partition())
                    .addKeyValue("offset", record.offset())
                    .log("unreadable snapshot passed over: {}", e.getMessage());
        }
    }

    @Override
    public synchronized void close() {
        consumer.close();
    }
}
