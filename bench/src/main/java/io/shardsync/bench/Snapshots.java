package io.shardsync.bench;

import io.shardsync.sandbox.Sandbox;
import io.shardsync.schemas.model.ClusterSnapshot;
import io.shardsync.schemas.model.CopyState;
import io.shardsync.schemas.model.ShardKey;
import io.shardsync.schemas.model.ShardSnapshot;
import io.shardsync.schemas.model.ShardSnapshot.Docs;
import io.shardsync.schemas.model.ShardSnapshot.GroupState;
import io.shardsync.schemas.model.ShardSnapshot.Role;
import io.shardsync.schemas.model.ShardSnapshot.SeqNo;
import io.shardsync.schemas.model.ShardSnapshot.Translog;
import io.shardsync.schemas.topic.Topic;
import io.shardsync.schemas.topic.Topics;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;

/** Writes what a collector writes of a cluster in which every shard, a primary with one replica, is written to. */
final class Snapshots implements AutoCloseable {
    static final int COPIES = 2;
    private static final int SHARDS_PER_INDEX = 10;
    private static final String CLUSTER = "bench";
    /** Until brokers know that they lead the partitions of a new topic. */
    private static final Duration SETTLING = Duration.ofSeconds(3);

    private final Topics topics;
    private final KafkaProducer<byte[], byte[]> producer;

    Snapshots(Sandbox sandbox, String prefix) {
        topics = new Topics(prefix, "/shardsync/collector/bench");
        producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        sandbox.kafka().bootstrap(),
                        ProducerConfig.LINGER_MS_CONFIG,
                        5,
                        ProducerConfig.BATCH_SIZE_CONFIG,
                        128 * 1024,
                        // A partition whose leader is not ready yet would make an idempotent producer try for ever.
                        ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                        false,
                        ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION,
                        1,
                        ProducerConfig.COMPRESSION_TYPE_CONFIG,
                        "lz4",
                        ProducerConfig.BUFFER_MEMORY_CONFIG,
                        128L << 20),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    Topics topics() {
        return topics;
    }

    /** Creates what is read, and {@link PassThrough#OUT}, as the services would. */
    static void createTopics(Sandbox sandbox, String prefix, int partitions) {
        Topics topics = new Topics(prefix, "/shardsync/bench");
        List<NewTopic> wanted = new ArrayList<>();
        for (Topic<?, ?> topic : topics.all()) {
            Map<String, String> config = new HashMap<>();
            config.put(TopicConfig.CLEANUP_POLICY_CONFIG, topic.cleanup().policy());
            if (topic.retention() != null) {
                config.put(
                        TopicConfig.RETENTION_MS_CONFIG,
                        String.valueOf(topic.retention().toMillis()));
            }
            int count = topic.layout() == Topic.Layout.SINGLE ? 1 : partitions;
            wanted.add(new NewTopic(topic.name(), Optional.of(count), Optional.of((short) 1)).configs(config));
        }
        wanted.add(new NewTopic(prefix + PassThrough.OUT, Optional.of(partitions), Optional.of((short) 1)));
        try (Admin admin = Contender.admin(sandbox)) {
            admin.createTopics(wanted).all().get();
            Measured.pause(SETTLING);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("topics were not created", e);
        }
    }

    /** One collection of all shards. */
    void collect(int shards, long number, Instant at) {
        for (int shard = 0; shard < shards; shard++) {
            group(shard, number, at);
        }
        end(number, at);
    }

    /** The replica, some operations behind as under writes, and the primary. */
    void group(int shard, long number, Instant at) {
        long written = 1_000 + number % 1_000_000_000 / 10;
        copy(shard, number, at, Role.REPLICA, 0, written - 200);
        copy(shard, number, at, Role.PRIMARY, 1, written);
    }

    private void copy(int shard, long number, Instant at, Role role, int ordinal, long maxSeqNo) {
        String index = "logs-%05d".formatted(shard / SHARDS_PER_INDEX);
        String node = "n" + ((shard + ordinal) % 6 + 1);
        ShardSnapshot copy = new ShardSnapshot(
                CLUSTER,
                index,
                "cQYpYcXrQOKJZ0Sg9a" + shard / SHARDS_PER_INDEX,
                shard % SHARDS_PER_INDEX,
                number,
                at,
                "7f0c4e0a-5a3b-4d8e-9a77-2f5d0f2d9a11",
                40_123,
                GroupState.LIVE,
                COPIES,
                ordinal,
                role,
                CopyState.STARTED,
                3,
                "mGSRsMWoT5SAxPNvbcTs" + shard + "-" + ordinal,
                "HiPtL_EjSR-Ao7hkUiGb" + node,
                node,
                null,
                true,
                true,
                new SeqNo(maxSeqNo, maxSeqNo, maxSeqNo - 50),
                new Docs(20_552, 1_200),
                13_243_641L,
                new Translog(23_477, 9_876_543),
                null);
        send(topics.shardSnapshots(), new ShardKey(CLUSTER, index, shard % SHARDS_PER_INDEX), copy);
    }

    /** The end of a collection. */
    void end(long number, Instant at) {
        ClusterSnapshot end = new ClusterSnapshot(
                CLUSTER,
                "uuid",
                number,
                "7f0c4e0a-5a3b-4d8e-9a77-2f5d0f2d9a11",
                at,
                at,
                100,
                false,
                Map.of(),
                "green",
                ClusterSnapshot.View.MASTER,
                new ClusterSnapshot.Master("id-n1", at, 0),
                0,
                List.of(),
                new ClusterSnapshot.Copies(0, 0, 0, 0, 0, 0, 0),
                new ClusterSnapshot.Delayed(0, null),
                List.of(),
                1000,
                true,
                null);
        send(topics.clusterSnapshots(), CLUSTER, end);
    }

    private <K, V> void send(Topic<K, V> topic, K key, V value) {
        producer.send(new ProducerRecord<>(
                topic.name(),
                null,
                System.currentTimeMillis(),
                topic.keys().serializer().serialize(topic.name(), key),
                topic.values().serializer().serialize(topic.name(), value)));
    }

    void flush() {
        producer.flush();
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
    }
}
