package io.shardsync.cli.watch;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardsync.schemas.topic.Json;
import io.shardsync.schemas.topic.Topics;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

class ShownTest {
    private static final Topics TOPICS = new Topics("shardsync.", "/test");
    private static final byte[] KEY = "8d1f0c3a5be27746".getBytes(UTF_8);
    private static final byte[] NO_TEXT = {(byte) 0xff, 0, 1};

    private final Shown alerts = new Shown(TOPICS.alerts());

    @Test
    void aRecordIsShownWithWhereItIs() {
        assertThat(alerts.lines(record(KEY, example()), false))
                .startsWith("2026-11-23T04:00:00Z  shardsync.alert.v1-3 offset 42  8d1f0c3a5be27746", "  {")
                .contains("    \"alertname\" : \"ReplicasUnassigned\",")
                .noneMatch(line -> line.contains("!"));
    }

    @Test
    void aTombstoneIsSaidToBeOne() {
        assertThat(alerts.lines(record(KEY, null), false).get(1)).contains("tombstone");
        assertThat(json(record(KEY, null)).get("value").isNull()).isTrue();
    }

    @Test
    void whatIsNotAsTheContractSaysIsShownWithTheReason() {
        byte[] wrong = "{\"status\":\"burning\"}".getBytes(UTF_8);
        assertThat(alerts.lines(record(KEY, wrong), false))
                .contains("    \"status\" : \"burning\"")
                .anyMatch(line -> line.startsWith("  ! ") && line.contains("not a Alert"));
        assertThat(json(record(KEY, wrong)).get("problem").asText()).contains("shardsync.alert.v1");
    }

    @Test
    void bytesThatAreNoTextComeAsBase64() {
        assertThat(json(record(KEY, NO_TEXT)).get("value").asText()).isEqualTo("base64:/wAB");
        assertThat(new Shown(TOPICS.deadLetters()).lines(record(NO_TEXT, NO_TEXT), false))
                .contains("  shardsync_reason: why not", "  base64:/wAB");
    }

    @Test
    void programsGetOneLineWithHeaders() {
        JsonNode line = json(record(KEY, example()));
        assertThat(line.get("value").get("alertname").asText()).isEqualTo("ReplicasUnassigned");
        assertThat(line.get("offset").asLong()).isEqualTo(42);
        assertThat(line.get("headers").get("shardsync_reason").asText()).isEqualTo("why not");
        assertThat(alerts.json(record(KEY, example()))).doesNotContain("\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"alert", "alert.v1", "shardsync.alert.v1"})
    void aTopicIsFoundByShortAndLongNames(String name) {
        assertThat(TopicNames.find(name, "shardsync.").name()).isEqualTo("shardsync.alert.v1");
    }

    private static ConsumerRecord<byte[], byte[]> record(byte[] key, byte[] value) {
        return new ConsumerRecord<>(
                "shardsync.alert.v1",
                3,
                42L,
                1795406400000L,
                TimestampType.CREATE_TIME,
                -1,
                -1,
                key,
                value,
                new RecordHeaders().add("shardsync_reason", "why not".getBytes(UTF_8)),
                Optional.empty());
    }

    private JsonNode json(ConsumerRecord<byte[], byte[]> record) {
        try {
            return Json.MAPPER.readTree(alerts.json(record));
        } catch (IOException e) {
            throw new AssertionError("no JSON", e);
        }
    }

    private static byte[] example() {
        try (InputStream in = ShownTest.class.getResourceAsStream(
                "/io/shardsync/schemas/examples/alert.v1/replicas-unassigned.json")) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
