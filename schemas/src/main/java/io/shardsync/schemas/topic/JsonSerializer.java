package io.shardsync.schemas.topic;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.shardsync.schemas.model.ReplicationStatus;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serializer;

/** Writes a value as UTF-8 JSON; null stays null, a tombstone. */
public class JsonSerializer<V> implements Serializer<V> {
    @Override
    public byte[] serialize(String topic, V value) {
        if (value == null) {
            return null;
        }
        try {
            return value instanceof ReplicationStatus status
                    ? StatusJson.of(status)
                    : Json.MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new SerializationException(
                    "topic " + topic + ": " + value.getClass().getSimpleName() + " can't be written as JSON", e);
        }
    }
}
