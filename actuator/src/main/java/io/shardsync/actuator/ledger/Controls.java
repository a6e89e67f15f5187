package io.shardsync.actuator.ledger;

import io.shardsync.schemas.model.Control;
import io.shardsync.schemas.topic.Topics;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * What people have ordered in {@code control.v1}: always read to its end before it is believed, and from its beginning
 * again once an hour. Who reads on after a long time may miss a tombstone: Kafka drops it a day after it has taken
 * effect.
 */
public final class Controls implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Controls.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration AGAIN = Duration.ofHours(1);

    private final Consumer<byte[], byte[]> consumer;
    private final Topics topics;
    private final Clock clock;
    private final LongSupplier ticker;
    private final TopicPartition partition;
    private final Map<String, Control> byKey = new HashMap<>();
    private long fromBeginning;

    /**
     * @param consumer without a group; becomes this object's to close
     * @param ticker nanoseconds that pass whatever becomes of the time
     */
    public Controls(Consumer<byte[], byte[]> consumer, Topics topics, Clock clock, LongSupplier ticker) {
        this.consumer = consumer;
        this.topics = topics;
        this.clock = clock;
        this.ticker = ticker;
        this.partition = new TopicPartition(topics.controls().name(), 0);
        consumer.assign(List.of(partition));
        rewind();
    }

    private void rewind() {
        consumer.seekToBeginning(List.of(partition));
        byKey.clear();
        fromBeginning = ticker.getAsLong();
    }

    /**
     * All that is in force or once will be.
     *
     * @throws KafkaException if the topic can't be read to its end; then nothing must be changed
     */
    public synchronized List<Control> now() {
        if (ticker.getAsLong() - fromBeginning > AGAIN.toNanos()) {
            rewind();
        }
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
            byKey.put(key, complete(key, control, Instant.ofEpochMilli(record.timestamp())));
        } catch (KafkaException e) {
            log.atWarn().addKeyValue("key", key).log("unreadable control passed over: {}", e.getMessage());
        }
    }

    /**
     * A pause somebody wrote by hand must hold, also where a field was forgotten. What had begun when it was written
     * has begun, also where this machine's clock is behind the writer's.
     */
    private Control complete(String key, Control control, Instant written) {
        int slash = key.indexOf('/');
        String cluster = control.cluster() != null || slash < 0 ? control.cluster() : key.substring(0, slash);
        Instant now = clock.instant();
        boolean begun = !control.from().isAfter(written);
        return new Control(
                control.kind(),
                cluster == null ? Control.ALL_CLUSTERS : cluster,
                control.node(),
                begun && control.from().isAfter(now) ? now : control.from(),
                control.until(),
                control.by(),
                control.why());
    }

    @Override
    public synchronized void close() {
        consumer.close();
    }
}
