package io.shardsync.collector.own;

import io.shardsync.schemas.model.ClusterSnapshot;
import io.shardsync.schemas.topic.Topic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;

/**
 * Keeps each cluster's newest snapshot of the assigned partitions, and answers who asks once everything that was on the
 * topic at that moment is read. Nothing is fetched as long as nobody asks: what is written there meanwhile is our own.
 * Only {@link #ask} may be called by other threads than the consumer's.
 */
final class NewestSnapshots {
    private static final Logger log = LoggerFactory.getLogger(NewestSnapshots.class);

    private final Topic<String, ClusterSnapshot> topic;
    private final Queue<Question> asked = new ConcurrentLinkedQueue<>();
    private final List<Question> waiting = new ArrayList<>();
    private final Map<TopicPartition, Map<String, byte[]>> newest = new HashMap<>();

    NewestSnapshots(Topic<String, ClusterSnapshot> topic) {
        this.topic = topic;
    }

    private static final class Question {
        private final String cluster;
        private final TopicPartition partition;
        private final CompletableFuture<ClusterSnapshot> answer = new CompletableFuture<>();
        private long readUntil = -1;

        Question(String cluster, TopicPartition partition) {
            this.cluster = cluster;
            this.partition = partition;
        }
    }

    /** The answer completes with null if there is no snapshot, and is cancelled if the partition goes away. */
    CompletableFuture<ClusterSnapshot> ask(String cluster, TopicPartition partition) {
        Question question = new Question(cluster, partition);
        asked.add(question);
        return question.answer;
    }

    /** Only the newest of each is kept, as bytes: most are never looked at. */
    void take(ConsumerRecords<byte[], byte[]> records) {
        for (ConsumerRecord<byte[], byte[]> record : records) {
            if (record.key() != null) {
                newest.computeIfAbsent(new TopicPartition(record.topic(), record.partition()), any -> new HashMap<>())
                        .put(new String(record.key(), StandardCharsets.UTF_8), record.value());
            }
        }
    }

    void forget(Set<TopicPartition> partitions) {
        newest.keySet().removeAll(partitions);
        drainAsked();
        waiting.removeIf(question -> {
            boolean gone = partitions.contains(question.partition);
            if (gone) {
                question.answer.completeExceptionally(new CancellationException("partition revoked"));
            }
            return gone;
        });
    }

    /** Answers what can be answered, and has that read which is still asked for. */
    void answer(Consumer<?, ?> consumer) {
        drainAsked();
        waiting.removeIf(question -> isAnswered(question, consumer));
        Set<TopicPartition> wanted =
                waiting.stream().map(question -> question.partition).collect(Collectors.toSet());
        Set<TopicPartition> idle = new HashSet<>(consumer.assignment());
        idle.removeAll(wanted);
        consumer.pause(idle);
        consumer.resume(wanted);
    }

    /** Whether somebody waits for an answer that needs more to be read. */
    boolean isAwaited() {
        return !waiting.isEmpty();
    }

    private void drainAsked() {
        for (Question question = asked.poll(); question != null; question = asked.poll()) {
            waiting.add(question);
        }
    }

    private boolean isAnswered(Question question, Consumer<?, ?> consumer) {
        if (!consumer.assignment().contains(question.partition)) {
            question.answer.completeExceptionally(new CancellationException("partition not assigned"));
            return true;
        }
        try {
            if (question.readUntil < 0) {
                question.readUntil =
                        consumer.endOffsets(Set.of(question.partition)).get(question.partition);
            }
            if (consumer.position(question.partition) < question.readUntil) {
                return false;
            }
        } catch (TimeoutException later) {
            return false;
        }
        question.answer.complete(read(question));
        return true;
    }

    private ClusterSnapshot read(Question question) {
        byte[] bytes = newest.getOrDefault(question.partition, Map.of()).get(question.cluster);
        try {
            return topic.values().deserializer().deserialize(topic.name(), bytes);
        } catch (SerializationException unreadable) {
            log.atWarn()
                    .addKeyValue("cluster", question.cluster)
                    .addKeyValue("why", unreadable.getMessage())
                    .log("the newest snapshot can't be read, beginning anew");
            return null;
        }
    }
}
