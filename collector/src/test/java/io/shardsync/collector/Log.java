package io.shardsync.collector;

import io.shardsync.schemas.model.ClusterSnapshot;
import io.shardsync.schemas.model.Message;
import io.shardsync.schemas.model.RecoveryEvent;
import io.shardsync.schemas.model.ShardKey;
import io.shardsync.schemas.model.ShardSnapshot;
import io.shardsync.schemas.model.ShardSnapshot.GroupState;
import io.shardsync.schemas.topic.Topic;
import io.shardsync.schemas.topic.Topics;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Everything committed on the collector's topics, in the order of each partition; reads on whenever it is asked. */
final class Log implements AutoCloseable {
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Topics topics;
    private final List<Entry<?>> entries = new ArrayList<>();

    record Entry<V extends Message>(ConsumerRecord<byte[], byte[]> raw, V value) {}

    Log(String bootstrap, Topics topics) {
        this.topics = topics;
        consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrap, "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    /** Assigns the topics as soon as they exist. */
    private boolean isAssigned() {
        if (consumer.assignment().isEmpty()) {
            try {
                List<TopicPartition> partitions = Stream.of(
                                topics.shardSnapshots(), topics.recoveryEvents(), topics.clusterSnapshots())
                        .flatMap(topic -> consumer.partitionsFor(topic.name(), Duration.ofSeconds(1)).stream())
                        .map(info -> new TopicPartition(info.topic(), info.partition()))
                        .toList();
                consumer.assign(partitions);
                consumer.seekToBeginning(partitions);
            } catch (TimeoutException notYet) {
                return false;
            }
        }
        return true;
    }

    Log readOn() {
        if (!isAssigned()) {
            return this;
        }
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
            take(record, topics.shardSnapshots());
            take(record, topics.recoveryEvents());
            take(record, topics.clusterSnapshots());
        }
        return this;
    }

    private <V extends Message> void take(ConsumerRecord<byte[], byte[]> record, Topic<?, V> topic) {
        if (record.topic().equals(topic.name())) {
            entries.add(new Entry<>(record, topic.values().deserializer().deserialize(record.topic(), record.value())));
        }
    }

    List<Entry<?>> entries() {
        return List.copyOf(entries);
    }

    private <V> Stream<V> values(Class<V> type) {
        return entries.stream().map(Entry::value).filter(type::isInstance).map(type::cast);
    }

    List<ClusterSnapshot> clusters() {
        return values(ClusterSnapshot.class).toList();
    }

    List<ShardSnapshot> copies() {
        return values(ShardSnapshot.class).toList();
    }

    List<RecoveryEvent> recoveries() {
        return values(RecoveryEvent.class).toList();
    }

    /** The newest complete group of each shard that is not removed, as a reader puts them together. */
    Map<ShardKey, List<ShardSnapshot>> groups() {
        Map<ShardKey, List<ShardSnapshot>> open = new HashMap<>();
        Map<ShardKey, List<ShardSnapshot>> complete = new TreeMap<>();
        copies().forEach(copy -> {
            List<ShardSnapshot> group = open.computeIfAbsent(copy.key(), key -> new ArrayList<>());
            if (!group.isEmpty() && group.get(0).snapshotId() != copy.snapshotId()) {
                group.clear();
            }
            group.add(copy);
            if (group.size() == copy.groupSize()) {
                if (copy.groupState() == GroupState.REMOVED) {
                    complete.remove(copy.key());
                } else {
                    complete.put(copy.key(), List.copyOf(group));
                }
            }
        });
        return complete;
    }

    /** The newest group's copies of one index. */
    Collection<ShardSnapshot> copiesOf(String index) {
        return groups().entrySet().stream()
                .filter(group -> group.getKey().index().equals(index))
                .flatMap(group -> group.getValue().stream())
                .toList();
    }

    @Override
    public void close() {
        consumer.close();
    }
}
