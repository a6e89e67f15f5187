package io.shardsync.actuator.intake;

import io.shardsync.actuator.execute.Executor;
import io.shardsync.actuator.ledger.Ledger;
import io.shardsync.actuator.ledger.LedgerReader;
import io.shardsync.actuator.ledger.Ousted;
import io.shardsync.actuator.ledger.PartitionJournal;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.topic.Topics;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

/**
 * Polls {@code recovery.command.v1} and owns what goes with each of its partitions: the journal, and the commands that
 * a predecessor left unfinished. Runs in one thread, which never waits for a command.
 */
public final class IntakeLoop implements Runnable, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(IntakeLoop.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration RECONCILE = Duration.ofSeconds(1);
    /** Longer than a heartbeat, so that a member that is out learns of it before it fences its successor. */
    private static final Duration REOPEN = Duration.ofSeconds(6);

    /** How long a result is kept after its command has ended. */
    private static final Duration KEPT = Duration.ofDays(30);

    /** At a time, so that consumption never waits for long. */
    private static final int MOST_FORGOTTEN = 1_000;

    private final Consumer<byte[], byte[]> consumer;
    private final Topics topics;
    private final LedgerReader ledgerReader;
    private final Ledger ledger;
    private final Executor executor;
    private final Intake intake;
    private final IntFunction<PartitionJournal> newJournal;
    private final int mostUnfinished;
    private final Clock clock;

    private final Map<Integer, PartitionJournal> journals = new HashMap<>();
    // Moments of the ticker: a clock may be set back, and nothing must wait until it has caught up.
    private final Map<Integer, Long> broken = new HashMap<>();
    private int partitions;
    private long reconciled = System.nanoTime();
    private volatile long polled = System.nanoTime();
    private volatile boolean assigned;
    private volatile boolean stopping;

    /**
     * @param consumer with the actuators' group; becomes this loop's to close
     * @param ledgerReader becomes this loop's to close
     * @param newJournal makes the journal of a command partition
     * @param mostUnfinished commands of one partition that may run or wait here; what one poll brings may come on top
     */
    public IntakeLoop(
            Consumer<byte[], byte[]> consumer,
            Topics topics,
            LedgerReader ledgerReader,
            Ledger ledger,
            Executor executor,
            Intake intake,
            IntFunction<PartitionJournal> newJournal,
            int mostUnfinished,
            Clock clock) {
        this.consumer = consumer;
        this.topics = topics;
        this.ledgerReader = ledgerReader;
        this.ledger = ledger;
        this.executor = executor;
        this.intake = intake;
        this.newJournal = newJournal;
        this.mostUnfinished = mostUnfinished;
        this.clock = clock;
    }

    /** Why it is not taking commands in; empty where it is. */
    public Optional<String> trouble(Duration tolerated) {
        Duration silent = Duration.ofNanos(System.nanoTime() - polled);
        if (silent.compareTo(tolerated) > 0) {
            return Optional.of("no poll for " + silent.toSeconds() + " s");
        }
        return assigned ? Optional.empty() : Optional.of("not a member of the group yet");
    }

    @Override
    public void run() {
        try (consumer;
                ledgerReader) {
            partitions =
                    consumer.partitionsFor(topics.recoveryCommands().name()).size();
            ledgerReader.readToEnd();
            consumer.subscribe(List.of(topics.recoveryCommands().name()), new Ownership());
            while (!stopping) {
                turn();
            }
        } catch (WakeupException e) {
            log.debug("woken up to stop");
        } finally {
            journals.values().forEach(PartitionJournal::close);
            journals.clear();
        }
    }

    private void turn() {
        ConsumerRecords<byte[], byte[]> read = consumer.poll(POLL);
        read.partitions().forEach(partition -> take(partition, read.records(partition)));
        polled = System.nanoTime();
        ledgerReader.readSome();
        executor.expireWaiting();
        holdBack();
        if (polled - reconciled > RECONCILE.toNanos()) {
            reconciled = polled;
            reopenBroken();
            journals.keySet().forEach(this::takeUpUnfinished);
            expireUnapproved();
            forgetOld();
        }
    }

    /** What could not be dealt with comes again. */
    private void take(TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> records) {
        long first = records.get(0).offset();
        PartitionJournal journal = journals.get(partition.partition());
        if (journal == null || journal.isClosed()) {
            consumer.seek(partition, first);
            return;
        }
        Batch batch = new Batch(journal, partition, first, consumer.groupMetadata());
        try {
            records.forEach(record -> intake.take(record, partitions, batch));
            batch.commit();
        } catch (Ousted | KafkaException e) {
            log.atWarn()
                    .addKeyValue("partition", partition.partition())
                    .addKeyValue("offset", batch.committed())
                    .log("commands not taken in, come again: {}", e.getMessage());
            consumer.seek(partition, batch.committed());
        }
    }

    /** Where many commands of a partition have not ended, further ones wait on the topic instead of in memory. */
    private void holdBack() {
        Map<Integer, Long> unfinished = executor.unfinished();
        Map<Boolean, List<TopicPartition>> many = consumer.assignment().stream()
                .collect(Collectors.partitioningBy(
                        partition -> unfinished.getOrDefault(partition.partition(), 0L) >= mostUnfinished));
        consumer.pause(many.get(true));
        consumer.resume(many.get(false));
    }

    private void reopenBroken() {
        long now = System.nanoTime();
        journals.forEach((partition, journal) -> {
            if (journal.isClosed() && broken.putIfAbsent(partition, now) == null) {
                executor.abandon(partition);
                log.atWarn().addKeyValue("partition", partition).log("journal lost, work on the partition stops");
            }
        });
        List<Integer> due = broken.entrySet().stream()
                .filter(entry -> now - entry.getValue() > REOPEN.toNanos())
                .map(Map.Entry::getKey)
                .toList();
        if (!due.isEmpty()) {
            due.forEach(this::disown);
            own(due);
        }
    }

    private void expireUnapproved() {
        try {
            intake.expireWaiting(this::writable, partitions);
        } catch (Ousted | KafkaException e) {
            log.atWarn().log("expiry of an unapproved command not written, comes again: {}", e.getMessage());
        }
    }

    private Optional<PartitionJournal> writable(int partition) {
        return Optional.ofNullable(journals.get(partition)).filter(journal -> !journal.isClosed());
    }

    /** Results are compacted, and would be kept for ever. */
    private void forgetOld() {
        Map<Integer, List<String>> old = ledger.endedBefore(clock.instant().minus(KEPT)).stream()
                .limit(MOST_FORGOTTEN)
                .collect(Collectors.groupingBy(
                        ended -> ended.cluster() == null ? 0 : Intake.partitionOf(ended.cluster(), partitions),
                        Collectors.mapping(Ledger.Ended::commandId, Collectors.toList())));
        old.forEach((partition, ids) -> writable(partition).ifPresent(journal -> {
            try {
                journal.forget(ids);
                log.atInfo().addKeyValue("partition", partition).log("{} old results removed", ids.size());
            } catch (Ousted | KafkaException e) {
                log.atWarn().addKeyValue("partition", partition).log("old results not removed: {}", e.getMessage());
            }
        }));
    }

    /** Takes partitions over; those that can't be yet count as broken, and are tried again. */
    private void own(Collection<Integer> added) {
        if (added.isEmpty()) {
            return;
        }
        // Only after the fence nothing more can be added to what is read next; and what one predecessor left open hides
        // what another has committed.
        added.forEach(partition -> journals.put(partition, opened(partition)));
        if (caughtUp()) {
            added.forEach(this::takeUpUnfinished);
        } else {
            added.forEach(partition -> journals.get(partition).close());
        }
    }

    private PartitionJournal opened(int partition) {
        PartitionJournal journal = newJournal.apply(partition);
        try {
            journal.open();
        } catch (KafkaException e) {
            journal.close();
            log.atWarn().addKeyValue("partition", partition).log("journal can't be opened yet: {}", e.getMessage());
        }
        return journal;
    }

    private boolean caughtUp() {
        try {
            boolean all = ledgerReader.readToEnd();
            if (!all) {
                log.warn("partitions not taken over yet: an open transaction hides what was done before");
            }
            return all;
        } catch (KafkaException e) {
            log.atWarn().log("partitions not taken over yet: what was done before can't be read: {}", e.getMessage());
            return false;
        }
    }

    private void disown(int partition) {
        broken.remove(partition);
        executor.abandon(partition);
        PartitionJournal journal = journals.remove(partition);
        if (journal != null) {
            journal.close();
        }
    }

    private void takeUpUnfinished(int partition) {
        PartitionJournal journal = journals.get(partition);
        if (journal == null || journal.isClosed()) {
            return;
        }
        for (RecoveryResult open : ledger.open()) {
            if (open.command() != null
                    && open.status() != RecoveryResult.Status.AWAITING_APPROVAL
                    && open.cluster() != null
                    && Intake.partitionOf(open.cluster(), partitions) == partition
                    && !executor.has(open.commandId())
                    // It may have ended between the two looks.
                    && !ledger.ended(open.commandId())) {
                log.atInfo().addKeyValue("command_id", open.commandId()).log("unfinished command taken up");
                executor.resume(open, journal, partition, ledger.cancelled(open.commandId()));
            }
        }
    }

    private final class Ownership implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> added) {
            own(added.stream().map(TopicPartition::partition).toList());
            assigned = true;
            log.atInfo().addKeyValue("partitions", journals.keySet()).log("command partitions assigned");
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> removed) {
            removed.forEach(partition -> disown(partition.partition()));
        }
    }

    /** Returns at once; the loop ends soon after. */
    @Override
    public void close() {
        stopping = true;
        consumer.wakeup();
    }
}
