package io.shardsync.e2e;

import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.junit.WithSandbox;
import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.topic.Json;
import io.shardsync.schemas.topic.Topic;
import io.shardsync.schemas.topic.Topics;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/** What the documentation tells people to run, run against a real broker. */
@WithSandbox
class ExamplesIT {
    private static final Path EXAMPLES = Path.of("../docs/examples");
    private static final Path RECIPES = Path.of("../docs/topics/recipes.md");
    private static final Pattern BLOCK = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);
    private static final Topics TOPICS = new Topics(Topics.DEFAULT_PREFIX, "/shardsync/test");
    private static final int PARTITIONS = 6;

    private String bootstrap;

    @BeforeEach
    void topics(Sandbox sandbox) throws Exception {
        bootstrap = sandbox.kafka().bootstrap();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            Set<String> there = admin.listTopics().names().get();
            List<NewTopic> missing = TOPICS.all().stream()
                    .filter(topic -> !there.contains(topic.name()))
                    .map(topic -> new NewTopic(
                            topic.name(), topic.layout() == Topic.Layout.SINGLE ? 1 : PARTITIONS, (short) 1))
                    .toList();
            admin.createTopics(missing).all().get();
        }
    }

    @Test
    void theJavaProgramSendsACommandThatTheContractReads() throws Exception {
        sendsACommand(java("AskForDiagnosis.java"));
    }

    @Test
    void theJavaProgramFollowsAlerts() throws Exception {
        followsAlerts(java("FollowAlerts.java"));
    }

    @Test
    void thePythonProgramsDoTheSame() throws Exception {
        String python = python();
        Assumptions.assumeTrue(
                python != null, "skipped: no confluent_kafka; Debian's package python3-confluent-kafka brings it");
        sendsACommand(List.of(python, EXAMPLES.resolve("ask_for_diagnosis.py").toString()));
        followsAlerts(List.of(python, EXAMPLES.resolve("follow_alerts.py").toString()));
    }

    @Test
    void theRecipesForKcatWork() throws Exception {
        Assumptions.assumeTrue(Run.has("kcat"), "skipped: no kcat; Debian's package kcat brings it");
        // Given
        long before = read(TOPICS.recoveryCommands()).size();
        String recipes = Files.readString(RECIPES);
        List<String> commands = BLOCK.matcher(
                        recipes.substring(recipes.indexOf("## kcat"), recipes.indexOf("## Kafka Connect")))
                .results()
                .map(found -> found.group(1).replace("127.0.0.1:9092", bootstrap))
                .toList();
        assertThat(commands).hasSizeGreaterThan(4);
        // When
        for (String command : commands) {
            boolean endless = command.contains("-o end");
            Run run = Run.of("", List.of("bash", "-c", endless ? "timeout 3 " + command : command));
            assertThat(run.code()).as(command + "\n" + run.output()).isEqualTo(endless ? 124 : 0);
        }
        // Then
        List<ConsumerRecord<byte[], byte[]>> sent = read(TOPICS.recoveryCommands());
        assertThat(sent).hasSize((int) before + 1);
        assertThat(command(sent.get(sent.size() - 1)).type()).isEqualTo(CommandType.DIAGNOSE);
        List<ConsumerRecord<byte[], byte[]>> controls = read(TOPICS.controls());
        assertThat(TOPICS.controls()
                        .values()
                        .deserializer()
                        .deserialize("", controls.get(controls.size() - 2).value())
                        .why())
                .isNotBlank();
        assertThat(controls.get(controls.size() - 1).value())
                .as("a tombstone ends the pause")
                .isNull();
    }

    /** The first interpreter that knows the library. */
    private static String python() throws IOException, InterruptedException {
        for (String candidate : List.of("/usr/bin/python3", "python3")) {
            if ((Run.has(candidate) || Files.isExecutable(Path.of(candidate)))
                    && Run.of("", List.of(candidate, "-c", "import confluent_kafka"))
                                    .code()
                            == 0) {
                return candidate;
            }
        }
        return null;
    }

    private void sendsACommand(List<String> program) throws Exception {
        Instant before = Instant.now();
        Run run = Run.of("", with(program, bootstrap, "examples"));
        assertThat(run.code()).as(run.output()).isZero();
        ConsumerRecord<byte[], byte[]> sent = read(TOPICS.recoveryCommands()).stream()
                .filter(record -> run.output().contains(command(record).commandId()))
                .findFirst()
                .orElseThrow();
        assertThat(command(sent).type()).isEqualTo(CommandType.DIAGNOSE);
        assertThat(command(sent).expiresAt()).isAfter(before);
        assertThat(sent.partition())
                .as("where a Java client looks for this key")
                .isEqualTo(Utils.toPositive(Utils.murmur2(sent.key())) % PARTITIONS);
    }

    private void followsAlerts(List<String> program) throws Exception {
        Alert alert = Json.MAPPER.readValue(
                Path.of("../schemas/examples/alert.v1/replicas-unassigned.json").toFile(), Alert.class);
        try (KafkaProducer<String, Alert> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap),
                TOPICS.alerts().keys().serializer(),
                TOPICS.alerts().values().serializer())) {
            producer.send(new ProducerRecord<>(TOPICS.alerts().name(), alert.fingerprint(), alert))
                    .get();
        }
        Process process = new ProcessBuilder(with(program, bootstrap))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(lines.readLine()).contains(alert.fingerprint()).contains("firing");
        } finally {
            process.destroy();
            process.waitFor();
        }
    }

    private static RecoveryCommand command(ConsumerRecord<byte[], byte[]> record) {
        return TOPICS.recoveryCommands().values().deserializer().deserialize(record.topic(), record.value());
    }

    private List<ConsumerRecord<byte[], byte[]>> read(Topic<?, ?> topic) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrap, "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic.name()).stream()
                    .map(one -> new TopicPartition(topic.name(), one.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
            while (partitions.stream().anyMatch(one -> consumer.position(one) < ends.get(one))) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
            return records;
        }
    }

    /** As its first line says, with the jars that this test itself uses. */
    private static List<String> java(String file) {
        String jars = Stream.of(KafkaConsumer.class, Logger.class)
                .map(ExamplesIT::jar)
                .collect(Collectors.joining(":"));
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                jars,
                EXAMPLES.resolve(file).toString());
    }

    private static String jar(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> with(List<String> program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(program);
        command.addAll(List.of(arguments));
        return command;
    }
}
