package io.shardsync.processor.serve;

import io.shardsync.runtime.config.Definition;
import io.shardsync.runtime.config.Settings;
import io.shardsync.runtime.kafka.ContractTopics;
import io.shardsync.runtime.kafka.KafkaClients;
import io.shardsync.runtime.kafka.TopicAdmin;
import io.shardsync.runtime.ops.Metrics;
import io.shardsync.runtime.ops.OpsServer;
import io.shardsync.runtime.ops.Probe;
import io.shardsync.sandbox.Sandbox;
import io.shardsync.schemas.model.Message;
import io.shardsync.schemas.topic.Topic;
import io.shardsync.schemas.topic.Topics;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;

import static org.awaitility.Awaitility.await;

/** The face alone, over topics of its own in a real Kafka: what it shows is exactly what a test writes. */
final class Server implements AutoCloseable {
    static final int PARTITIONS = 3;
    private static final Duration HEARTBEAT = Duration.ofSeconds(3);

    private final Settings settings;
    private final Topics topics;
    private final Metrics metrics = Metrics.create();
    private final Producer<byte[], byte[]> producer;
    private final KafkaClients clients;
    private final AtomicReference<Exception> notWritten = new AtomicReference<>();
    private final Face face;
    private final OpsServer http;

    private Server(Sandbox sandbox, Map<String, String> overrides) {
        Map<String, String> pairs = new HashMap<>(Map.of(
                "kafka.bootstrap.servers",
                sandbox.kafka().bootstrap(),
                "http.port",
                "0",
                "topics.prefix",
                "t" + UUID.randomUUID().toString().substring(0, 8) + ".",
                "topics.replication.factor",
                "1",
                "topics.partitions",
                String.valueOf(PARTITIONS)));
        pairs.putAll(overrides);
        settings = Settings.of(Definition.of("processor", 8080, new ConfigDef()), pairs);
        topics = new Topics(settings.common().topics().prefix(), "/shardsync/test");
        clients = new KafkaClients(settings.common());
        try (Admin admin = clients.admin("start")) {
            new TopicAdmin(admin, settings.common())
                    .ensure(ContractTopics.of(topics, settings.common().topics()));
        }
        producer = clients.producer("test", new ByteArraySerializer(), new ByteArraySerializer());
        face = new Face(clients, topics, settings.common().http(), Server::fatal, HEARTBEAT);
        http = OpsServer.create(
                        settings.common().http(),
                        metrics.registry(),
                        List.of(new Probe("views", face::notReady)),
                        face::routes)
                .start();
    }

    /** Starts one, and waits until it can be asked. */
    static Server start(Sandbox sandbox, Map<String, String> overrides) {
        Server server = new Server(sandbox, overrides);
        server.face.start();
        await().atMost(Duration.ofSeconds(60))
                .until(() -> server.face.notReady().isEmpty());
        return server;
    }

    /** Starts one over topics that hold something already. */
    static Server startWith(Sandbox sandbox, java.util.function.Consumer<Server> before) {
        Server server = new Server(sandbox, Map.of());
        before.accept(server);
        server.flush();
        server.face.start();
        await().atMost(Duration.ofSeconds(120))
                .until(() -> server.face.notReady().isEmpty());
        return server;
    }

    private static void fatal(Throwable failure) {
        throw new AssertionError("the face can't go on", failure);
    }

    String address() {
        return http.address();
    }

    int port() {
        return http.port();
    }

    Topics topics() {
        return topics;
    }

    Face face() {
        return face;
    }

    <K, V extends Message> void write(Topic<K, V> topic, K key, V value) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                topic.name(),
                topic.keys().serializer().serialize(topic.name(), key),
                topic.values().serializer().serialize(topic.name(), value));
        producer.send(record, (metadata, failure) -> {
            if (failure != null) {
                notWritten.compareAndSet(null, failure);
            }
        });
    }

    /** Waits until Kafka has everything that was written. */
    void flush() {
        producer.flush();
        if (notWritten.get() != null) {
            throw new AssertionError("the test could not write a record", notWritten.get());
        }
    }

    /** Everything a topic holds now. */
    List<ConsumerRecord<byte[], byte[]>> read(Topic<?, ?> topic) {
        try (Consumer<byte[], byte[]> consumer =
                clients.consumer("read", Optional.empty(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic.name()).stream()
                    .map(partition -> new TopicPartition(topic.name(), partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
            while (partitions.stream().anyMatch(each -> consumer.position(each) < ends.get(each))) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
            return records;
        }
    }

    @Override
    public void close() throws Exception {
        face.close();
        http.close();
        producer.close(Duration.ofSeconds(1));
        metrics.close();
    }
}
