package io.shardsync.runtime.kafka;

import io.shardsync.runtime.config.CommonConfig;
import io.shardsync.runtime.ops.Metrics;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TopicAdminIT {
    @TempDir
    private static Path dir;

    private static OneBroker broker;

    private Admin admin;

    @BeforeAll
    static void startBroker() throws Exception {
        broker = new OneBroker(dir);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void connect() {
        admin = new KafkaClients(config(Map.of())).admin("topics");
    }

    @AfterEach
    void disconnect() {
        admin.close();
    }

    @Test
    void whereTheFirstBrokerAskedHangsAnotherIsAsked() throws IOException {
        // Given one whose system takes connections, and which never answers.
        try (ServerSocket hung = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            CommonConfig config = KafkaClientsTest.config(Map.of(
                    "kafka.bootstrap.servers",
                    "127.0.0.1:" + hung.getLocalPort() + "," + broker.bootstrap(),
                    "kafka.request.timeout.ms",
                    "1000"));
            boolean asked = false;
            // A client begins with any of them.
            for (int tries = 0; tries < 20 && !asked; tries++) {
                try (Admin client = new KafkaClients(config).admin("reach")) {
                    // When
                    List<String> brokers = new KafkaReach(config)
                            .ask(client, KafkaReach.PATIENCE)
                            .brokers();
                    // Then
                    assertThat(brokers).containsExactly(broker.bootstrap());
                }
                asked = wasAsked(hung);
            }
            assertThat(asked).isTrue();
        }
    }

    private static boolean wasAsked(ServerSocket hung) throws IOException {
        hung.setSoTimeout(1);
        try (Socket connection = hung.accept()) {
            return connection.isBound();
        } catch (SocketTimeoutException nobody) {
            return false;
        }
    }

    @Test
    void missingTopicsAreCreatedAsSpecifiedAndAcceptedFromThenOn() throws Exception {
        // Given
        List<TopicSpec> specs = List.of(
                new TopicSpec("t1.cluster.v1", 3, "compact,delete", Duration.ofDays(1)),
                new TopicSpec(
                        "t1.status.v1", 2, "compact", Optional.empty(), Map.of("max.compaction.lag.ms", "60000")));

        // When
        topics(Map.of()).ensure(specs);
        topics(Map.of("topics.create", "false")).ensure(specs);

        // Then
        assertThat(setting("t1.cluster.v1", "retention.ms")).isEqualTo("86400000");
        assertThat(setting("t1.status.v1", "cleanup.policy")).isEqualTo("compact");
        assertThat(setting("t1.status.v1", "max.compaction.lag.ms")).isEqualTo("60000");
    }

    @Test
    void whoeverWritesToNewTopicsAtOnceWritesAll() {
        // Given: requests that are many and small, several of them under way at a time
        Map<String, String> hasty = Map.of(
                "kafka.producer.batch.size", "64",
                "kafka.producer.linger.ms", "0",
                "kafka.producer.request.timeout.ms", "5000",
                "kafka.producer.delivery.timeout.ms", "15000");
        AtomicReference<Exception> failure = new AtomicReference<>();
        topics(Map.of()).ensure(List.of(new TopicSpec("t2.first.v1", 1, "delete", Duration.ofDays(1))));
        for (int topic = 0; topic < 20; topic++) {
            String name = "t2.hasty-" + topic + ".v1";
            try (Producer<String, String> producer =
                    new KafkaClients(config(hasty)).producer("hasty", new StringSerializer(), new StringSerializer())) {
                // Knows the broker before the topic is there.
                producer.partitionsFor("t2.first.v1");

                // When
                topics(Map.of()).ensure(List.of(new TopicSpec(name, 10, "delete", Duration.ofDays(1))));
                for (int i = 0; i < 200; i++) {
                    producer.send(new ProducerRecord<>(name, i % 10, "key", "record " + i), (metadata, e) -> {
                        if (e != null) {
                            failure.compareAndSet(null, e);
                        }
                    });
                }
                producer.flush();
            }
        }

        // Then
        assertThat(failure.get()).isNull();
    }

    @Test
    void severalServicesMayCreateTheSameTopicsAtOnce() {
        // Given
        List<TopicSpec> specs =
                List.of(new TopicSpec("t2.a", 3, "delete", null), new TopicSpec("t2.b", 3, "delete", null));

        // When
        List<CompletableFuture<Void>> starting = List.of(
                CompletableFuture.runAsync(() -> topics(Map.of()).ensure(specs)),
                CompletableFuture.runAsync(() -> topics(Map.of()).ensure(specs)),
                CompletableFuture.runAsync(() -> topics(Map.of()).ensure(specs)));

        // Then
        starting.forEach(each -> assertThatCode(each::join).doesNotThrowAnyException());
    }

    @Test
    void missingTopicsAreNamedWhereNoneMayBeCreated() {
        assertThatThrownBy(() -> topics(Map.of("topics.create", "false"))
                        .ensure(List.of(new TopicSpec("t3.x", 3, "delete", Duration.ofHours(1)))))
                .isInstanceOf(KafkaProblem.class)
                .hasMessageContaining("topics.create is false")
                .hasMessageContaining(
                        "t3.x: found no topic; expected 3 partitions, cleanup.policy=delete, retention.ms=3600000");
    }

    @Test
    void everyTopicThatIsNotWhatItMustBeIsNamedWithFoundAndExpected() throws Exception {
        // Given
        admin.createTopics(List.of(
                        new NewTopic("t4.a", 3, (short) 1).configs(Map.of("cleanup.policy", "delete")),
                        new NewTopic("t4.b", 1, (short) 1).configs(Map.of("cleanup.policy", "delete,compact"))))
                .all()
                .get();

        // Then
        assertThatThrownBy(() -> topics(Map.of())
                        .ensure(List.of(
                                new TopicSpec("t4.a", 3, "compact", null),
                                new TopicSpec("t4.b", 3, "compact,delete", null))))
                .hasMessageContaining("t4.a: found cleanup.policy=delete; expected compact")
                .hasMessageContaining("t4.b: found 1 partitions; expected 3")
                .hasMessageNotContaining("t4.b: found cleanup.policy");
    }

    @Test
    void aReplicationFactorAboveTheNumberOfBrokersNamesTheSetting() {
        assertThatThrownBy(() -> topics(Map.of("topics.replication.factor", "3"))
                        .ensure(List.of(new TopicSpec("t5", 1, "delete", null))))
                .hasMessageContaining("Check topics.replication.factor, found 3");
    }

    @Test
    void theClientsHandOverCommittedRecordsOnlyAndShowTheirMetrics() throws Exception {
        // Given
        topics(Map.of()).ensure(List.of(new TopicSpec("t6", 1, "delete", null)));
        KafkaClients clients = new KafkaClients(config(Map.of()));

        // When
        try (Metrics metrics = Metrics.create();
                Producer<String, String> producer = clients.producer(
                        "writer", Optional.of("t6-tx"), Map.of(), new StringSerializer(), new StringSerializer());
                Producer<String, String> plain =
                        clients.producer("plain", new StringSerializer(), new StringSerializer());
                Consumer<String, String> consumer = clients.consumer(
                        "reader", Optional.of("t6-group"), new StringDeserializer(), new StringDeserializer())) {
            metrics.bind(producer);
            metrics.bind(plain);
            metrics.bind(consumer);
            metrics.bind((AdminClient) admin);
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>("t6", "k", "aborted")).get();
            producer.abortTransaction();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>("t6", "k", "committed")).get();
            producer.commitTransaction();
            plain.send(new ProducerRecord<>("t6", "k", "plain")).get();
            consumer.subscribe(List.of("t6"));

            // Then
            List<String> seen = new java.util.ArrayList<>();
            long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (seen.size() < 2 && System.nanoTime() < deadline) {
                for (ConsumerRecord<String, String> consumed : consumer.poll(Duration.ofMillis(200))) {
                    seen.add(consumed.value());
                }
            }
            assertThat(seen).containsExactly("committed", "plain");
            assertThat(metrics.scrape())
                    .contains("kafka_producer_record_send_total")
                    .contains("shardsync-actuator-writer")
                    .contains("shardsync-actuator-plain")
                    .contains("kafka_consumer_");
        }
    }

    @Test
    void aPlaintextClientOnAnotherProtocolsListenerIsToldWhatToCheck() {
        // Given
        CommonConfig wrong = config(Map.of("kafka.security.protocol", "SSL"));

        // Then
        try (Admin mistaken = new KafkaClients(wrong).admin("wrong")) {
            assertThatThrownBy(() -> new KafkaReach(wrong).ask(mistaken, Duration.ofSeconds(2)))
                    .isInstanceOf(KafkaProblem.class)
                    .hasMessageContaining(broker.bootstrap())
                    .hasMessageContaining("kafka.security.protocol");
        }
    }

    private TopicAdmin topics(Map<String, String> more) {
        return new TopicAdmin(admin, config(more));
    }

    private static CommonConfig config(Map<String, String> more) {
        Map<String, String> all = new java.util.HashMap<>(more);
        all.put("kafka.bootstrap.servers", broker.bootstrap());
        return KafkaClientsTest.config(all);
    }

    private String setting(String topic, String name) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        return admin.describeConfigs(List.of(resource))
                .all()
                .get()
                .get(resource)
                .get(name)
                .value();
    }
}
