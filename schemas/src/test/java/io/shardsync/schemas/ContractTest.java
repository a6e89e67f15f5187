package io.shardsync.schemas;

import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.shardsync.schemas.model.Message;
import io.shardsync.schemas.topic.Json;
import io.shardsync.schemas.topic.Topic;
import io.shardsync.schemas.topic.Topics;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

/** Holds records, JSON Schemas and examples against each other, in both directions. */
class ContractTest {
    private static final Path SCHEMAS = Path.of("json");
    private static final Path EXAMPLES = Path.of("examples");
    private static final Topics TOPICS = new Topics("", "/shardsync/test");

    static Stream<Topic<?, ?>> topics() {
        return TOPICS.all().stream().filter(topic -> Message.class.isAssignableFrom(topic.valueType()));
    }

    @ParameterizedTest
    @MethodSource("topics")
    void everyTopicHasASchemaAndAtLeastTwoExamples(Topic<?, ?> topic) throws IOException {
        assertThat(schemaFile(topic)).exists();
        assertThat(examples(topic)).hasSizeGreaterThanOrEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource("topics")
    void everyExampleIsValidByItsSchema(Topic<?, ?> topic) throws IOException {
        Schema schema = schema(topic);
        for (Path example : examples(topic)) {
            assertThat(schema.validate(
                            Files.readString(example),
                            InputFormat.JSON,
                            context -> context.executionConfig(config -> config.formatAssertionsEnabled(true))))
                    .as(example.toString())
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("topics")
    void everyExampleIsReadWithoutLossAndWrittenTheSame(Topic<?, ?> topic) throws IOException {
        for (Path example : examples(topic)) {
            // Given
            JsonNode json = Json.MAPPER.readTree(example.toFile());
            // When
            Object value = Json.MAPPER
                    .readerFor(topic.valueType())
                    .with(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .readValue(json);
            // Then
            JsonNode written = Json.MAPPER.readTree(Json.MAPPER.writeValueAsBytes(value));
            assertThat(written).as(example.toString()).isEqualTo(json);
        }
    }

    @ParameterizedTest
    @MethodSource("topics")
    void schemaAndRecordNameTheSameFieldsOfTheSameTypes(Topic<?, ?> topic) throws IOException {
        JsonNode root = Json.MAPPER.readTree(schemaFile(topic).toFile());
        assertThat(root.path("title").asText()).isEqualTo(topic.valueType().getSimpleName());
        List<String> differences = new ArrayList<>();
        compare(Json.MAPPER.constructType(topic.valueType()), root, root, topic.name(), differences);
        assertThat(differences).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("topics")
    void examplesTogetherShowEveryField(Topic<?, ?> topic) throws IOException {
        JsonNode root = Json.MAPPER.readTree(schemaFile(topic).toFile());
        Set<String> declared = new TreeSet<>();
        declaredPaths(root, root, "", declared);
        Set<String> shown = new TreeSet<>();
        for (Path example : examples(topic)) {
            shownPaths(Json.MAPPER.readTree(example.toFile()), "", shown);
        }
        declared.removeAll(shown);
        assertThat(declared)
                .as("fields that no example of %s shows", topic.name())
                .isEmpty();
    }

    private static void compare(JavaType type, JsonNode schema, JsonNode root, String at, List<String> differences) {
        JsonNode resolved = resolve(schema, root);
        String expected = jsonType(type);
        Set<String> found = types(resolved);
        if (!found.isEmpty() && !found.contains(expected)) {
            differences.add(at + ": record says " + expected + ", schema says " + found);
        }
        if (type.isEnumType()) {
            Set<String> constants = Stream.of(type.getRawClass().getEnumConstants())
                    .map(constant -> Json.MAPPER.convertValue(constant, String.class))
                    .collect(toCollection(TreeSet::new));
            Set<String> words = StreamSupport.stream(resolved.path("enum").spliterator(), false)
                    .filter(word -> !word.isNull())
                    .map(JsonNode::asText)
                    .collect(toCollection(TreeSet::new));
            if (!constants.equals(words)) {
                differences.add(at + ": record allows " + constants + ", schema allows " + words);
            }
        } else if (type.isCollectionLikeType()) {
            compare(type.getContentType(), resolved.path("items"), root, at + "[]", differences);
        } else if (type.getRawClass().isRecord()) {
            Set<String> components = new TreeSet<>();
            for (BeanPropertyDefinition property : describe(type).findProperties()) {
                components.add(property.getName());
                JsonNode declared = resolved.path("properties").path(property.getName());
                if (declared.isMissingNode()) {
                    differences.add(at + "." + property.getName() + ": not in the schema");
                } else {
                    compare(property.getPrimaryType(), declared, root, at + "." + property.getName(), differences);
                }
            }
            resolved.path("properties").fieldNames().forEachRemaining(name -> {
                if (!components.contains(name)) {
                    differences.add(at + "." + name + ": not in the record");
                }
            });
            resolved.path("required").forEach(name -> {
                if (!components.contains(name.asText())) {
                    differences.add(at + "." + name.asText() + ": required, but not in the record");
                }
            });
        }
    }

    private static BeanDescription describe(JavaType type) {
        return Json.MAPPER.getSerializationConfig().introspect(type);
    }

    private static String jsonType(JavaType type) {
        Class<?> raw = type.getRawClass();
        if (raw == boolean.class || raw == Boolean.class) {
            return "boolean";
        }
        if (raw == int.class || raw == long.class || raw == Integer.class || raw == Long.class) {
            return "integer";
        }
        if (raw == double.class || raw == Double.class) {
            return "number";
        }
        if (raw == String.class || raw == Instant.class || raw.isEnum()) {
            return "string";
        }
        return type.isCollectionLikeType() ? "array" : "object";
    }

    private static Set<String> types(JsonNode schema) {
        Set<String> types = new TreeSet<>();
        JsonNode type = schema.path("type");
        if (type.isTextual()) {
            types.add(type.asText());
        }
        type.forEach(one -> types.add(one.asText()));
        return types;
    }

    private static JsonNode resolve(JsonNode schema, JsonNode root) {
        if (schema.has("oneOf")) {
            return resolve(schema.path("oneOf").get(0), root);
        }
        if (!schema.has("$ref")) {
            return schema;
        }
        return root.at(schema.path("$ref").asText().substring(1));
    }

    private static void declaredPaths(JsonNode schema, JsonNode root, String at, Set<String> paths) {
        JsonNode resolved = resolve(schema, root);
        if (resolved.has("items")) {
            declaredPaths(resolved.path("items"), root, at, paths);
        }
        resolved.path("properties").properties().forEach(property -> {
            paths.add(at + "." + property.getKey());
            declaredPaths(property.getValue(), root, at + "." + property.getKey(), paths);
        });
    }

    private static void shownPaths(JsonNode value, String at, Set<String> paths) {
        if (value.isArray()) {
            value.forEach(item -> shownPaths(item, at, paths));
        }
        value.properties().forEach(field -> {
            paths.add(at + "." + field.getKey());
            shownPaths(field.getValue(), at + "." + field.getKey(), paths);
        });
    }

    private static Path schemaFile(Topic<?, ?> topic) {
        return SCHEMAS.resolve(topic.name() + ".schema.json");
    }

    private static Schema schema(Topic<?, ?> topic) throws IOException {
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(Files.readString(schemaFile(topic)), InputFormat.JSON);
    }

    private static List<Path> examples(Topic<?, ?> topic) throws IOException {
        try (Stream<Path> files = Files.list(EXAMPLES.resolve(topic.name()))) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        }
    }
}
