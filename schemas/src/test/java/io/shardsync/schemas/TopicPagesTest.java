package io.shardsync.schemas;

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
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Each topic has a page, whose facts and example come from {@code asyncapi.yaml} and the examples:
 * {@code -Dpages.update=true} writes them.
 */
class TopicPagesTest {
    private static final Path PAGES = Path.of("..", "docs", "topics");
    private static final String BEGIN = "<!-- facts: written by TopicPagesTest -->\n";
    private static final String END = "<!-- end of facts -->\n";
    private static final AsyncApi API = AsyncApi.read();

    static List<Topic<?, ?>> topics() {
        return new Topics("", "/shardsync/test").all();
    }

    @ParameterizedTest
    @MethodSource("topics")
    void aPageSaysTheFactsAsTheyAre(Topic<?, ?> topic) throws IOException {
        Path file = PAGES.resolve(topic.name() + ".md");
        assertThat(file).exists();
        String page = Files.readString(file);
        String facts = facts(topic);
        if (Boolean.getBoolean("pages.update")) {
            int begin = page.contains(BEGIN) ? page.indexOf(BEGIN) : page.length();
            int end = page.contains(END) ? page.indexOf(END) + END.length() : page.length();
            page = page.substring(0, begin) + BEGIN + facts + END + page.substring(end);
            Files.writeString(file, page);
        }
        assertThat(page).startsWith("# " + topic.name() + "\n").contains(BEGIN + facts + END);
    }

    @Test
    void everyPageIsLinkedAndNoneIsOfATopicThatIsNotThere() throws IOException {
        Set<String> expected =
                topics().stream().map(topic -> topic.name() + ".md").collect(toCollection(TreeSet::new));
        try (Stream<Path> files = Files.list(PAGES)) {
            assertThat(files.map(file -> file.getFileName().toString()).filter(name -> name.contains(".v")))
                    .containsExactlyInAnyOrderElementsOf(expected);
        }
        String index = Files.readString(PAGES.resolve("README.md"));
        assertThat(expected).allSatisfy(page -> assertThat(index).contains("(" + page + ")"));
    }

    private static String facts(Topic<?, ?> topic) throws IOException {
        String name = topic.name();
        StringBuilder text = new StringBuilder("| | |\n|---|---|\n");
        row(text, "written by", String.join(", ", API.who("send", name)));
        row(text, "read by", String.join(", ", API.who("receive", name)));
        row(text, "key", API.channel(name).path("x-key").asText());
        row(text, "order", API.channel(name).path("x-ordering").asText());
        row(text, "`cleanup.policy`", "`" + API.cleanup(name) + "`");
        row(text, "kept", API.retention(name).map(TopicPagesTest::words).orElse("the newest record of each key"));
        row(text, "partitions", topic.layout() == Topic.Layout.SINGLE ? "1" : "`topics.partitions`, 6 by default");
        if (!Message.class.isAssignableFrom(topic.valueType())) {
            return text.toString();
        }
        row(text, "value", "[JSON Schema](../../schemas/json/" + name + ".schema.json)");
        Path example = firstExample(name);
        String json =
                Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(Json.MAPPER.readTree(example.toFile()));
        return text + "\nAn example, [" + example.getFileName() + "](../../schemas/examples/" + name + "):\n\n```json\n"
                + json.replace("\r", "") + "\n```\n";
    }

    private static Path firstExample(String name) throws IOException {
        try (Stream<Path> files = Files.list(Path.of("examples", name))) {
            return files.sorted().findFirst().orElseThrow();
        }
    }

    private static void row(StringBuilder text, String what, String is) {
        text.append("| ")
                .append(what)
                .append(" | ")
                .append(is.replace("|", "\\|"))
                .append(" |\n");
    }

    private static String words(Duration time) {
        return time.toDays() > 1 ? time.toDays() + " days" : time.toHours() + " hours";
    }
}
