package io.shardsync.schemas;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.shardsync.schemas.model.Message;
import io.shardsync.schemas.topic.Json;
import io.shardsync.schemas.topic.Topic;
import io.shardsync.schemas.topic.Topics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What was released as v1 stays usable for ever: its records can be read, and written without losing a word, and
 * readers that hold the released schemas understand what is written today. The files under {@code released} are never
 * changed; a breaking change is a v2 topic.
 */
class ReleasedTest {
    private static final Path RELEASED = Path.of("released", "v1");

    static Stream<Topic<?, ?>> topics() {
        return new Topics("", "/shardsync/test")
                .all().stream()
                        .filter(topic -> Message.class.isAssignableFrom(topic.valueType()))
                        .filter(topic -> Files.exists(schema(RELEASED, topic)));
    }

    @Test
    void nobodyTouchesWhatWasReleased() throws IOException, NoSuchAlgorithmException {
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        for (String line : Files.readAllLines(RELEASED.resolve("SHA256SUMS"))) {
            String[] sumAndFile = line.split("  ", 2);
            byte[] bytes = Files.readAllBytes(RELEASED.resolve(sumAndFile[1]));
            assertThat(HexFormat.of().formatHex(sha256.digest(bytes)))
                    .as("%s is released; put a new example beside schemas/examples instead", sumAndFile[1])
                    .isEqualTo(sumAndFile[0]);
        }
    }

    @ParameterizedTest
    @MethodSource("topics")
    void aReleasedRecordIsReadAndWrittenWithoutLosingAWord(Topic<?, ?> topic) throws IOException {
        for (Path example : examples(RELEASED.resolve("examples"), topic)) {
            // Given
            JsonNode released = Json.MAPPER.readTree(example.toFile());
            // When
            Object value = Json.MAPPER
                    .readerFor(topic.valueType())
                    .with(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .readValue(released);
            JsonNode written = Json.MAPPER.readTree(Json.MAPPER.writeValueAsBytes(value));
            // Then
            List<String> lost = new ArrayList<>();
            compare(released, written, example.toString(), lost);
            assertThat(lost).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("topics")
    void aReleasedRecordIsValidByTodaysSchema(Topic<?, ?> topic) throws IOException {
        for (Path example : examples(RELEASED.resolve("examples"), topic)) {
            assertThat(errors(schema(Path.of(""), topic), example))
                    .as(example.toString())
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("topics")
    void aRecordOfTodayIsValidByTheReleasedSchema(Topic<?, ?> topic) throws IOException {
        for (Path example : examples(Path.of("examples"), topic)) {
            assertThat(errors(schema(RELEASED, topic), example))
                    .as(example.toString())
                    .isEmpty();
        }
    }

    /** Fields may have been added since; none may be missing or say something else. */
    private static void compare(JsonNode released, JsonNode written, String at, List<String> lost) {
        if (released.isObject()) {
            for (Map.Entry<String, JsonNode> field : released.properties()) {
                compare(field.getValue(), written.path(field.getKey()), at + "." + field.getKey(), lost);
            }
        } else if (released.isArray() && written.size() == released.size()) {
            for (int i = 0; i < released.size(); i++) {
                compare(released.get(i), written.get(i), at + "[" + i + "]", lost);
            }
        } else if (!released.equals(written)) {
            lost.add(at + ": released " + released + ", written " + written);
        }
    }

    private static List<Error> errors(Path schema, Path example) throws IOException {
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(Files.readString(schema), InputFormat.JSON)
                .validate(
                        Files.readString(example),
                        InputFormat.JSON,
                        context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)));
    }

    private static Path schema(Path folder, Topic<?, ?> topic) {
        return folder.resolve("json").resolve(topic.name() + ".schema.json");
    }

    private static List<Path> examples(Path folder, Topic<?, ?> topic) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve(topic.name()))) {
            return files.sorted().toList();
        }
    }
}
