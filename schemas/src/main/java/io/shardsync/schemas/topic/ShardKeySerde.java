package io.shardsync.schemas.topic;

import io.shardsync.schemas.model.ShardKey;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Shard keys as UTF-8 text, {@code cluster/index/shard}. */
public final class ShardKeySerde {
    private ShardKeySerde() {}

    public static Serde<ShardKey> create() {
        Serializer<ShardKey> writing =
                (topic, key) -> key == null ? null : key.toString().getBytes(UTF_8);
        Deserializer<ShardKey> reading = (topic, bytes) -> {
            if (bytes == null) {
                return null;
            }
            try {
                return ShardKey.parse(new String(bytes, UTF_8));
            } catch (IllegalArgumentException e) {
                throw new SerializationException("topic " + topic + ": " + e.getMessage(), e);
            }
        };
        return Serdes.serdeFrom(writing, reading);
    }
}
