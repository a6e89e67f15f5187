package io.shardsync.actuator.ledger;

import io.shardsync.schemas.model.Control;
import io.shardsync.schemas.topic.Topics;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import static java.nio.charset.StandardCharsets.UTF_8;

/** What people have ordered in {@code control.v1}: always read to its end before it is believed. */
public final class Controls implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Controls.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Consumer<byte[], byte[]> consumer;
    private final Topics topics;
    private final TopicPartition partition;
    private final Map<String, Control> byKey = new HashMap<>();

    /** @param consumer without a group; becomes this object's to close */
    public Controls(Consumer<byte[], byte[]> consumer, Topics topics) {
        this.consumer = consumer;
        this.topics = topics;
        this.partition = new TopicPartition(topics.controls().name(), 0);
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
    }

    /**
     * All that is in force or once will be.
     *
     * @throws KafkaException if the topic can't be read to its end; then nothing must be changed
     */
    public synchronized List<Control> now() {
        long end = consumer.endOffsets(List.of(partition), PATIENCE).get(partition);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (consumer.position(partition, PATIENCE) < end) {
            consumer.poll(Duration.ofMillis(100)).forEach(this::note);
            if (System.nanoTime() - deadline > 0) {
                throw new KafkaException(partition + " could not be read to its end at " + end + " within "
                        + PATIENCE.toSeconds() + " s");
            }
        }
        return List.copyOf(byKey.values());
    }

    private void note(ConsumerRecord<byte[], byte[]> record) {
        String key = record.key() == null ? "" : new String(record.key(), UTF_8);
        if (record.value() == null) {
            byKey.remove(key);
            return;
        }
        try {
            Control control = topics.controls().values().deserializer().deserialize(record.topic(), record.value());
            if (control.kind() == null) {
                log.atWarn().addKeyValue("key", key).log("control without a kind passed over");
                return;
            }
            byKey.put(key, complete(key, control));
        } catch (KafkaException e) {
            log.atWarn().addKeyValue("key", key).log("unreadable control passed over: {}", e.getMessage());
        }
    }

    /** A pause somebody wrote by hand must hold, also where a field was forgotten. */
    private static Control complete(String key, Control control) {
        int slash = key.indexOf('/');
        String cluster = control.cluster() != null || slash < 0 ? control.cluster() : key.substring(0, slash);
        return new Control(
                control.kind(),
                cluster == null ? Control.ALL_CLUSTERS : cluster,
                control.node(),
                control.from() == null ? Instant.EPOCH : control.from(),
                control.until(),
                control.by(),
                control.why());
    }

    @Override
    public synchronized void close() {
        consumer.close();
    }
}
