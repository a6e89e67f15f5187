package io.shardsync.schemas.topic;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectReader;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;

import java.io.IOException;

/** Reads a value from UTF-8 JSON; a null, a tombstone, stays null. */
public final class JsonDeserializer<V> implements Deserializer<V> {
    /** Jackson quotes the value it cannot use, which may be megabytes; a reason travels in a header. */
    private static final int LONGEST_REASON = 1_000;

    private final ObjectReader reader;
    private final Class<V> type;

    public JsonDeserializer(Class<V> type) {
        this.type = type;
        this.reader = Json.MAPPER.readerFor(type);
    }

    /** @throws SerializationException naming topic, type and what is wrong with the bytes */
    @Override
    public V deserialize(String topic, byte[] bytes) {
        if (bytes == null) {
            return null;
        }
        try {
            V value = reader.readValue(bytes);
            if (value == null) {
                throw new SerializationException("topic " + topic + ": found JSON null, expected a "
                        + type.getSimpleName() + " object; a tombstone has no value at all");
            }
            return value;
        } catch (JsonProcessingException e) {
            throw new SerializationException(
                    "topic " + topic + ": not a " + type.getSimpleName() + ": " + cut(e.getOriginalMessage()), e);
        } catch (IOException e) {
            throw new SerializationException("topic " + topic + ": not readable as JSON", e);
        }
    }

    private static String cut(String reason) {
        return reason == null || reason.length() <= LONGEST_REASON ? reason : reason.substring(0, LONGEST_REASON) + "…";
    }
}
