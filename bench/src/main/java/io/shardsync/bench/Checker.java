package io.shardsync.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.shardsync.sandbox.JavaService;
import io.shardsync.sandbox.JavaServiceSpec;
import io.shardsync.sandbox.Sandbox;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/** A real actuator process, asked for deep checks over Kafka as anybody asks. */
final class Checker implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PREFIX = "bench.";
    private static final Set<String> ENDS = Set.of("succeeded", "failed", "rejected", "cancelled", "expired", "held");

    private final JavaService process;
    private final KafkaProducer<String, String> commands;
    private final KafkaConsumer<String, String> results;

    /** @param seconds from the command's acceptance to its end */
    record Done(String verdict, double seconds) {}

    private Checker(JavaService process, String bootstrap) {
        this.process = process;
        this.commands = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap), new StringSerializer(), new StringSerializer());
        this.results = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrap, "isolation.level", "read_committed"),
                new StringDeserializer(),
                new StringDeserializer());
        List<TopicPartition> partitions = results.partitionsFor(PREFIX + "recovery.result.v1").stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        results.assign(partitions);
        results.seekToEnd(partitions);
        partitions.forEach(results::position);
    }

    static Checker start(Sandbox sandbox, Map<String, String> more) {
        int port = Sandbox.freePorts(1).get(0);
        Map<String, String> settings = new TreeMap<>(Map.of(
                "kafka.bootstrap.servers",
                sandbox.kafka().bootstrap(),
                "topics.prefix",
                PREFIX,
                "topics.partitions",
                "1",
                "http.port",
                String.valueOf(port),
                "clusters",
                "bench",
                "cluster.bench.hosts",
                String.join(",", sandbox.elasticsearch().urls())));
        settings.putAll(more);
        List<String> arguments = new ArrayList<>();
        settings.forEach((key, value) -> arguments.addAll(List.of("--set", key + "=" + value)));
        Path target = Path.of(System.getProperty("shardsync.home", ".")).resolve("actuator/target");
        JavaService process = sandbox.service(new JavaServiceSpec(
                "actuator",
                target.resolve("classes") + ":" + target.resolve("lib") + "/*",
                "io.shardsync.actuator.ActuatorMain",
                arguments,
                128,
                List.of("-XX:TieredStopAtLevel=4"),
                URI.create("http://127.0.0.1:" + port + "/readyz")));
        process.start();
        return new Checker(process, sandbox.kafka().bootstrap());
    }

    /** One check, to its end. */
    synchronized Done check(String index) {
        String id = UUID.randomUUID().toString();
        var unused = commands.send(new ProducerRecord<>(
                PREFIX + "recovery.command.v1",
                "bench",
                "{\"command_id\":\"" + id + "\",\"type\":\"VERIFY_CONSISTENCY\",\"cluster\":\"bench\",\"index\":\""
                        + index + "\",\"requested_by\":\"bench\",\"expires_at\":\""
                        + Instant.now().plusSeconds(600) + "\"}"));
        commands.flush();
        while (true) {
            for (ConsumerRecord<String, String> record : results.poll(Duration.ofMillis(100))) {
                JsonNode result = read(record.value());
                if (record.key().equals(id)
                        && ENDS.contains(result.path("status").asText())) {
                    String message = result.path("message").asText();
                    return new Done(
                            message.contains(":") ? message.substring(0, message.indexOf(':')) : message,
                            result.path("took_ms").asLong() / 1e3);
                }
            }
        }
    }

    private static JsonNode read(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Checks one after the other. */
    Series series(String index) {
        AtomicBoolean stop = new AtomicBoolean();
        CompletableFuture<Integer> done = CompletableFuture.supplyAsync(() -> {
            int checks = 0;
            while (!stop.get()) {
                Done one = check(index);
                if (!one.verdict().equals("consistent")) {
                    throw new IllegalStateException("a check of whole copies ended " + one.verdict());
                }
                checks++;
            }
            return checks;
        });
        return new Series(stop, done);
    }

    record Series(AtomicBoolean ending, CompletableFuture<Integer> done) {
        /** How many ended, the last one included. */
        int stop() {
            ending.set(true);
            return done.join();
        }
    }

    @Override
    public void close() {
        commands.close(Duration.ofSeconds(2));
        results.close();
        process.stop();
    }
}
