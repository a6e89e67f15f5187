package io.shardsync.runtime.log;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardsync.runtime.config.Definition;
import io.shardsync.runtime.service.Service;
import io.shardsync.runtime.service.ServiceContext;
import io.shardsync.runtime.service.ServiceLauncher;
import io.shardsync.schemas.topic.Json;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/** What a process writes that is configured to log in the one way or the other. */
@Timeout(60)
class LogsTest {
    @Test
    void withEcsEveryLineIsJsonInTheCommonSchema() throws Exception {
        // When
        List<JsonNode> lines = new ArrayList<>();
        for (String line : run("--set", "log.format=ecs")) {
            lines.add(Json.MAPPER.readTree(line));
        }

        // Then
        assertThat(lines).hasSizeGreaterThanOrEqualTo(2).allSatisfy(line -> {
            assertThat(Instant.parse(line.path("@timestamp").asText()))
                    .isAfter(Instant.now().minusSeconds(60));
            assertThat(line.path("log.level").asText()).isNotBlank();
            assertThat(line.path("message").asText()).isNotBlank();
            assertThat(line.path("ecs.version").asText()).startsWith("1.");
            assertThat(line.path("service.name").asText()).isEqualTo("shardsync-child");
            assertThat(line.path("event.dataset").asText()).isEqualTo("shardsync-child");
            assertThat(line.path("log.logger").asText()).startsWith("io.shardsync.");
        });
        JsonNode told = lines.stream()
                .filter(line -> line.path("message").asText().startsWith("it said"))
                .findFirst()
                .orElseThrow();
        assertThat(told.path("message").asText()).isEqualTo("it said \"no\"\nand\tleft");
        assertThat(told.path("shardsync.took_ms").isNumber()).isTrue();
        assertThat(told.path("shardsync.took_ms").asLong()).isEqualTo(7);
        assertThat(told.path("shardsync.name").asText()).isEqualTo("a\\b \u00e4");
        assertThat(told.path("shardsync.absent").isNull()).isTrue();
        assertThat(told.path("trace.id").asText()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
        JsonNode failed = lines.stream()
                .filter(line -> line.has("error.type"))
                .findFirst()
                .orElseThrow();
        assertThat(failed.path("error.type").asText()).isEqualTo("java.lang.IllegalStateException");
        assertThat(failed.path("error.message").asText()).isEqualTo("too late");
        assertThat(failed.path("error.stack_trace").asText()).contains("LogsTest");
    }

    @Test
    void withoutItALineIsForPeople() throws Exception {
        assertThat(run()).anySatisfy(line -> assertThat(line)
                .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z INFO .* it said \"no\"")
                .doesNotContain("{"));
    }

    @Test
    void theLevelIsConfiguredAsWell() throws Exception {
        assertThat(run("--set", "log.level=error")).noneMatch(line -> line.contains("it said"));
        assertThat(run("--set", "log.level=DEBUG")).anyMatch(line -> line.contains("a detail"));
        assertThat(run()).noneMatch(line -> line.contains("a detail"));
    }

    @Test
    void alsoWhyItCannotStartIsJson() throws Exception {
        List<String> lines = run("--set", "log.format=ecs", "--set", "child.fails=true");
        for (String line : lines) {
            Json.MAPPER.readTree(line);
        }
        assertThat(lines).anyMatch(line -> line.contains("child can't start: it has no wings"));
    }

    private static List<String> run(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dlogback.configurationFile=logback.xml",
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName(),
                "--set",
                "kafka.bootstrap.servers=127.0.0.1:1"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (Stream<String> lines = process.inputReader(StandardCharsets.UTF_8).lines()) {
            return lines.filter(line -> !line.isBlank()).toList();
        } finally {
            assertThat(process.waitFor()).isEqualTo(ServiceLauncher.FAILED);
        }
    }

    /** Says something, and fails. */
    static final class Child implements Service {
        private final ServiceContext context;

        Child(ServiceContext context) {
            this.context = context;
        }

        public static void main(String... args) {
            ConfigDef own = new ConfigDef()
                    .define("child.fails", ConfigDef.Type.BOOLEAN, false, ConfigDef.Importance.LOW, "at once");
            new ServiceLauncher("child", Definition.of("child", 0, own), Child::new).runAndExit(args);
        }

        @Override
        public void start() {
            if (context.settings().flag("child.fails")) {
                throw new IllegalStateException("it has no wings");
            }
            LoggerFactory.getLogger(Child.class).debug("a detail");
            LoggerFactory.getLogger(Child.class)
                    .atInfo()
                    .addKeyValue("took_ms", 7L)
                    .addKeyValue("name", "a\\b \u00e4")
                    .addKeyValue("absent", (Object) null)
                    .addKeyValue("trace.id", "0af7651916cd43dd8448eb211c80319c")
                    .log("it said \"no\"\nand\tleft");
            context.fatal().fatal(new IllegalStateException("too late"));
        }

        @Override
        public void close() {}
    }
}
