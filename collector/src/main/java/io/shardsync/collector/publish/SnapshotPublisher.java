package io.shardsync.collector.publish;

import io.shardsync.schemas.model.ClusterSnapshot;
import io.shardsync.schemas.model.RecoveryEvent;
import io.shardsync.schemas.model.ShardSnapshot;
import io.shardsync.schemas.topic.Topic;
import io.shardsync.schemas.topic.Topics;
import io.shardsync.schemas.topic.TraceContext;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Publishes the collections of one cluster, each in one transaction and as a trace of its own. Whoever opens a
 * publisher later under the same transactional id fences this one.
 *
 * <p>For use by one thread; {@link #close()} may come from another.
 */
public final class SnapshotPublisher implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SnapshotPublisher.class);

    private final String transactionalId;
    private final Topics topics;
    private final Supplier<Producer<byte[], byte[]>> producers;
    private Producer<byte[], byte[]> producer;
    private boolean closed;

    /**
     * Opens nothing yet.
     *
     * @param transactionalId for messages
     * @param producers makes transactional producers with this id
     */
    public SnapshotPublisher(String transactionalId, Topics topics, Supplier<Producer<byte[], byte[]>> producers) {
        this.transactionalId = transactionalId;
        this.topics = topics;
        this.producers = producers;
    }

    /**
     * Makes sure that no predecessor can publish any more; tries until Kafka lets it.
     *
     * @param goOn asked before each try
     * @param pause between two tries
     * @throws Fenced when a successor is there already
     */
    public void fence(BooleanSupplier goOn, Duration pause) throws Fenced, InterruptedException {
        while (goOn.getAsBoolean()) {
            try {
                open();
                return;
            } catch (ProducerFencedException | InvalidProducerEpochException e) {
                throw new Fenced(transactionalId, e);
            } catch (InterruptException e) {
                throw new InterruptedException(e.getMessage());
            } catch (KafkaException e) {
                log.atWarn()
                        .addKeyValue("transactional_id", transactionalId)
                        .addKeyValue("why", e.getMessage())
                        .log("can't take over yet");
                Thread.sleep(pause.toMillis());
            }
        }
        throw new InterruptedException("asked to stop");
    }

    /**
     * Publishes one collection.
     *
     * @param full whether the end offsets are wanted
     * @param records writes the collection's records
     * @param end makes the last record from the end offsets: by partition of the shard snapshots' topic the offset
     *     after the last record written here, 0 where none was; empty unless full
     * @return how many shard snapshots were written
     */
    public long publish(boolean full, Consumer<Sink> records, Function<Map<Integer, Long>, ClusterSnapshot> end)
            throws Fenced, NotPublished {
        try {
            Producer<byte[], byte[]> open = open();
            open.beginTransaction();
            Writing writing = new Writing(
                    open, open.partitionsFor(topics.shardSnapshots().name()).size());
            records.accept(writing);
            // Only what is acknowledged has an offset.
            open.flush();
            ClusterSnapshot last = end.apply(full ? writing.endOffsets() : Map.of());
            writing.send(topics.clusterSnapshots(), last.cluster(), last);
            open.commitTransaction();
            return writing.copies;
        } catch (ProducerFencedException | InvalidProducerEpochException e) {
            discard();
            throw new Fenced(transactionalId, e);
        } catch (KafkaException e) {
            discard();
            if (isFenced(e)) {
                throw new Fenced(transactionalId, e);
            }
            throw new NotPublished(e);
        } catch (RuntimeException e) {
            discard();
            throw e;
        }
    }

    private static boolean isFenced(Throwable e) {
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof ProducerFencedException || cause instanceof InvalidProducerEpochException) {
                return true;
            }
        }
        return false;
    }

    private synchronized Producer<byte[], byte[]> open() {
        if (closed) {
            throw new InterruptException("the publisher of " + transactionalId + " is closed");
        }
        if (producer == null) {
            Producer<byte[], byte[]> fresh = producers.get();
            try {
                fresh.initTransactions();
            } catch (RuntimeException e) {
                fresh.close(Duration.ZERO);
                throw e;
            }
            producer = fresh;
        }
        return producer;
    }

    /**
     * The next producer's start aborts whatever this one left open; that is the only way that is right after every kind
     * of failure.
     */
    private synchronized void discard() {
        if (producer != null) {
            producer.close(Duration.ZERO);
            producer = null;
        }
    }

    /** Gives up what is under way. */
    @Override
    public synchronized void close() {
        closed = true;
        discard();
    }

    private final class Writing implements Sink {
        private final Producer<byte[], byte[]> producer;
        private final AtomicLongArray ends;
        private final TraceContext trace = TraceContext.begin();
        private final Callback noteEnd = this::noteEnd;
        private long copies;

        Writing(Producer<byte[], byte[]> producer, int partitions) {
            this.producer = producer;
            this.ends = new AtomicLongArray(partitions);
        }

        @Override
        public void copy(ShardSnapshot record) {
            copies++;
            producer.send(encoded(topics.shardSnapshots(), record.key(), record), noteEnd);
        }

        private void noteEnd(RecordMetadata metadata, Exception failure) {
            if (failure == null) {
                ends.accumulateAndGet(metadata.partition(), metadata.offset() + 1, Math::max);
            }
        }

        @Override
        public void recovery(RecoveryEvent event) {
            send(topics.recoveryEvents(), event.key(), event);
        }

        <K, V> void send(Topic<K, V> topic, K key, V value) {
            producer.send(encoded(topic, key, value));
        }

        private <K, V> ProducerRecord<byte[], byte[]> encoded(Topic<K, V> topic, K key, V value) {
            RecordHeaders headers = new RecordHeaders();
            trace.addTo(headers);
            byte[] bytes = topic.values().serializer().serialize(topic.name(), headers, value);
            return new ProducerRecord<>(
                    topic.name(), null, topic.keys().serializer().serialize(topic.name(), key), bytes, headers);
        }

        Map<Integer, Long> endOffsets() {
            Map<Integer, Long> offsets = new HashMap<>();
            for (int partition = 0; partition < ends.length(); partition++) {
                offsets.put(partition, ends.get(partition));
            }
            return offsets;
        }
    }
}
