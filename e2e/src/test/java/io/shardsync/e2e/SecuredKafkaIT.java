package io.shardsync.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.shardsync.demo.DemoSettings;
import io.shardsync.demo.Installation;
import io.shardsync.sandbox.JavaService;
import io.shardsync.sandbox.JavaServiceSpec;
import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.junit.WithSandbox;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.ReplicationStatus;
import io.shardsync.schemas.model.ShardKey;
import io.shardsync.schemas.topic.Topic;
import io.shardsync.schemas.topic.Topics;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The three services on a broker with SASL/SCRAM, each with the rights that are shipped for it and no others. */
@Tag("long")
@WithSandbox
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SecuredKafkaIT {
    private static final String CLUSTER = "demo";
    private static final Path USERS = Path.of("../deploy/kubernetes/kafka-users.yaml");
    private static final List<String> SERVICES = List.of("collector", "processor", "actuator");
    private static final Topics TOPICS = new Topics(Topics.DEFAULT_PREFIX, "/shardsync/test");
    private static final Duration SOON = Duration.ofSeconds(120);

    private Path folder;

    private final List<JavaService> running = new ArrayList<>();
    private Sandbox sandbox;
    private SecuredBroker broker;

    @BeforeAll
    void start(Sandbox given, @TempDir Path temporary) throws Exception {
        sandbox = given;
        folder = temporary;
        broker = new SecuredBroker(
                folder, SERVICES.stream().map(service -> "shardsync-" + service).toList());
        try (Admin admin = broker.admin()) {
            admin.createTopics(
                            TOPICS.all().stream().map(SecuredKafkaIT::asShipped).toList())
                    .all()
                    .get();
            admin.createAcls(shippedRights()).all().get();
        }
        sandbox.http().createIndex("orders", Map.of("number_of_shards", 1, "number_of_replicas", 1));
    }

    @AfterAll
    void stop() throws InterruptedException {
        running.forEach(JavaService::stop);
        if (broker != null) {
            broker.close();
        }
    }

    @Test
    void withTheShippedRightsEverythingWorksFromASnapshotToAnAnswer() throws Exception {
        // Given
        for (String service : SERVICES) {
            JavaService one = service(service);
            running.add(one);
            one.start();
        }
        // When a status is there, and a command is sent
        await().atMost(SOON)
                .until(() -> read(TOPICS.replicationStatuses()).containsKey(new ShardKey(CLUSTER, "orders", 0)));
        String id = UUID.randomUUID().toString();
        send(new RecoveryCommand(
                id,
                CommandType.DIAGNOSE,
                CLUSTER,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                true,
                "test",
                Instant.now(),
                Instant.now().plusSeconds(300),
                "a test",
                Map.of()));
        // Then
        await().atMost(SOON).until(() -> {
            RecoveryResult result = read(TOPICS.recoveryResults()).get(id);
            return result != null && result.status() == RecoveryResult.Status.SUCCEEDED;
        });
        ReplicationStatus status = read(TOPICS.replicationStatuses()).get(new ShardKey(CLUSTER, "orders", 0));
        assertThat(status.health()).isEqualTo(ReplicationStatus.Health.IN_SYNC);
        assertThat(read(TOPICS.alerts()).values())
                .anyMatch(alert -> alert.alertname().equals("Watchdog"));
    }

    @Test
    void aPlaintextClientIsToldWhatToLookAt() throws Exception {
        assertThat(check("collector", Map.of())).contains("kafka.security.protocol");
    }

    @Test
    void aWrongPasswordIsTold() throws Exception {
        Map<String, String> client = new HashMap<>(SecuredBroker.client("shardsync-collector"));
        client.computeIfPresent("sasl.jaas.config", (key, login) -> login.replace("password=\"", "password=\"not-"));
        assertThat(check("collector", client)).contains("login refused").doesNotContain("not-shardsync-collector");
    }

    private String check(String service, Map<String, String> client) throws IOException, InterruptedException {
        Path file = folder.resolve("check.properties");
        write(file, settings(client));
        Run run = Run.of(
                "",
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        Installation.find().classPath(service),
                        "io.shardsync." + service + "." + capital(service) + "Main",
                        "--config",
                        file.toString(),
                        "--check"));
        assertThat(run.code()).as(run.output()).isEqualTo(1);
        return run.output();
    }

    private JavaService service(String name) throws IOException {
        int port = Sandbox.freePorts(1).get(0);
        Map<String, String> settings = settings(SecuredBroker.client("shardsync-" + name));
        settings.put("http.port", String.valueOf(port));
        Path file = folder.resolve(name + ".properties");
        settings.put("state.dir", folder.resolve(name + "-state").toString());
        write(file, settings);
        return sandbox.service(new JavaServiceSpec(
                "secured-" + name,
                Installation.find().classPath(name),
                "io.shardsync." + name + "." + capital(name) + "Main",
                List.of("--config", file.toString()),
                192,
                URI.create("http://127.0.0.1:" + port + "/readyz")));
    }

    private Map<String, String> settings(Map<String, String> client) {
        Map<String, String> settings = new HashMap<>(DemoSettings.quick(CLUSTER));
        client.forEach((key, value) -> settings.put("kafka." + key, value));
        settings.put("kafka.bootstrap.servers", broker.address());
        settings.put("topics.create", "false");
        settings.put("clusters", CLUSTER);
        settings.put(
                "cluster." + CLUSTER + ".hosts",
                String.join(",", sandbox.elasticsearch().urls()));
        // Somebody who never listens: telling needs a group of its own, and so a right.
        settings.put(
                "alerts.webhook.urls",
                "http://127.0.0.1:" + Sandbox.freePorts(1).get(0));
        return settings;
    }

    private static void write(Path file, Map<String, String> settings) throws IOException {
        Files.writeString(
                file,
                settings.entrySet().stream()
                        .map(one -> one.getKey() + "=" + one.getValue())
                        .collect(Collectors.joining("\n", "", "\n")));
    }

    private static String capital(String word) {
        return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
    }

    private static NewTopic asShipped(Topic<?, ?> topic) {
        Map<String, String> configs =
                new HashMap<>(Map.of("cleanup.policy", topic.cleanup().policy()));
        return new NewTopic(topic.name(), topic.layout() == Topic.Layout.SINGLE ? 1 : 6, (short) 1).configs(configs);
    }

    private static List<AclBinding> shippedRights() throws IOException {
        List<AclBinding> rights = new ArrayList<>();
        YAMLMapper yaml = new YAMLMapper();
        try (MappingIterator<JsonNode> users = yaml.readerFor(JsonNode.class).readValues(USERS.toFile())) {
            while (users.hasNext()) {
                JsonNode user = users.next();
                for (JsonNode acl : user.at("/spec/authorization/acls")) {
                    JsonNode resource = acl.path("resource");
                    ResourcePattern pattern = new ResourcePattern(
                            switch (resource.path("type").asText()) {
                                case "topic" -> ResourceType.TOPIC;
                                case "group" -> ResourceType.GROUP;
                                default -> ResourceType.TRANSACTIONAL_ID;
                            },
                            resource.path("name").asText(),
                            resource.path("patternType").asText().equals("prefix")
                                    ? PatternType.PREFIXED
                                    : PatternType.LITERAL);
                    acl.path("operations")
                            .forEach(operation -> rights.add(new AclBinding(
                                    pattern,
                                    new AccessControlEntry(
                                            "User:" + user.at("/metadata/name").asText(),
                                            "*",
                                            AclOperation.valueOf(operation
                                                    .asText()
                                                    .replaceAll("(?<=[a-z])(?=[A-Z])", "_")
                                                    .toUpperCase(Locale.ROOT)),
                                            AclPermissionType.ALLOW))));
                }
            }
        }
        return rights;
    }

    private void send(RecoveryCommand command) throws Exception {
        Topic<String, RecoveryCommand> topic = TOPICS.recoveryCommands();
        try (KafkaProducer<String, RecoveryCommand> producer = new KafkaProducer<>(
                asAdmin(), topic.keys().serializer(), topic.values().serializer())) {
            producer.send(new ProducerRecord<>(topic.name(), command.cluster(), command))
                    .get();
        }
    }

    /** The newest value of each key. */
    private <K, V> Map<K, V> read(Topic<K, V> topic) {
        Map<K, V> newest = new HashMap<>();
        try (KafkaConsumer<K, V> consumer = new KafkaConsumer<>(
                asAdmin(), topic.keys().deserializer(), topic.values().deserializer())) {
            var partitions = consumer.partitionsFor(topic.name()).stream()
                    .map(one -> new org.apache.kafka.common.TopicPartition(topic.name(), one.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(one -> consumer.position(one) < ends.get(one))) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> newest.put(record.key(), record.value()));
            }
        }
        return newest;
    }

    private Map<String, Object> asAdmin() {
        Map<String, Object> settings = new HashMap<>(SecuredBroker.client(SecuredBroker.ADMIN));
        settings.put("bootstrap.servers", broker.address());
        settings.put("isolation.level", "read_committed");
        return settings;
    }
}
