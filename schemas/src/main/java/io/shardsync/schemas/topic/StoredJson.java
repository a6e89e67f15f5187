package io.shardsync.schemas.topic;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import io.shardsync.schemas.model.ReplicationStatus;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * JSON that only we ourselves read, in state stores and internal topics, where each value is read and written again all
 * the time: times are epoch milliseconds, and what is null is left out. A time that is no whole millisecond stays a
 * text, and a value as topics have it can be read too, which is how statuses are stored, and all that an earlier
 * version stored.
 */
final class StoredJson {
    private static final ObjectMapper MAPPER = Json.MAPPER
            .copy()
            .registerModule(new SimpleModule("times")
                    .addSerializer(Instant.class, new TimeWriter())
                    .addDeserializer(Instant.class, new TimeReader())
                    .addSerializer(ReplicationStatus.class, new StatusJson.Writer()))
            .setDefaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS));

    private StoredJson() {}

    static <V> Serde<V> serde(Class<V> type) {
        ObjectReader reader = MAPPER.readerFor(type);
        ObjectWriter writer = MAPPER.writerFor(type);
        return Serdes.serdeFrom(
                (topic, value) -> {
                    try {
                        return value == null ? null : writer.writeValueAsBytes(value);
                    } catch (IOException e) {
                        throw new SerializationException(
                                "topic " + topic + ": a " + type.getSimpleName() + " can't be written", e);
                    }
                },
                (topic, bytes) -> {
                    try {
                        return bytes == null ? null : reader.readValue(bytes);
                    } catch (IOException e) {
                        throw new SerializationException("topic " + topic + ": not a " + type.getSimpleName(), e);
                    }
                });
    }

    private static final class TimeWriter extends StdScalarSerializer<Instant> {
        private static final long serialVersionUID = 1;

        TimeWriter() {
            super(Instant.class);
        }

        @Override
        public void serialize(Instant time, JsonGenerator json, SerializerProvider provider) throws IOException {
            if (time.getNano() % ChronoUnit.MILLIS.getDuration().toNanos() == 0) {
                json.writeNumber(time.toEpochMilli());
            } else {
                json.writeString(TimeTexts.of(time));
            }
        }
    }

    private static final class TimeReader extends StdScalarDeserializer<Instant> {
        private static final long serialVersionUID = 1;

        private static final Json.TimeReader TEXTS = new Json.TimeReader();

        TimeReader() {
            super(Instant.class);
        }

        @Override
        public Instant deserialize(JsonParser json, DeserializationContext context) throws IOException {
            return json.hasToken(JsonToken.VALUE_NUMBER_INT)
                    ? Instant.ofEpochMilli(json.getLongValue())
                    : TEXTS.deserialize(json, context);
        }
    }
}
