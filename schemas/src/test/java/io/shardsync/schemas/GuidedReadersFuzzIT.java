package io.shardsync.schemas;

import io.shardsync.schemas.fuzz.Examples;
import io.shardsync.schemas.fuzz.Guided;
import io.shardsync.schemas.topic.Topic;
import io.shardsync.schemas.topic.Topics;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/** As {@link ReadersFuzzTest}, with inputs that are led by what they reach. */
@Tag("long")
class GuidedReadersFuzzIT {
    private static final String TOPIC = "fuzz.topic";
    private static final Topics TOPICS = new Topics(Topics.DEFAULT_PREFIX, "/shardsync/test");

    static Stream<Topic<?, ?>> topics() {
        return TOPICS.all().stream().filter(topic -> topic.valueType() != byte[].class);
    }

    @ParameterizedTest
    @MethodSource("topics")
    void whateverReachesNewCodeIsReadOrRefused(Topic<?, ?> topic, @TempDir Path folder) throws Exception {
        Guided.run(topic.name(), Target.class, Map.of(TOPIC, topic.name()), Examples.of(topic), folder);
    }

    /** What the process calls. */
    public static final class Target {
        private static final Topic<?, ?> READ = topics().filter(
                        topic -> topic.name().equals(System.getProperty(TOPIC)))
                .findFirst()
                .orElseThrow();

        private Target() {}

        /** One input; only what is refused as callers expect may be thrown. */
        public static void fuzzerTestOneInput(byte[] input) {
            try {
                READ.values().deserializer().deserialize(READ.name(), input);
            } catch (SerializationException refused) {
                // As it should be.
            }
        }
    }
}
