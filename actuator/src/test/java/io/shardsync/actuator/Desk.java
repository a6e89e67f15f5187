package io.shardsync.actuator;

import io.shardsync.actuator.intake.Approvals;
import io.shardsync.actuator.intake.Intake;
import io.shardsync.schemas.model.ConsistencyReport;
import io.shardsync.schemas.model.Control;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.RecoveryStep;
import io.shardsync.schemas.topic.Topics;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Sends commands and reads what comes of them. */
final class Desk implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Topics topics;
    private final KafkaProducer<byte[], byte[]> producer;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<RecoveryResult> results = new ArrayList<>();
    private final Set<String> forgotten = new HashSet<>();
    private final List<RecoveryStep> steps = new ArrayList<>();
    private final List<ConsistencyReport> reports = new ArrayList<>();
    private final List<ConsumerRecord<byte[], byte[]>> deadLetters = new ArrayList<>();

    Desk(String bootstrap, String prefix) {
        topics = new Topics(prefix, "/test");
        Map<String, Object> server = Map.of("bootstrap.servers", bootstrap);
        producer = new KafkaProducer<>(server, new ByteArraySerializer(), new ByteArraySerializer());
        consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers", bootstrap,
                        "isolation.level", "read_committed",
                        "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        consumer.assign(Stream.of(
                        topics.recoveryResults().name(),
                        topics.recoverySteps().name(),
                        topics.deadLetters().name(),
                        topics.consistencyReports().name())
                .flatMap(topic -> consumer.partitionsFor(topic).stream())
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList());
    }

    String prefix() {
        return topics.prefix();
    }

    /** @param more further fields, with ' for " */
    String send(String type, String more) {
        return sendAs(UUID.randomUUID().toString(), type, more);
    }

    String sendAs(String id, String type, String more) {
        sendRaw("prod", command(id, type, more).getBytes(UTF_8));
        return id;
    }

    /** As ShardSync's HTTP API sends what a person with a token asks. */
    String sendBy(String principal, String type, String more) {
        String id = UUID.randomUUID().toString();
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                topics.recoveryCommands().name(),
                "prod".getBytes(UTF_8),
                command(id, type, more).getBytes(UTF_8));
        record.headers().add(Approvals.PRINCIPAL_HEADER, principal.getBytes(UTF_8));
        send(record);
        return id;
    }

    /** Under the key of any cluster. */
    void sendTo(String cluster, String id, String type, String more) {
        sendRaw(
                cluster,
                command(id, type, "'cluster':'" + cluster + "'" + (more.isEmpty() ? "" : "," + more))
                        .getBytes(UTF_8));
    }

    /** Into the partition where it does not belong. */
    String sendAstray(String type) {
        String id = UUID.randomUUID().toString();
        String topic = topics.recoveryCommands().name();
        int wrong = 1 - Intake.partitionOf("prod", 2);
        send(new ProducerRecord<>(
                topic, wrong, "prod".getBytes(UTF_8), command(id, type, "").getBytes(UTF_8)));
        return id;
    }

    void sendRaw(String key, byte[] value) {
        send(new ProducerRecord<>(topics.recoveryCommands().name(), key.getBytes(UTF_8), value));
    }

    void control(String key, Control control) {
        byte[] value = topics.controls()
                .values()
                .serializer()
                .serialize(topics.controls().name(), control);
        send(new ProducerRecord<>(topics.controls().name(), key.getBytes(UTF_8), value));
    }

    private void send(ProducerRecord<byte[], byte[]> record) {
        try {
            producer.send(record).get();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    private static String command(String id, String type, String more) {
        return ("{'command_id':'" + id + "','type':'" + type
                        + "','cluster':'prod','requested_by':'ann','requested_at':'"
                        + Instant.now() + "','expires_at':'" + Instant.now().plusSeconds(900) + "'"
                        + (more.isEmpty() ? "" : "," + more) + "}")
                .replace('\'', '"');
    }

    /** The command's terminal result. */
    RecoveryResult end(String id) {
        return await(id, result -> result.status().terminal());
    }

    RecoveryResult await(String id, Predicate<RecoveryResult> wanted) {
        Instant deadline = Instant.now().plus(PATIENCE);
        while (Instant.now().isBefore(deadline)) {
            for (RecoveryResult result : results) {
                if (result.commandId().equals(id) && wanted.test(result)) {
                    return result;
                }
            }
            poll();
        }
        throw new AssertionError("no such result of " + id + " within " + PATIENCE.toSeconds() + " s, only "
                + results.stream()
                        .filter(result -> result.commandId().equals(id))
                        .map(result -> result.status() + " " + result.message())
                        .toList());
    }

    /** Waits until there is a tombstone for its result. */
    void awaitForgotten(String id) {
        Instant deadline = Instant.now().plus(PATIENCE);
        while (!forgotten.contains(id)) {
            if (Instant.now().isAfter(deadline)) {
                throw new AssertionError("the result of " + id + " is kept; there are tombstones of " + forgotten);
            }
            poll();
        }
    }

    Set<String> forgotten() {
        steps("");
        return Set.copyOf(forgotten);
    }

    ConsumerRecord<byte[], byte[]> deadLetter() {
        Instant deadline = Instant.now().plus(PATIENCE);
        while (deadLetters.isEmpty() && Instant.now().isBefore(deadline)) {
            poll();
        }
        return deadLetters.get(0);
    }

    /** Steps in the audit trail; they are written with the results, so those that ended have all of them. */
    long steps(String id) {
        Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            poll();
        }
        return steps.stream().filter(step -> step.commandId().equals(id)).count();
    }

    /** The newest report of an index. */
    ConsistencyReport report(String index) {
        steps("");
        return reports.stream()
                .filter(report -> report.index().equals(index))
                .reduce((earlier, later) -> later)
                .orElseThrow();
    }

    /** What could not even be answered so far. */
    int deadLetters() {
        steps("");
        return deadLetters.size();
    }

    /** Every result so far. */
    List<RecoveryResult> all() {
        steps("");
        return List.copyOf(results);
    }

    void eachEndedOnce() {
        steps("");
        Map<String, List<RecoveryResult>> byId =
                results.stream().collect(Collectors.groupingBy(RecoveryResult::commandId));
        byId.forEach((id, all) -> {
            long ends =
                    all.stream().filter(result -> result.status().terminal()).count();
            if (ends != 1 || !all.get(all.size() - 1).status().terminal()) {
                throw new AssertionError("command " + id + " ended " + ends + " times: "
                        + all.stream().map(RecoveryResult::status).toList());
            }
        });
    }

    private void poll() {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
            if (record.value() == null) {
                forgotten.add(new String(record.key(), UTF_8));
            } else if (record.topic().equals(topics.recoveryResults().name())) {
                results.add(
                        topics.recoveryResults().values().deserializer().deserialize(record.topic(), record.value()));
            } else if (record.topic().equals(topics.consistencyReports().name())) {
                reports.add(topics.consistencyReports()
                        .values()
                        .deserializer()
                        .deserialize(record.topic(), record.value()));
            } else if (record.topic().equals(topics.recoverySteps().name())) {
                steps.add(topics.recoverySteps().values().deserializer().deserialize(record.topic(), record.value()));
            } else {
                deadLetters.add(record);
            }
        }
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(2));
        consumer.close();
    }
}
