package io.shardsync.collector.watch;

import io.shardsync.collector.publish.SnapshotPublisher;
import io.shardsync.schemas.model.ClusterSnapshot;
import io.shardsync.schemas.topic.Topic;
import io.shardsync.schemas.topic.Topics;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.serialization.ByteArraySerializer;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What a watch publishes. */
final class PlayedKafka {
    final Topics topics = new Topics("t.", "/test");
    private MockProducer<byte[], byte[]> producer = producer();

    SnapshotPublisher publisher() {
        return new SnapshotPublisher("t.collector.prod", topics, () -> producer);
    }

    private MockProducer<byte[], byte[]> producer() {
        List<PartitionInfo> partitions = Stream.of(
                        topics.shardSnapshots(), topics.recoveryEvents(), topics.clusterSnapshots())
                .map(topic -> new PartitionInfo(topic.name(), 0, null, new Node[0], new Node[0]))
                .toList();
        return new MockProducer<>(
                new Cluster("k", List.of(), partitions, Set.of(), Set.of()),
                true,
                null,
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    void refuseCommits() {
        producer.commitTransactionException = new org.apache.kafka.common.errors.TimeoutException("too late");
    }

    void beginAnew() {
        producer = producer();
    }

    <V> List<V> published(Topic<?, V> topic) {
        return producer.history().stream()
                .filter(sent -> sent.topic().equals(topic.name()))
                .map(sent -> topic.values().deserializer().deserialize(sent.topic(), sent.value()))
                .toList();
    }

    List<ClusterSnapshot> collections() {
        return published(topics.clusterSnapshots());
    }
}
