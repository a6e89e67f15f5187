package io.shardsync.processor.serve;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.shardsync.schemas.topic.Json;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/** Every request that a page shows is one of openapi.yaml, which {@link ContractIT} holds against the server. */
class DocumentedRequestsTest {
    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern INLINE = Pattern.compile("`(GET|POST|DELETE) (/[^`\\s]*)`(?: `(\\{[^`]*})`)?");
    private static final Pattern CURL = Pattern.compile("(?m)^\\s*curl [^\\n]*");
    private static final Pattern URL = Pattern.compile("http://127\\.0\\.0\\.1:808\\d(/[^\\s'\"]*)");
    private static final Pattern METHOD = Pattern.compile(" -X ([A-Z]+)");
    private static final Pattern BODY = Pattern.compile(" -d '([^']*)'");

    private static JsonNode api;

    /** @param body null if there is none */
    private record Shown(String page, String method, String target, String body) {}

    @BeforeAll
    static void read() throws IOException {
        try (InputStream in = DocumentedRequestsTest.class.getResourceAsStream("contract/openapi.yaml")) {
            api = new ObjectMapper(new YAMLFactory()).readTree(in);
        }
    }

    @Test
    void everyRequestThatAPageShowsIsDescribedWithItsParametersAndFields() throws IOException {
        List<Shown> shown = shown();
        assertThat(shown).hasSizeGreaterThan(25);
        assertThat(shown).allSatisfy(DocumentedRequestsTest::check);
    }

    private static void check(Shown shown) throws JsonProcessingException {
        String[] parts = shown.target().split("\\?", 2);
        Map.Entry<String, JsonNode> path = api.get("paths").properties().stream()
                .filter(each -> parts[0].matches(each.getKey().replaceAll("\\{[a-z_]+}", "[^/]+")))
                .min(java.util.Comparator.comparing(each -> each.getKey().contains("{")))
                .orElseThrow(() -> new AssertionError("openapi.yaml does not know the path of " + shown));
        JsonNode operation = path.getValue().get(shown.method().toLowerCase(Locale.ROOT));
        assertThat(operation).as("operation of " + shown).isNotNull();
        if (parts.length > 1) {
            Set<String> known = new TreeSet<>();
            for (JsonNode parameter : operation.path("parameters")) {
                known.add(resolved(parameter).get("name").textValue());
            }
            assertThat(Stream.of(parts[1].split("&")).map(pair -> pair.split("=")[0]))
                    .as("parameters of " + shown)
                    .isSubsetOf(known);
        }
        if (shown.body() != null) {
            JsonNode schema = resolved(operation.at("/requestBody/content/application~1json/schema"));
            Set<String> known = new TreeSet<>();
            schema.get("properties").fieldNames().forEachRemaining(known::add);
            List<String> sent = new ArrayList<>();
            Json.MAPPER.readTree(shown.body()).fieldNames().forEachRemaining(sent::add);
            assertThat(sent).as("fields of " + shown).isSubsetOf(known);
        }
    }

    private static JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? api.at(node.get("$ref").textValue().substring(1)) : node;
    }

    private static List<Shown> shown() throws IOException {
        List<Shown> shown = new ArrayList<>();
        try (Stream<Path> docs = Files.walk(HOME.resolve("docs"));
                Stream<Path> top = Files.list(HOME)) {
            for (Path page : Stream.concat(top, docs)
                    .filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .toList()) {
                String text = Files.readString(page);
                String name = HOME.relativize(page).toString();
                INLINE.matcher(text)
                        .results()
                        .map(match -> new Shown(name, match.group(1), plain(match.group(2)), match.group(3)))
                        .forEach(shown::add);
                CURL.matcher(text.replace("\\\n", " "))
                        .results()
                        .flatMap(match -> curl(name, match.group()))
                        .forEach(shown::add);
            }
        }
        return shown;
    }

    /** "…" and "{…}" stand for something of the reader's own. */
    private static String plain(String target) {
        return target.replace("…", "some").replaceAll("\\{[a-z_]+}", "some");
    }

    private static Stream<Shown> curl(String page, String line) {
        Matcher url = URL.matcher(line);
        if (!url.find()) {
            return Stream.empty();
        }
        Matcher method = METHOD.matcher(line);
        Matcher body = BODY.matcher(line);
        return Stream.of(new Shown(
                page, method.find() ? method.group(1) : "GET", url.group(1), body.find() ? body.group(1) : null));
    }
}
