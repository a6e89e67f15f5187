package io.shardsync.cli.watch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardsync.cli.print.Plain;
import io.shardsync.schemas.topic.Json;
import io.shardsync.schemas.topic.Topic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Header;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** A record made readable; one that can't be read is shown all the same, with the reason. */
final class Shown {
    private static final ObjectWriter PRETTY = Json.MAPPER.writerWithDefaultPrettyPrinter();

    private final Topic<?, ?> topic;

    Shown(Topic<?, ?> topic) {
        this.topic = topic;
    }

    /** For people: where and when, then the value over several lines. */
    List<String> lines(ConsumerRecord<byte[], byte[]> record, boolean headers) {
        List<String> lines = new ArrayList<>();
        lines.add(Instant.ofEpochMilli(record.timestamp()) + "  " + topic.name() + "-" + record.partition() + " offset "
                + record.offset() + "  " + Plain.line(text(record.key())));
        if (headers || topic.valueType() == byte[].class) {
            for (Header header : record.headers()) {
                lines.add("  " + Plain.line(header.key()) + ": " + Plain.line(text(header.value())));
            }
        }
        if (record.value() == null) {
            lines.add("  (a tombstone: there is nothing under this key any more)");
        } else {
            lines.addAll(value(record.value()));
        }
        breach(record).ifPresent(why -> lines.add("  ! " + Plain.line(why)));
        return lines;
    }

    private static List<String> value(byte[] value) {
        Optional<JsonNode> json = json(value);
        if (json.isEmpty()) {
            return List.of("  " + Plain.line(text(value)));
        }
        try {
            return Arrays.stream(PRETTY.writeValueAsString(json.get()).split("\\R"))
                    .map(line -> "  " + Plain.line(line))
                    .toList();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can always be written", e);
        }
    }

    /** For programs: one line. */
    String json(ConsumerRecord<byte[], byte[]> record) {
        ObjectNode all = Json.MAPPER.createObjectNode();
        all.put("topic", topic.name())
                .put("partition", record.partition())
                .put("offset", record.offset())
                .put("timestamp", Instant.ofEpochMilli(record.timestamp()).toString())
                .put("key", text(record.key()));
        ObjectNode headers = all.putObject("headers");
        record.headers().forEach(header -> headers.put(header.key(), text(header.value())));
        if (record.value() == null) {
            all.putNull("value");
        } else {
            json(record.value())
                    .ifPresentOrElse(value -> all.set("value", value), () -> all.put("value", text(record.value())));
        }
        breach(record).ifPresent(why -> all.put("problem", why));
        return all.toString();
    }

    /** Why the record is not what the contract says. */
    private Optional<String> breach(ConsumerRecord<byte[], byte[]> record) {
        try {
            topic.keys().deserializer().deserialize(topic.name(), record.key());
            topic.values().deserializer().deserialize(topic.name(), record.value());
            return Optional.empty();
        } catch (SerializationException | IllegalArgumentException e) {
            return Optional.of(e.getMessage());
        }
    }

    private static Optional<JsonNode> json(byte[] bytes) {
        try {
            JsonNode node = Json.MAPPER.readTree(bytes);
            return Optional.of(node).filter(JsonNode::isContainerNode);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** As UTF-8, or where it is none as Base64 with a word about it. */
    private static String text(byte[] bytes) {
        if (bytes == null) {
            return null;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return "base64:" + Base64.getEncoder().encodeToString(bytes);
        }
    }
}
