package io.shardsync.actuator.ledger;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Reads what is committed up to all that is written. An open transaction, be it another's, hides what was committed
 * behind it: whoever is content with what can be read takes what is out of date for the newest.
 */
final class Tail {
    private static final Duration WAIT = Duration.ofMillis(100);

    private final Consumer<byte[], byte[]> consumer;
    private final List<TopicPartition> partitions;
    private final Ends ends;
    private final Duration patience;

    /** @param patience how long a transaction may stay open */
    Tail(Consumer<byte[], byte[]> consumer, List<TopicPartition> partitions, Ends ends, Duration patience) {
        this.consumer = consumer;
        this.partitions = partitions;
        this.ends = ends;
        this.patience = patience;
    }

    /** Whether it came to the end of what is written now; false where something hides it for too long. */
    boolean read(java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> to) {
        Map<TopicPartition, Long> written = ends.of(partitions);
        long left = left(written);
        long advanced = System.nanoTime();
        while (left > 0) {
            consumer.poll(WAIT).forEach(to);
            long before = left;
            left = left(written);
            if (left < before) {
                advanced = System.nanoTime();
            } else if (System.nanoTime() - advanced > patience.toNanos()) {
                return false;
            }
        }
        return true;
    }

    private long left(Map<TopicPartition, Long> written) {
        return written.entrySet().stream()
                .mapToLong(end -> Math.max(0, end.getValue() - consumer.position(end.getKey(), patience)))
                .sum();
    }
}
