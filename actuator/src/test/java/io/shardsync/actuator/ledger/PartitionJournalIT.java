package io.shardsync.actuator.ledger;

import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.junit.WithSandbox;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.RecoveryResult.Status;
import io.shardsync.schemas.topic.Topics;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** What many threads write about the commands of one partition, on a real Kafka. */
@WithSandbox(nodes = 0)
class PartitionJournalIT {
    /** More than a producer sends in one record. */
    private static final String HUGE = "x".repeat(2_000_000);

    private final String bootstrap;
    private final Topics topics = new Topics("journal-" + UUID.randomUUID() + ".", "/test");
    private final Ledger ledger = new Ledger();
    private final Map<String, Throwable> failures = new ConcurrentHashMap<>();
    private PartitionJournal journal;

    PartitionJournalIT(Sandbox sandbox) {
        bootstrap = sandbox.kafka().bootstrap();
    }

    @BeforeEach
    void open() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            admin.createTopics(Stream.of(topics.recoveryResults(), topics.recoverySteps())
                            .map(topic -> new NewTopic(topic.name(), 1, (short) 1))
                            .toList())
                    .all()
                    .get();
        }
        journal = journal();
    }

    @AfterEach
    void close() {
        journal.close();
    }

    @Test
    void writesInOneTransactionWhatManySayAtTheSameTime() {
        List<Thread> writers = whileItWrites("a", "b", "c", "d", "e");

        writers.forEach(PartitionJournalIT::join);

        assertThat(failures).isEmpty();
        List<ConsumerRecord<byte[], byte[]>> records = written(5);
        assertThat(ids(records)).containsExactlyInAnyOrder("a", "b", "c", "d", "e");
        // One offset after the five is the mark of the one transaction.
        assertThat(records.get(4).offset() - records.get(0).offset()).isEqualTo(4);
        assertThat(end()).isEqualTo(6);
        assertThat(ledger.open()).hasSize(5);
    }

    @Test
    void losesNothingForTheOneRecordThatKafkaRefuses() {
        List<Thread> writers = whileItWrites("a", HUGE, "b");

        writers.forEach(PartitionJournalIT::join);

        assertThat(ids(written(2))).containsExactlyInAnyOrder("a", "b");
        assertThat(failures).containsOnlyKeys(HUGE);
        assertThat(failures.get(HUGE)).hasRootCauseInstanceOf(RecordTooLargeException.class);
        assertThat(ledger.knows(HUGE)).isFalse();
        assertThat(journal.isClosed()).isFalse();
    }

    @Test
    void tellsEachOfThemThatThePartitionWasTakenOver() {
        try (PartitionJournal successor = journal()) {
            List<Thread> writers = whileItWrites("a", "b");

            writers.forEach(PartitionJournalIT::join);

            assertThat(failures).containsOnlyKeys("a", "b");
            assertThat(failures.values())
                    .allSatisfy(failure -> assertThat(failure).isInstanceOf(Ousted.class));
            assertThat(journal.isClosed()).isTrue();
            assertThat(ledger.open()).isEmpty();
            write(successor, "c");
            assertThat(ids(written(1))).containsExactly("c");
        }
    }

    @Test
    void writesEachRecordOfEachThreadOnceAndInItsOrder() {
        int threads = 6;
        int each = 20;
        List<Thread> writers = IntStream.range(0, threads)
                .mapToObj(
                        thread -> start(() -> IntStream.range(0, each).forEach(i -> write(journal, thread + "-" + i))))
                .toList();

        writers.forEach(PartitionJournalIT::join);

        Map<String, List<String>> byThread = new HashMap<>();
        ids(written(threads * each))
                .forEach(id -> byThread.computeIfAbsent(id.substring(0, 1), unseen -> new ArrayList<>())
                        .add(id));
        assertThat(byThread).hasSize(threads);
        byThread.forEach((thread, ids) -> assertThat(ids)
                .containsExactlyElementsOf(
                        IntStream.range(0, each).mapToObj(i -> thread + "-" + i).toList()));
        // Fewer than one transaction each: a mark takes an offset, too.
        assertThat(end()).isLessThan(2L * threads * each);
    }

    @Test
    void refusesToBelieveWhatWasNotWritten() {
        journal.close();

        assertThatThrownBy(() -> write(journal, "a")).isInstanceOf(Ousted.class);
        assertThat(ledger.knows("a")).isFalse();
    }

    /** Threads that write about a command each, and had to wait while another was writing. */
    private List<Thread> whileItWrites(String... ids) {
        // Whoever writes holds the journal's lock.
        synchronized (journal) {
            List<Thread> writers = Stream.of(ids)
                    .map(id -> start(() -> {
                        try {
                            write(journal, id);
                        } catch (RuntimeException e) {
                            failures.put(id, e);
                        }
                    }))
                    .toList();
            await().atMost(10, SECONDS)
                    .until(() -> writers.stream().allMatch(one -> one.getState() == Thread.State.BLOCKED));
            return writers;
        }
    }

    private static Thread start(Runnable work) {
        Thread thread = new Thread(work);
        thread.start();
        return thread;
    }

    private static void join(Thread thread) {
        try {
            thread.join(Duration.ofSeconds(60).toMillis());
        } catch (InterruptedException e) {
            throw new CompletionException(e);
        }
        assertThat(thread.isAlive()).isFalse();
    }

    private static void write(PartitionJournal journal, String id) {
        journal.write(Results.result(id, CommandType.DIAGNOSE, Status.ACCEPTED, null), List.of(), Optional.empty());
    }

    private PartitionJournal journal() {
        PartitionJournal opened = new PartitionJournal(
                0,
                new KafkaProducer<>(
                        Map.of("bootstrap.servers", bootstrap, "transactional.id", topics.prefix() + "0"),
                        new ByteArraySerializer(),
                        new ByteArraySerializer()),
                topics,
                ledger);
        opened.open();
        return opened;
    }

    private static List<String> ids(List<ConsumerRecord<byte[], byte[]>> records) {
        return records.stream()
                .map(record -> new String(record.key(), StandardCharsets.UTF_8))
                .toList();
    }

    /** Committed results, once there are so many, and no more than that. */
    private List<ConsumerRecord<byte[], byte[]>> written(int number) {
        List<ConsumerRecord<byte[], byte[]>> read = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            consumer.seekToBeginning(consumer.assignment());
            await().atMost(30, SECONDS).until(() -> {
                consumer.poll(Duration.ofMillis(100)).forEach(read::add);
                return consumer.position(results())
                        >= consumer.endOffsets(Set.of(results())).get(results());
            });
        }
        assertThat(read).hasSize(number);
        assertThat(new HashSet<>(ids(read))).hasSize(number);
        return read;
    }

    private long end() {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            return consumer.endOffsets(Set.of(results())).get(results());
        }
    }

    private TopicPartition results() {
        return new TopicPartition(topics.recoveryResults().name(), 0);
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrap, "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        consumer.assign(List.of(results()));
        return consumer;
    }
}
