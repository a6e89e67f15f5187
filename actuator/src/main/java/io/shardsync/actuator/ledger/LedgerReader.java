package io.shardsync.actuator.ledger;

import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.topic.Topics;
import io.shardsync.schemas.topic.TraceContext;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.List;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Keeps the ledger up to date with {@code recovery.result.v1}, others' records included. Used by one thread. */
public final class LedgerReader implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LedgerReader.class);
    /** Commands of other partitions wait meanwhile. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Consumer<byte[], byte[]> consumer;
    private final Topics topics;
    private final Ledger ledger;
    private final Tail tail;

    /** @param consumer without a group; becomes this reader's to close */
    public LedgerReader(Consumer<byte[], byte[]> consumer, Topics topics, Ledger ledger, Ends ends) {
        this.consumer = consumer;
        this.topics = topics;
        this.ledger = ledger;
        List<TopicPartition> partitions = consumer
                .partitionsFor(topics.recoveryResults().name())
                .stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        this.tail = new Tail(consumer, partitions, ends, PATIENCE);
    }

    /** Reads all that was committed until now; false where an open transaction hides some of it for too long. */
    public boolean readToEnd() {
        return tail.read(this::note);
    }

    /** Takes what has arrived, without waiting. */
    public void readSome() {
        consumer.poll(Duration.ZERO).forEach(this::note);
    }

    private void note(ConsumerRecord<byte[], byte[]> record) {
        if (record.key() == null) {
            return;
        }
        if (record.value() == null) {
            ledger.forget(new String(record.key(), UTF_8));
            return;
        }
        try {
            RecoveryResult result =
                    topics.recoveryResults().values().deserializer().deserialize(record.topic(), record.value());
            TraceContext.of(record.headers()).ifPresent(trace -> ledger.trace(result.commandId(), trace));
            ledger.note(result);
        } catch (SerializationException e) {
            // Whoever wrote it, it was not an actuator; nothing can be learnt from it.
            log.atWarn()
                    .addKeyValue("partition", record.partition())
                    .addKeyValue("offset", record.offset())
                    .log("unreadable result passed over: {}", e.getMessage());
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
