package io.shardsync.actuator.intake;

import io.shardsync.actuator.ledger.PartitionJournal;
import io.shardsync.actuator.ledger.PartitionJournal.Position;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.topic.TraceContext;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.MDC;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What is said about records of one command partition, read one after the other: written in one transaction, together
 * with the position behind them. Until it is committed, nothing of it has happened.
 */
final class Batch {
    private final PartitionJournal journal;
    private final TopicPartition partition;
    private final ConsumerGroupMetadata group;

    private final List<RecoveryResult> results = new ArrayList<>();
    private final List<ProducerRecord<byte[], byte[]>> others = new ArrayList<>();
    private final Set<String> answered = new HashSet<>();
    private final List<Runnable> afterwards = new ArrayList<>();
    private long read;
    private long committed;

    /**
     * An empty one.
     *
     * @param first the offset of the first record that will be read
     * @param group the consumer's, so that a member that is out commits nothing
     */
    Batch(PartitionJournal journal, TopicPartition partition, long first, ConsumerGroupMetadata group) {
        this.journal = journal;
        this.partition = partition;
        this.group = group;
        this.read = first;
        this.committed = first;
    }

    PartitionJournal journal() {
        return journal;
    }

    /** Whether something is said here about a command. */
    boolean answers(String commandId) {
        return answered.contains(commandId);
    }

    /** A record about a command. */
    void say(RecoveryResult result) {
        results.add(result);
        answered.add(result.commandId());
    }

    /** A record about no command of ours. */
    void pass(ProducerRecord<byte[], byte[]> record) {
        others.add(record);
    }

    /** What is done once it is committed, in the order of the calls. */
    void afterwards(Runnable step) {
        String trace = MDC.get(TraceContext.LOGGED);
        afterwards.add(() -> {
            // It may be done while a later record is read, which has a trace of its own.
            String reading = MDC.get(TraceContext.LOGGED);
            MDC.put(TraceContext.LOGGED, trace);
            try {
                step.run();
            } finally {
                MDC.put(TraceContext.LOGGED, reading);
            }
        });
    }

    /** All that is to be said about a record has been said. */
    void read(ConsumerRecord<byte[], byte[]> record) {
        read = record.offset() + 1;
    }

    /**
     * Writes what was said so far, and does what comes after it.
     *
     * @throws io.shardsync.actuator.ledger.Ousted if the partition is no longer ours; nothing was written
     * @throws org.apache.kafka.common.KafkaException if nothing could be written
     */
    void commit() {
        if (read == committed) {
            return;
        }
        journal.answer(results, others, Position.of(partition, read, group));
        committed = read;
        List<Runnable> due = List.copyOf(afterwards);
        results.clear();
        others.clear();
        answered.clear();
        afterwards.clear();
        due.forEach(Runnable::run);
    }

    /** The offset of the first record that is not committed. */
    long committed() {
        return committed;
    }
}
