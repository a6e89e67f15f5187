package io.shardsync.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.shardsync.schemas.model.Message;
import io.shardsync.schemas.topic.Json;
import io.shardsync.schemas.topic.Topic;
import io.shardsync.schemas.topic.Topics;
import io.shardsync.schemas.topic.TraceContext;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Reads every topic as a stranger would, with nothing but the contract in hand. */
final class WireContract {
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Set<String> HEADERS =
            Set.of("ce_specversion", "ce_id", "ce_type", "ce_source", "ce_time", "content-type");

    private final Topics topics = new Topics(Topics.DEFAULT_PREFIX, "/shardsync/test");
    private final String bootstrap;
    private final List<String> breaches = new ArrayList<>();
    private final Map<String, Integer> records = new TreeMap<>();
    private final Map<String, Long> bytes = new TreeMap<>();

    /** The traces of alerts by fingerprint and of commands by id; several of an alert that fired several times. */
    private final Map<String, Set<String>> traces = new TreeMap<>();

    WireContract(String bootstrap) {
        this.bootstrap = bootstrap;
    }

    /** What is not as the contract says, at most one line a record; empty if all is well. */
    List<String> breaches() {
        for (Topic<?, ?> topic : topics.all()) {
            if (Message.class.isAssignableFrom(topic.valueType())) {
                read(topic, schema(topic));
            }
        }
        for (Topic<?, ?> written : List.of(
                topics.shardSnapshots(),
                topics.recoveryEvents(),
                topics.clusterSnapshots(),
                topics.replicationStatuses(),
                topics.alerts(),
                topics.recoveryCommands(),
                topics.recoveryResults(),
                topics.recoverySteps())) {
            if (records.getOrDefault(written.name(), 0) == 0) {
                breaches.add(written.name() + ": holds no record");
            }
        }
        if (traces.isEmpty()) {
            breaches.add("no alert is part of a trace");
        }
        return breaches;
    }

    private void read(Topic<?, ?> topic, Schema schema) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrap,
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic.name()).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(POLL).forEach(record -> check(topic, schema, record));
            }
        }
    }

    private void check(Topic<?, ?> topic, Schema schema, ConsumerRecord<byte[], byte[]> record) {
        records.merge(topic.name(), 1, Integer::sum);
        bytes.merge(topic.name(), size(record), Long::sum);
        String where = topic.name() + "-" + record.partition() + "@" + record.offset() + ": ";
        try {
            topic.keys().deserializer().deserialize(topic.name(), record.key());
        } catch (RuntimeException e) {
            breaches.add(where + "key: " + e.getMessage());
        }
        if (record.value() == null) {
            return;
        }
        schema.validate(new String(record.value(), UTF_8), InputFormat.JSON)
                .forEach(error -> breaches.add(where + error));
        Set<String> names = new TreeSet<>();
        for (Header header : record.headers()) {
            names.add(header.key());
        }
        if (!names.containsAll(HEADERS)) {
            breaches.add(where + "headers are " + names + ", the contract says " + HEADERS);
        }
        trace(topic, record).ifPresent(wrong -> breaches.add(where + wrong));
    }

    /** From a collection to alert, command, result and step it is one trace. The topics are read in that order. */
    private Optional<String> trace(Topic<?, ?> topic, ConsumerRecord<byte[], byte[]> record) {
        Optional<String> trace = TraceContext.of(record.headers()).map(TraceContext::traceId);
        JsonNode value = json(record);
        String command = value.path("command_id").asText();
        if (collected().contains(topic.name())) {
            return trace.isPresent() ? Optional.empty() : Optional.of("no traceparent");
        }
        if (topic.name().equals(topics.alerts().name())) {
            trace.ifPresent(
                    id -> traces.computeIfAbsent(value.path("fingerprint").asText(), key -> new TreeSet<>())
                            .add(id));
        } else if (topic.name().equals(topics.recoveryCommands().name())) {
            String alert = value.path("alert_fingerprint").asText();
            trace.ifPresent(id ->
                    traces.computeIfAbsent(command, key -> new TreeSet<>()).add(id));
            if (traces.containsKey(alert)
                    && !trace.filter(traces.get(alert)::contains).isPresent()) {
                return Optional.of("trace " + trace + " is not that of its alert, " + traces.get(alert));
            }
        } else if (answers().contains(topic.name()) && traces.containsKey(command)) {
            return trace.filter(traces.get(command)::contains).isPresent()
                    ? Optional.empty()
                    : Optional.of("trace " + trace + " is not that of its command, " + traces.get(command));
        }
        return Optional.empty();
    }

    /** How large the records were, for the capacity guide: key, value and headers, not compressed. */
    String sizes() {
        return records.entrySet().stream()
                .map(one -> one.getKey() + ": " + one.getValue() + " records of "
                        + bytes.get(one.getKey()) / one.getValue() + " bytes in the mean")
                .collect(Collectors.joining("\n"));
    }

    private static long size(ConsumerRecord<byte[], byte[]> record) {
        long size = Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize());
        for (Header header : record.headers()) {
            size += header.key().length() + (header.value() == null ? 0 : header.value().length);
        }
        return size;
    }

    private Set<String> collected() {
        return Set.of(
                topics.shardSnapshots().name(),
                topics.recoveryEvents().name(),
                topics.clusterSnapshots().name());
    }

    private Set<String> answers() {
        return Set.of(topics.recoveryResults().name(), topics.recoverySteps().name());
    }

    private static JsonNode json(ConsumerRecord<byte[], byte[]> record) {
        try {
            return Json.MAPPER.readTree(record.value());
        } catch (IOException e) {
            throw new UncheckedIOException(record.topic(), e);
        }
    }

    private static Schema schema(Topic<?, ?> topic) {
        String name = topic.name().substring(Topics.DEFAULT_PREFIX.length());
        String resource = "/io/shardsync/schemas/json/" + name + ".schema.json";
        try (InputStream in = Topics.class.getResourceAsStream(resource)) {
            return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(new String(in.readAllBytes(), UTF_8), InputFormat.JSON);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + resource, e);
        }
    }
}
