package io.shardsync.collector.publish;

import io.shardsync.collector.group.RemovedGroup;
import io.shardsync.collector.group.Stamp;
import io.shardsync.schemas.topic.Topics;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SnapshotPublisherTest {
    private static final Stamp STAMP = new Stamp("prod", 42, Instant.EPOCH, "c1", 7);

    private final Topics topics = new Topics("t.", "/test");
    private final List<MockProducer<byte[], byte[]>> producers = new ArrayList<>();
    private final SnapshotPublisher publisher = new SnapshotPublisher("t.collector.prod", topics, this::producer);

    private MockProducer<byte[], byte[]> producer() {
        List<PartitionInfo> partitions =
                List.of(
                                topics.shardSnapshots().name(),
                                topics.clusterSnapshots().name())
                        .stream()
                        .flatMap(topic -> IntStream.range(0, 3)
                                .mapToObj(number -> new PartitionInfo(topic, number, null, new Node[0], new Node[0])))
                        .toList();
        Cluster cluster = new Cluster("k", List.of(), partitions, Set.of(), Set.of());
        MockProducer<byte[], byte[]> producer =
                new MockProducer<>(cluster, true, null, new ByteArraySerializer(), new ByteArraySerializer());
        producers.add(producer);
        return producer;
    }

    private static void shards(Sink sink, int count) {
        for (int shard = 0; shard < count; shard++) {
            sink.copy(new RemovedGroup("ix", "u", shard).record(STAMP));
        }
    }

    @Test
    void aFullCollectionMapsEveryPartitionToItsEnd() throws Exception {
        Map<Integer, Long> seen = new HashMap<>();

        long copies = publisher.publish(true, sink -> shards(sink, 1), ends -> {
            seen.putAll(ends);
            return SnapshotIdsTest.snapshot(42);
        });

        assertThat(copies).isEqualTo(1);
        assertThat(seen).containsOnlyKeys(0, 1, 2);
        assertThat(seen.values()).containsExactlyInAnyOrder(0L, 0L, 1L);
    }

    @Test
    void theClusterSnapshotEndsTheTransaction() throws Exception {
        publisher.publish(false, sink -> shards(sink, 5), ends -> SnapshotIdsTest.snapshot(42));

        MockProducer<byte[], byte[]> producer = producers.get(0);
        assertThat(producer.commitCount()).isEqualTo(1);
        assertThat(producer.history()).hasSize(6);
        ProducerRecord<byte[], byte[]> last = producer.history().get(5);
        assertThat(last.topic()).isEqualTo(topics.clusterSnapshots().name());
        assertThat(last.headers().lastHeader("ce_id")).isNotNull();
    }

    @Test
    void afterAFailureANewProducerBegins() throws Exception {
        publisher.publish(false, sink -> {}, ends -> SnapshotIdsTest.snapshot(42));
        producers.get(0).commitTransactionException = new KafkaException("broker gone");

        assertThatThrownBy(() -> publisher.publish(false, sink -> {}, ends -> SnapshotIdsTest.snapshot(43)))
                .isInstanceOf(NotPublished.class)
                .hasMessageContaining("broker gone");

        publisher.publish(false, sink -> {}, ends -> SnapshotIdsTest.snapshot(44));
        assertThat(producers).hasSize(2);
        assertThat(producers.get(0).closed()).isTrue();
    }

    @Test
    void saysThatItIsFenced() throws Exception {
        publisher.publish(false, sink -> {}, ends -> SnapshotIdsTest.snapshot(42));
        producers.get(0).fenceProducer();

        assertThatThrownBy(() -> publisher.publish(false, sink -> {}, ends -> SnapshotIdsTest.snapshot(43)))
                .isInstanceOf(Fenced.class)
                .hasMessageContaining("t.collector.prod");
    }
}
