package io.shardsync.schemas;

import io.shardsync.schemas.fuzz.Examples;
import io.shardsync.schemas.fuzz.Fuzz;
import io.shardsync.schemas.fuzz.Mutations;
import io.shardsync.schemas.model.ShardKey;
import io.shardsync.schemas.topic.ShardKeySerde;
import io.shardsync.schemas.topic.Topic;
import io.shardsync.schemas.topic.Topics;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.stream.Stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** Whatever lies on a topic: its reader reads it, or says what is wrong in the one way callers expect. */
class ReadersFuzzTest {
    private static final Topics TOPICS = new Topics(Topics.DEFAULT_PREFIX, "/shardsync/test");

    static Stream<Topic<?, ?>> topics() {
        return TOPICS.all().stream().filter(topic -> topic.valueType() != byte[].class);
    }

    @ParameterizedTest
    @MethodSource("topics")
    void aDamagedValueIsReadOrRefusedNamingItsTopic(Topic<?, ?> topic) {
        Mutations values = new Mutations(Fuzz.SEED, Examples.of(topic));

        Fuzz.Figures figures = Fuzz.run(
                topic.name(),
                values,
                value -> isTaken(topic.name(), topic.values().deserializer(), value));

        assertThat(figures.taken())
                .as("the damage is not so great that nothing is read")
                .isPositive();
        assertThat(figures.refused()).as("nor so small that nothing is refused").isPositive();
    }

    @Test
    void aDamagedShardKeyIsReadOrRefused() {
        // Keys are no JSON objects, but a JSON text is mutated all the same.
        Mutations keys = new Mutations(
                Fuzz.SEED,
                Stream.of("\"prod/orders/0\"", "\"prod/.ds-logs-2026.11.23-000001/12\"", "[\"a/b/0\",7]")
                        .map(key -> key.getBytes(UTF_8))
                        .toList());
        Deserializer<ShardKey> reader = ShardKeySerde.create().deserializer();

        Fuzz.run("shard keys", keys, key -> isTaken("t", reader, key));
    }

    private static boolean isTaken(String topic, Deserializer<?> reader, byte[] value) {
        try {
            reader.deserialize(topic, value);
            return true;
        } catch (SerializationException refused) {
            assertThat(refused.getMessage()).startsWith("topic " + topic + ": ").hasSizeLessThan(1_500);
            return false;
        }
    }
}
