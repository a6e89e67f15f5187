package io.shardsync.processor.notify;

import io.micrometer.core.instrument.MeterRegistry;
import io.shardsync.runtime.kafka.KafkaClients;
import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.topic.Topic;
import io.shardsync.schemas.topic.Topics;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.net.URI;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Reads the alerts' topic and tells of it. The instances share its partitions by a group, so each alert is told by one
 * of them. Whoever takes a partition reads it from the beginning; the group's committed offset says only how far
 * webhooks were told, so that a restart repeats nothing.
 *
 * <p>Nothing that goes wrong here ends or holds up anything else.
 */
public final class Notifier implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Notifier.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration AGAIN = Duration.ofSeconds(5);
    private static final long CLOSE_MS = 2_000;

    private final KafkaClients clients;
    private final Topic<String, Alert> topic;
    private final String group;
    private final KnownAlerts known = new KnownAlerts();
    private final List<Worker> webhooks = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final Map<TopicPartition, Long> ends = new HashMap<>();
    private final Map<TopicPartition, Long> committed = new HashMap<>();
    /** What is being told; null before the next is looked at. */
    private Read read;

    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread reader;
    private volatile Consumer<byte[], byte[]> consumer;
    private volatile boolean closed;

    /**
     * @param version of the alerts known
     * @param positions up to which they were read
     */
    private record Read(long version, Map<TopicPartition, OffsetAndMetadata> positions) {}

    /** @param registry takes counts of what was attempted and what failed */
    public Notifier(KafkaClients clients, Topics topics, NotifySettings settings, MeterRegistry registry, Clock clock) {
        this.clients = clients;
        this.topic = topics.alerts();
        this.group = group(topics.prefix());
        HttpClient http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(settings.timeout())
                .build();
        for (URI address : settings.alertmanagers()) {
            URI api = URI.create(address.toString().replaceAll("/+$", "") + "/api/v2/alerts");
            Post post = new Post(http, "alertmanager", api, settings.alertmanagerToken(), settings.timeout(), registry);
            thread(new Worker(known, new AlertmanagerTarget(post, settings.resend(), settings.dashboard()), clock));
        }
        for (URI address : settings.webhooks()) {
            Post post = new Post(http, "webhook", address, settings.webhookToken(), settings.timeout(), registry);
            Worker worker = new Worker(known, new WebhookTarget(post, settings.dashboard()), clock);
            webhooks.add(worker);
            thread(worker);
        }
        reader = thread(this::read);
    }

    /** The consumer group over which the instances share the alerts. */
    public static String group(String prefix) {
        return prefix + "processor-notify";
    }

    private Thread thread(Runnable work) {
        Thread thread = new Thread(work, "notify-" + threads.size());
        thread.setDaemon(true);
        threads.add(thread);
        return thread;
    }

    /** Begins to read and to tell. */
    public void start() {
        threads.forEach(Thread::start);
    }

    private void read() {
        while (!closed) {
            try {
                readOn();
            } catch (WakeupException e) {
                log.debug("woken to end", e);
            } catch (RuntimeException e) {
                if (!closed) {
                    log.warn("alerts can't be read to be told: {}; it is tried again", e.getMessage());
                    pause();
                }
            }
        }
    }

    private void readOn() {
        try (Consumer<byte[], byte[]> reading = clients.consumer(
                "notify", Optional.of(group), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer = reading;
            reading.subscribe(List.of(topic.name()), new Ownership(reading));
            while (!closed) {
                reading.poll(POLL).forEach(this::take);
                reading.assignment().forEach(partition -> {
                    if (ends.containsKey(partition) && reading.position(partition) >= ends.get(partition)) {
                        known.complete(partition);
                    }
                });
                commit(reading);
            }
        } finally {
            known.leave(new HashSet<>(ends.keySet()));
            ends.clear();
            read = null;
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        try {
            String fingerprint = topic.keys().deserializer().deserialize(record.topic(), record.key());
            Alert alert = topic.values().deserializer().deserialize(record.topic(), record.value());
            if (fingerprint != null) {
                known.put(new TopicPartition(record.topic(), record.partition()), record.offset(), fingerprint, alert);
            }
        } catch (SerializationException | IllegalArgumentException | NullPointerException e) {
            log.warn(
                    "{}-{} offset {} can't be told: {}",
                    record.topic(),
                    record.partition(),
                    record.offset(),
                    e.getMessage());
        }
    }

    /**
     * Remembers how far webhooks were told. While one state of the alerts is being told the next ones come already, so
     * it is held until it is.
     */
    private void commit(Consumer<byte[], byte[]> reading) {
        if (webhooks.isEmpty()) {
            return;
        }
        if (read == null) {
            read = new Read(known.version(), positions(reading));
        }
        long version = read.version();
        if (!webhooks.stream().allMatch(worker -> worker.hasTold(version))) {
            return;
        }
        Map<TopicPartition, OffsetAndMetadata> positions = read.positions();
        read = null;
        positions
                .entrySet()
                .removeIf(one -> committed.getOrDefault(one.getKey(), -1L)
                        == one.getValue().offset());
        if (!positions.isEmpty()) {
            reading.commitAsync(positions, (offsets, failure) -> {
                if (failure == null) {
                    offsets.forEach((partition, offset) -> committed.put(partition, offset.offset()));
                }
            });
        }
    }

    private Map<TopicPartition, OffsetAndMetadata> positions(Consumer<byte[], byte[]> reading) {
        Map<TopicPartition, OffsetAndMetadata> positions = new HashMap<>();
        for (TopicPartition partition : reading.assignment()) {
            if (known.isComplete(partition)) {
                positions.put(partition, new OffsetAndMetadata(reading.position(partition)));
            }
        }
        return positions;
    }

    private final class Ownership implements ConsumerRebalanceListener {
        private final Consumer<byte[], byte[]> reading;

        private Ownership(Consumer<byte[], byte[]> reading) {
            this.reading = reading;
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> taken) {
            Map<TopicPartition, OffsetAndMetadata> told = reading.committed(new HashSet<>(taken));
            Map<TopicPartition, Long> now = reading.endOffsets(taken);
            for (TopicPartition partition : taken) {
                OffsetAndMetadata upTo = told.get(partition);
                known.take(partition, upTo == null ? 0 : upTo.offset());
                ends.put(partition, now.get(partition));
            }
            reading.seekToBeginning(taken);
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> gone) {
            known.leave(gone);
            read = null;
            gone.forEach(partition -> {
                ends.remove(partition);
                committed.remove(partition);
            });
        }
    }

    private void pause() {
        try {
            stopped.await(AGAIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed = true;
        stopped.countDown();
        Consumer<byte[], byte[]> reading = consumer;
        if (reading != null) {
            reading.wakeup();
        }
        // Not the reader: an interrupted consumer can't leave its group in order.
        threads.stream().filter(thread -> thread != reader).forEach(Thread::interrupt);
        long deadline = System.nanoTime() + CLOSE_MS * 1_000_000;
        for (Thread thread : threads) {
            try {
                thread.join(Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
