package io.shardsync.schemas;

import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.CloudEventDeserializer;
import io.shardsync.schemas.fuzz.Examples;
import io.shardsync.schemas.model.Control;
import io.shardsync.schemas.model.ReplicationStatus;
import io.shardsync.schemas.model.ShardKey;
import io.shardsync.schemas.topic.Json;
import io.shardsync.schemas.topic.Topic;
import io.shardsync.schemas.topic.Topics;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serde;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.URI;
import java.time.Instant;
import java.util.List;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SerdeTest {
    private final Topic<String, Control> controls = new Topics("shardsync.", "/shardsync/test").controls();
    private final Control pause =
            new Control(Control.Kind.PAUSE, "prod", null, Instant.parse("2026-11-23T02:00:00Z"), null, "anna", "why");

    @Test
    void aRecordIsACloudEventInBinaryMode() {
        // Given
        Headers headers =
                new RecordHeaders().add("ce_id", "inherited".getBytes(UTF_8)).add("traceparent", new byte[1]);
        // When
        byte[] bytes = controls.values().serializer().serialize(controls.name(), headers, pause);
        CloudEvent event = new CloudEventDeserializer().deserialize(controls.name(), headers, bytes);
        // Then
        assertThat(event.getId()).isEqualTo(pause.eventId());
        assertThat(event.getType()).isEqualTo("io.shardsync.control.v1");
        assertThat(event.getSource()).isEqualTo(URI.create("/shardsync/test"));
        assertThat(event.getTime().toInstant()).isEqualTo(pause.from());
        assertThat(event.getDataContentType()).isEqualTo("application/json");
        assertThat(headers.headers("ce_id")).hasSize(1);
        assertThat(headers.lastHeader("traceparent")).isNotNull();
    }

    @Test
    void aTombstoneStaysATombstone() {
        assertThat(controls.values().serializer().serialize("t", new RecordHeaders(), null))
                .isNull();
        assertThat(controls.values().deserializer().deserialize("t", null)).isNull();
    }

    @Test
    void unknownFieldsAreIgnoredByReaders() {
        byte[] bytes = "{\"kind\":\"pause\",\"cluster\":\"prod\",\"from\":\"2026-11-23T02:00:00Z\",\"new_field\":[1]}"
                .getBytes(UTF_8);
        assertThat(controls.values().deserializer().deserialize("t", bytes).cluster())
                .isEqualTo("prod");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "null", "[]", "{", "{}{}", "\"text\"", "{\"kind\":\"stop\"}", "{\"from\":true}", "\u0000"})
    void bytesThatAreNoSuchValueAreRefusedNamingTopicAndType(String text) {
        assertThatThrownBy(() -> controls.values().deserializer().deserialize("some.topic", text.getBytes(UTF_8)))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("some.topic")
                .hasMessageContaining("Control");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"why\":\"\\ud800\"}",
                "{\"why\":\"\\uD83D x\"}",
                "{\"why\":\"\\udc00\\ud83d\"}",
                "{\"why\":\"\\\\\\ud800\"}"
            })
    void halfAPairOfSurrogatesIsRefusedForItCouldNotBeWrittenAgain(String text) {
        assertThatThrownBy(() -> controls.values().deserializer().deserialize("t", text.getBytes(UTF_8)))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("surrogate");
    }

    /** Its shard would be judged, and then no report of its index could be written. */
    @Test
    void aSnapshotThatDoesNotSayOfWhichIndexItIsIsRefused() {
        Topic<?, ?> snapshots = new Topics("shardsync.", "/shardsync/test").shardSnapshots();
        for (byte[] example : Examples.of(snapshots)) {
            String text = new String(example, UTF_8).replaceFirst("\"index_uuid\" *:", "\"another_uuid\":");
            assertThatThrownBy(() -> snapshots.values().deserializer().deserialize("t", text.getBytes(UTF_8)))
                    .isInstanceOf(SerializationException.class)
                    .hasMessageContaining("indexUuid");
        }
    }

    @Test
    void aReportWhoseCopiesDoNotCountWhatDiffersIsRefused() {
        Topic<?, ?> reports = new Topics("shardsync.", "/shardsync/test").consistencyReports();
        for (byte[] example : Examples.of(reports)) {
            String text = new String(example, UTF_8).replaceAll("\"counts\" *:", "\"another\":");
            assertThatThrownBy(() -> reports.values().deserializer().deserialize("t", text.getBytes(UTF_8)))
                    .isInstanceOf(SerializationException.class)
                    .hasMessageContaining("counts");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/b/c,orders,0", "prod,,0", "prod,orders,-1"})
    void aReportWhoseShardsHaveNoKeyIsRefused(String parts) {
        String[] part = parts.split(",");
        String json =
                "{\"cluster\":\"%s\",\"index\":\"%s\",\"index_uuid\":\"u\",\"checked_at\":\"2026-11-23T03:00:00Z\",\"method\":\"fingerprint\","
                                .formatted(part[0], part[1])
                        + "\"verdict\":\"consistent\",\"issues\":[],\"shards\":[{\"shard\":%s,".formatted(part[2])
                        + "\"checked_at\":\"2026-11-23T03:00:00Z\",\"copies\":[],\"issues\":[]}]}";
        assertThatThrownBy(() -> new Topics("shardsync.", "/shardsync/test")
                        .consistencyReports()
                        .values()
                        .deserializer()
                        .deserialize("t", json.getBytes(UTF_8)))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("cluster/index/shard");
    }

    @Test
    void wholePairsAndEscapedBackslashesAreRead() {
        String json = "{\"why\":\"\\ud83d\\ude00 \ud83d\ude00 \\\\ud800 \\n\"}";
        assertThat(controls.values()
                        .deserializer()
                        .deserialize("t", json.getBytes(UTF_8))
                        .why())
                .isEqualTo("\ud83d\ude00 \ud83d\ude00 \\ud800 \n");
    }

    @Test
    void whatIsNoUtf8IsRefused() {
        byte[] beyondUnicode = "{\"why\":\"1234\"}".getBytes(UTF_8);
        System.arraycopy(new byte[] {(byte) 0xF5, (byte) 0x80, (byte) 0x80, (byte) 0x80}, 0, beyondUnicode, 8, 4);
        for (byte[] bytes : List.of(beyondUnicode, "{}".getBytes(UTF_16))) {
            assertThatThrownBy(() -> controls.values().deserializer().deserialize("t", bytes))
                    .isInstanceOf(SerializationException.class)
                    .hasMessageContaining("not UTF-8");
        }
    }

    @Test
    void aReplacementCharacterThatSomebodyWroteIsReadAsItIs() {
        byte[] bytes = "{\"why\":\"sent by a broken editor: \ufffd\"}".getBytes(UTF_8);
        assertThat(controls.values().deserializer().deserialize("t", bytes).why())
                .isEqualTo("sent by a broken editor: \ufffd");
    }

    @Test
    void headersThatARecordInheritedAreReplacedAndItsTraceTravelsOn() {
        Headers headers = new RecordHeaders()
                .add("ce_id", "another".getBytes(UTF_8))
                .add("traceparent", "00-1-2-00".getBytes(UTF_8))
                .add("ce_extension", "of another".getBytes(UTF_8))
                .add("content-type", "text/plain".getBytes(UTF_8));
        controls.values().serializer().serialize("t", headers, pause);
        assertThat(headers)
                .extracting(Header::key)
                .containsExactlyInAnyOrder(
                        "traceparent", "ce_specversion", "ce_id", "ce_type", "ce_source", "ce_time", "content-type");
        assertThat(new String(headers.lastHeader("ce_id").value(), UTF_8)).isEqualTo(pause.eventId());
    }

    @Test
    void whatNoProducerOfOursCouldWriteAgainIsRefused() {
        byte[] oversized = ("{\"why\":\"" + "x".repeat(1_000_000) + "\"}").getBytes(UTF_8);
        assertThatThrownBy(() -> controls.values().deserializer().deserialize("some.topic", oversized))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("some.topic")
                .hasMessageContaining("allowed are 900000");
    }

    @Test
    void timesThatOverflowWhenTheyAreCountedAreRefused() {
        for (String time : List.of("+1000000000-12-31T23:59:59.999999999Z", "-1000000000-01-01T00:00:00Z")) {
            byte[] bytes = ("{\"from\":\"" + time + "\"}").getBytes(UTF_8);
            assertThatThrownBy(() -> controls.values().deserializer().deserialize("t", bytes))
                    .isInstanceOf(SerializationException.class)
                    .hasMessageContaining("years 0 to 9999");
        }
    }

    @Test
    void aControlWithoutABeginningHasBegun() {
        byte[] bytes = "{\"kind\":\"pause\",\"cluster\":\"prod\"}".getBytes(UTF_8);
        Control read = controls.values().deserializer().deserialize("t", bytes);
        assertThat(read.appliesTo("prod", Instant.now())).isTrue();
        assertThat(controls.values().serializer().serialize("t", new RecordHeaders(), read))
                .isNotEmpty();
    }

    @Test
    void aShardKeyIsReadAsItIsWritten() {
        ShardKey key = new ShardKey("prod", ".ds-logs-2026.11.23-000001", 12);
        assertThat(key).hasToString("prod/.ds-logs-2026.11.23-000001/12");
        assertThat(ShardKey.parse(key.toString())).isEqualTo(key);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "prod", "prod/orders", "prod/orders/x", "prod/orders/-1", "/orders/0", "prod//0", "a/b/c/0"})
    void whatIsNoShardKeyIsRefusedSayingTheForm(String text) {
        assertThatThrownBy(() -> ShardKey.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cluster/index/shard");
    }

    @Test
    void statesOfInternalTopicsCarryNoHeaders() {
        Headers headers = new RecordHeaders();
        Json.serde(Control.class).serializer().serialize("t", headers, pause);
        assertThat(headers).isEmpty();
    }

    /** The store's serde and the topic's share what they write of a status. */
    @Test
    void aStatusIsStoredAndPublishedAsItIsWhicheverComesFirst() {
        // Given
        record Memory(int number, ReplicationStatus status, String text) {}
        Serde<ReplicationStatus> published = new Topics("shardsync.", "/shardsync/test")
                .replicationStatuses()
                .values();
        Serde<Memory> stored = Json.serde(Memory.class);
        for (byte[] example : Examples.of(new Topics("shardsync.", "/shardsync/test").replicationStatuses())) {
            ReplicationStatus first = published.deserializer().deserialize("t", example);
            ReplicationStatus second = published.deserializer().deserialize("t", example);
            for (ReplicationStatus status : List.of(first, second, first)) {
                // When
                byte[] inStore = stored.serializer().serialize("store", new Memory(7, status, "é\"€"));
                byte[] onTopic = published.serializer().serialize("t", new RecordHeaders(), status);
                byte[] again = stored.serializer().serialize("store", new Memory(8, status, null));
                // Then
                assertThat(stored.deserializer().deserialize("store", inStore))
                        .isEqualTo(new Memory(7, status, "é\"€"));
                assertThat(stored.deserializer().deserialize("store", again)).isEqualTo(new Memory(8, status, null));
                assertThat(published.deserializer().deserialize("t", onTopic)).isEqualTo(status);
            }
        }
    }

    @Test
    void whatIsStoredIsReadAgainAsItWasAndSoIsWhatAnEarlierVersionStored() {
        // Given
        Control precise = new Control(
                Control.Kind.PAUSE, "prod", null, Instant.parse("2026-11-23T02:00:00.123456Z"), null, "anna", null);
        Serde<Control> stored = Json.serde(Control.class);
        for (Control control : List.of(pause, precise)) {
            // When
            byte[] bytes = stored.serializer().serialize("store", control);
            byte[] earlier = controls.values().serializer().serialize("store", control);
            // Then
            assertThat(stored.deserializer().deserialize("store", bytes)).isEqualTo(control);
            assertThat(stored.deserializer().deserialize("store", earlier)).isEqualTo(control);
            assertThat(bytes).hasSizeLessThan(earlier.length);
        }
        assertThat(stored.serializer().serialize("store", null)).isNull();
        assertThat(stored.deserializer().deserialize("store", null)).isNull();
    }
}
