package io.shardsync.e2e;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardsync.sandbox.JavaService;
import io.shardsync.sandbox.JavaServiceSpec;
import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.junit.WithSandbox;
import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.topic.Json;
import io.shardsync.schemas.topic.Topic;
import io.shardsync.schemas.topic.Topics;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.connect.file.FileStreamSinkConnector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The recipe for Kafka Connect by a real worker: all that it says to Connect itself, for Aiven's connector is in no
 * repository of Maven's. Kafka's own that writes lines to a file stands where that would be.
 */
@WithSandbox
class ConnectIT {
    private static final Path RECIPES = Path.of("../docs/topics/recipes.md");
    private static final Topic<String, Alert> ALERTS = new Topics(Topics.DEFAULT_PREFIX, "/shardsync/test").alerts();

    @Test
    void theRecipeHandsOverEachAlertAsItIsAndNothingElse(Sandbox sandbox, @TempDir Path folder) throws Exception {
        // Given
        String bootstrap = sandbox.kafka().bootstrap();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            admin.createTopics(List.of(new NewTopic(ALERTS.name(), 1, (short) 1)))
                    .all()
                    .get();
        }
        Alert firing = example("replicas-unassigned");
        Alert resolved = example("resolved");
        Alert other = example("per-shard-silenced");
        try (KafkaProducer<String, Alert> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap, "transactional.id", "alerts"),
                ALERTS.keys().serializer(),
                ALERTS.values().serializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(record(firing.fingerprint(), firing));
            producer.send(record(resolved.fingerprint(), resolved));
            producer.send(record(resolved.fingerprint(), null));
            producer.commitTransaction();
            producer.beginTransaction();
            producer.send(record(other.fingerprint(), firing)).get();
            producer.abortTransaction();
            producer.beginTransaction();
            producer.send(record(other.fingerprint(), other));
            producer.commitTransaction();
        }
        Path received = folder.resolve("received");

        // When
        JavaService worker = worker(sandbox, folder, received);
        worker.start();
        try {
            // Then
            await().atMost(Duration.ofSeconds(30))
                    .until(() ->
                            Files.exists(received) && Files.readString(received).contains(other.fingerprint()));
            assertThat(Files.readAllLines(received)).containsExactly(json(firing), json(resolved), json(other));
        } finally {
            worker.stop();
        }
    }

    /** As the page starts it; but for addresses, folders and the class of the connector. */
    private static JavaService worker(Sandbox sandbox, Path folder, Path received) throws IOException {
        int port = Sandbox.freePorts(1).get(0);
        Path settings = Files.writeString(
                folder.resolve("worker.properties"),
                block("properties")
                                .replace("127.0.0.1:9092", sandbox.kafka().bootstrap())
                                .replace(
                                        "/opt/kafka-connect",
                                        Files.createDirectory(folder.resolve("plugins"))
                                                .toString())
                                .replace("/var/lib/kafka-connect", folder.toString())
                        + "listeners=http://127.0.0.1:" + port + "\n"
                        // Looking into each jar of these tests would take longer than all else.
                        + "plugin.discovery=service_load\n");
        ObjectNode connector = (ObjectNode) Json.MAPPER.readTree(block("json"));
        ((ObjectNode) connector.path("config"))
                .put("connector.class", FileStreamSinkConnector.class.getName())
                .put("file", received.toString());
        Path file = folder.resolve("shardsync-alerts.json");
        Json.MAPPER.writeValue(file.toFile(), connector);

        List<String> arguments = new ArrayList<>(List.of(block("sh").strip().split(" ")));
        assertThat(arguments.remove(0)).isEqualTo("connect-standalone.sh");
        arguments.replaceAll(name -> name.equals("worker.properties") ? settings.toString() : file.toString());
        return sandbox.service(new JavaServiceSpec(
                "connect",
                System.getProperty("java.class.path"),
                "org.apache.kafka.connect.cli.ConnectStandalone",
                arguments,
                192,
                List.of("-Dlogback.configurationFile=io/shardsync/sandbox/broker-logback.xml"),
                URI.create("http://127.0.0.1:" + port + "/connectors/"
                        + connector.path("name").asText() + "/status")));
    }

    /** The first of this language in the page's section. */
    private static String block(String language) throws IOException {
        String page = Files.readString(RECIPES);
        Matcher block = Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
                .matcher(page.substring(page.indexOf("## Kafka Connect"), page.indexOf("## ksqlDB")));
        assertThat(block.find()).as(language).isTrue();
        return block.group(1);
    }

    private static ProducerRecord<String, Alert> record(String key, Alert value) {
        return new ProducerRecord<>(ALERTS.name(), key, value);
    }

    private static Alert example(String name) throws IOException {
        return Json.MAPPER.readValue(
                Path.of("../schemas/examples/alert.v1/" + name + ".json").toFile(), Alert.class);
    }

    private static String json(Alert alert) {
        return new String(ALERTS.values().serializer().serialize(ALERTS.name(), alert), StandardCharsets.UTF_8);
    }
}
