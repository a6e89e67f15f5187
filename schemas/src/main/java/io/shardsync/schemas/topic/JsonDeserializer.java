package io.shardsync.schemas.topic;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectReader;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;

/** Reads a value from UTF-8 JSON; a null, a tombstone, stays null. */
public final class JsonDeserializer<V> implements Deserializer<V> {
    /** Jackson quotes the value it cannot use, which may be megabytes; a reason travels in a header. */
    private static final int LONGEST_REASON = 1_000;

    /**
     * A record that was compressed may be longer than any that we could write: what is made of it, in stores and other
     * topics, would be refused by our own producers, again and again.
     */
    private static final int LONGEST_VALUE = 900_000;

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
        if (bytes.length > LONGEST_VALUE) {
            throw new SerializationException("topic " + topic + ": a " + type.getSimpleName() + " of " + bytes.length
                    + " bytes; allowed are " + LONGEST_VALUE);
        }
        try {
            V value = reader.readValue(Json.text(bytes));
            if (value == null) {
                throw new SerializationException("topic " + topic + ": found JSON null, expected a "
                        + type.getSimpleName() + " object; a tombstone has no value at all");
            }
            return value;
        } catch (JsonProcessingException e) {
            throw new SerializationException(
                    "topic " + topic + ": not a " + type.getSimpleName() + ": " + cut(e.getOriginalMessage()), e);
        }
    }

    private static String cut(String reason) {
        return reason == null || reason.length() <= LONGEST_REASON ? reason : reason.substring(0, LONGEST_REASON) + "…";
    }
}
