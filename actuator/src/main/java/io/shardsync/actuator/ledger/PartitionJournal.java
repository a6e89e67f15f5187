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
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

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
    /** Not written yet; taken by whoever writes next. */
    private final Queue<Entry> waiting = new ConcurrentLinkedQueue<>();

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
        /**
         * In one partition.
         *
         * @param next the offset of the first record that is not answered
         */
        public static Position of(TopicPartition partition, long next, ConsumerGroupMetadata group) {
            return new Position(Map.of(partition, new OffsetAndMetadata(next)), group);
        }
    }

    /** Records that belong together, and what became of them. */
    private static final class Entry {
        private final List<ProducerRecord<byte[], byte[]>> records;
        private final Optional<Position> position;
        private boolean written;
        private RuntimeException failure;

        Entry(List<ProducerRecord<byte[], byte[]>> records, Optional<Position> position) {
            this.records = records;
            this.position = position;
        }
    }

    @Override
    public void write(RecoveryResult result, List<RecoveryStep> steps, Optional<ConsistencyReport> report) {
        List<ProducerRecord<byte[], byte[]>> records = records(result, steps);
        report.ifPresent(
                told -> records.add(record(topics.consistencyReports(), Reports.key(told), told, result.commandId())));
        commit(records, Optional.empty());
        ledger.note(result);
    }

    /**
     * What was said about records of the command topic, together with the position behind them.
     *
     * @param results records about commands, each with one new step at least its last
     * @param others records that are about no command of this partition
     */
    public void answer(List<RecoveryResult> results, List<ProducerRecord<byte[], byte[]>> others, Position position) {
        List<ProducerRecord<byte[], byte[]>> all = new ArrayList<>(others);
        results.forEach(result -> all.addAll(
                records(result, Story.steps(result, Math.max(0, result.steps().size() - 1), null))));
        commit(all, Optional.of(position));
        results.forEach(ledger::note);
    }

    /** Removes what is known about commands; compaction then forgets them. */
    public void forget(List<String> commandIds) {
        commit(
                commandIds.stream()
                        .map(id -> new ProducerRecord<byte[], byte[]>(
                                topics.recoveryResults().name(), null, id.getBytes(UTF_8), null))
                        .toList(),
                Optional.empty());
        commandIds.forEach(ledger::forget);
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

    /** What others have to say while one is writing goes into the next transaction, all of it. */
    private void commit(List<ProducerRecord<byte[], byte[]>> records, Optional<Position> position) {
        Entry entry = new Entry(records, position);
        waiting.add(entry);
        synchronized (this) {
            if (!entry.written && entry.failure == null) {
                List<Entry> together = new ArrayList<>();
                for (Entry next = waiting.poll(); next != null; next = waiting.poll()) {
                    together.add(next);
                }
                writeTogether(together);
            }
        }
        if (!entry.written) {
            throw entry.failure != null
                    ? entry.failure
                    : new IllegalStateException("partition " + partition + ": whoever wrote it failed");
        }
    }

    private void writeTogether(List<Entry> entries) {
        if (entries.size() == 1) {
            writeAlone(entries.get(0));
            return;
        }
        try {
            transaction(entries);
            entries.forEach(entry -> entry.written = true);
        } catch (KafkaException e) {
            // What Kafka refuses of one must not keep it from the others.
            entries.forEach(this::writeAlone);
        } catch (RuntimeException e) {
            entries.forEach(entry -> entry.failure = e);
        }
    }

    private void writeAlone(Entry entry) {
        for (int tried = 1; !entry.written && entry.failure == null; tried++) {
            try {
                transaction(List.of(entry));
                entry.written = true;
            } catch (KafkaException e) {
                if (entry.position.isPresent() || tried == MOST_TRIES) {
                    entry.failure = e;
                } else {
                    log.atWarn()
                            .addKeyValue("partition", partition)
                            .addKeyValue("try", tried)
                            .log("transaction aborted, tried again: {}", e.getMessage());
                }
            } catch (RuntimeException e) {
                entry.failure = e;
            }
        }
    }

    /**
     * All of them, or none.
     *
     * @throws Ousted if nothing can be written any more
     * @throws KafkaException if the transaction was aborted
     */
    private void transaction(List<Entry> entries) {
        if (closed) {
            throw new Ousted("command partition " + partition + " is no longer ours", null);
        }
        try {
            producer.beginTransaction();
            for (Entry entry : entries) {
                // What goes wrong with one of them makes the commit fail.
                entry.records.forEach(this::send);
                entry.position.ifPresent(
                        position -> producer.sendOffsetsToTransaction(position.offsets(), position.group()));
            }
            commitTransaction();
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
            throw e;
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
