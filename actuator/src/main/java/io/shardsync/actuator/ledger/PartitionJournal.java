package io.shardsync.actuator.ledger;

import io.shardsync.schemas.model.ConsistencyReport;
import io.shardsync.schemas.model.Message;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.RecoveryStep;
import io.shardsync.schemas.topic.Topic;
import io.shardsync.schemas.topic.Topics;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Writes what is said about the commands of one command partition, in transactions under an id of that partition's own:
 * an actuator that takes the partition over fences whoever had it before. Safe for use by many threads.
 */
public final class PartitionJournal implements Journal, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(PartitionJournal.class);
    private static final int MOST_TRIES = 5;

    private final int partition;
    private final Producer<byte[], byte[]> producer;
    private final Topics topics;
    private final Ledger ledger;
    private volatile boolean closed;

    /** @param producer transactional, not initialized yet; becomes this journal's to close */
    public PartitionJournal(int partition, Producer<byte[], byte[]> producer, Topics topics, Ledger ledger) {
        this.partition = partition;
        this.producer = producer;
        this.topics = topics;
        this.ledger = ledger;
    }

    /** Takes the partition over: aborts what a predecessor left open, and fences it. */
    public synchronized void open() {
        producer.initTransactions();
    }

    /**
     * Where a command's record was read.
     *
     * @param offsets what is to be committed with the answer
     * @param group the consumer's group, so that a member that is out commits nothing
     */
    public record Position(Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata group) {
        /** Just behind one record. */
        public static Position after(TopicPartition partition, long offset, ConsumerGroupMetadata group) {
            return new Position(Map.of(partition, new OffsetAndMetadata(offset + 1)), group);
        }
    }

    @Override
    public void write(RecoveryResult result, List<RecoveryStep> steps, Optional<ConsistencyReport> report) {
        List<ProducerRecord<byte[], byte[]>> records = records(result, steps);
        report.ifPresent(
                told -> records.add(record(topics.consistencyReports(), Reports.key(told), told, result.commandId())));
        commit(records, null);
        ledger.note(result);
    }

    /** The first record about a command, together with the consumer's new position. */
    public void answer(RecoveryResult result, Position position) {
        answer(List.of(result), position);
    }

    /** Records that belong together, each with one new step at least its last, together with the new position. */
    public void answer(List<RecoveryResult> results, Position position) {
        List<ProducerRecord<byte[], byte[]>> all = new ArrayList<>();
        results.forEach(result -> all.addAll(
                records(result, Story.steps(result, Math.max(0, result.steps().size() - 1), null))));
        commit(all, position);
        results.forEach(ledger::note);
    }

    /** Removes what is known about commands; compaction then forgets them. */
    public void forget(List<String> commandIds) {
        commit(
                commandIds.stream()
                        .map(id -> new ProducerRecord<byte[], byte[]>(
                                topics.recoveryResults().name(), null, id.getBytes(UTF_8), null))
                        .toList(),
                null);
        commandIds.forEach(ledger::forget);
    }

    /** Other records, or none, together with the consumer's new position. */
    public void pass(List<ProducerRecord<byte[], byte[]>> records, Position position) {
        commit(records, position);
    }

    private List<ProducerRecord<byte[], byte[]>> records(RecoveryResult result, List<RecoveryStep> steps) {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        records.add(record(topics.recoveryResults(), result.commandId(), result, result.commandId()));
        steps.forEach(step -> records.add(record(topics.recoverySteps(), step.commandId(), step, step.commandId())));
        return records;
    }

    private <V extends Message> ProducerRecord<byte[], byte[]> record(
            Topic<String, V> topic, String key, V value, String commandId) {
        RecordHeaders headers = new RecordHeaders();
        ledger.trace(commandId).ifPresent(trace -> trace.addTo(headers));
        byte[] bytes = topic.values().serializer().serialize(topic.name(), headers, value);
        return new ProducerRecord<>(topic.name(), null, key.getBytes(UTF_8), bytes, headers);
    }

    private void send(ProducerRecord<byte[], byte[]> record) {
        var unused = producer.send(record);
    }

    private synchronized void commit(List<ProducerRecord<byte[], byte[]>> records, Position position) {
        for (int tried = 1; ; tried++) {
            if (closed) {
                throw new Ousted("command partition " + partition + " is no longer ours", null);
            }
            try {
                producer.beginTransaction();
                // What goes wrong with one of them makes the commit fail.
                records.forEach(this::send);
                if (position != null) {
                    producer.sendOffsetsToTransaction(position.offsets(), position.group());
                }
                commitTransaction();
                return;
            } catch (ProducerFencedException
                    | InvalidProducerEpochException
                    | OutOfOrderSequenceException
                    | TransactionalIdAuthorizationException
                    | IllegalStateException e) {
                closed = true;
                throw new Ousted("command partition " + partition + " was taken over: " + e.getMessage(), e);
            } catch (InterruptException e) {
                closed = true;
                throw new Ousted("interrupted while writing about partition " + partition, e);
            } catch (KafkaException e) {
                abort(e);
                if (position != null || tried == MOST_TRIES) {
                    throw e;
                }
                log.atWarn()
                        .addKeyValue("partition", partition)
                        .addKeyValue("try", tried)
                        .log("transaction aborted, tried again: {}", e.getMessage());
            }
        }
    }

    /** After a timeout nobody knows whether it was committed; asking again is the way to find out. */
    private void commitTransaction() {
        for (int tried = 1; ; tried++) {
            try {
                producer.commitTransaction();
                return;
            } catch (TimeoutException e) {
                if (tried == MOST_TRIES) {
                    closed = true;
                    throw new Ousted("partition " + partition + ": Kafka does not confirm what was written", e);
                }
            }
        }
    }

    private void abort(KafkaException why) {
        try {
            producer.abortTransaction();
        } catch (KafkaException e) {
            closed = true;
            why.addSuppressed(e);
            throw new Ousted("command partition " + partition + ": can't write any more: " + why.getMessage(), why);
        }
    }

    /** Whether it can't be written any more: fenced, or Kafka was silent for too long. */
    public boolean isClosed() {
        return closed;
    }

    /** Writes nothing from now on. */
    @Override
    public synchronized void close() {
        closed = true;
        producer.close(Duration.ofSeconds(2));
    }
}
