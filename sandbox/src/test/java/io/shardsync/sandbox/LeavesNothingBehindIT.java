package io.shardsync.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * However the program around a sandbox ends. One node suffices, and is frozen: that is the one hardest to get rid of.
 */
@Tag("long")
class LeavesNothingBehindIT {
    private static final Duration STARTED = Duration.ofMinutes(3);
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    private Path folder;

    private Process program;

    @AfterEach
    void endTheProgram() {
        if (program != null) {
            program.destroyForcibly();
        }
    }

    @Test
    void whenItIsClosed() {
        // Given
        Sandbox sandbox = Sandbox.start(SandboxSpec.defaults().withNodes(1).withBrokers(1));
        List<Long> pids = List.of(
                sandbox.elasticsearch("n1").pid(), sandbox.kafka().broker(1).pid());
        sandbox.elasticsearch("n1").freeze();

        // When
        sandbox.close();
        sandbox.close();

        // Then
        assertThat(pids).noneMatch(LeavesNothingBehindIT::isAlive);
        assertThat(sandbox.folder()).doesNotExist();
    }

    @Test
    void whenANodeDoesNotStart() {
        // Given
        List<String> told = new ArrayList<>();
        SandboxSpec broken = SandboxSpec.defaults().withNodes(1).withBrokers(0).withNodeSetting("no.such.setting", "1");

        // When
        assertThatThrownBy(() -> Sandbox.start(broken, told::add))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("n1 ended while starting")
                .hasMessageContaining("no.such.setting");

        // Then
        assertThat(folderIn(told.stream())).doesNotExist();
    }

    @Test
    void whenItIsKilled() throws Exception {
        // Given
        JsonNode report = startProgram();
        Signals.stop(List.of(report.at("/elasticsearch/0/pid").asLong()));

        // When
        program.destroyForcibly();

        // Then
        awaitNothingLeft(report);
    }

    @Test
    void whenItIsAskedToEnd() throws Exception {
        // Given
        JsonNode report = startProgram();
        Signals.stop(List.of(report.at("/elasticsearch/0/pid").asLong()));

        // When
        program.destroy();

        // Then
        assertThat(program.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(program.exitValue()).isZero();
        awaitNothingLeft(report);
    }

    @Test
    void whenItIsAskedToEndWhileItStarts() throws Exception {
        // Given
        launchProgram();
        await().atMost(SOON).until(() -> Files.readString(log()).contains("starting Elasticsearch"));

        // When
        program.destroy();

        // Then
        assertThat(program.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(program.exitValue()).isZero();
        assertThat(folderIn(Files.readString(log()).lines())).doesNotExist();
    }

    private JsonNode startProgram() throws IOException {
        launchProgram();
        Path file = folder.resolve("sandbox.json");
        await().atMost(STARTED).until(() -> Files.exists(file) || !program.isAlive());
        assertThat(file).as("log: %s", Files.readString(log())).exists();
        return new ObjectMapper().readTree(file.toFile());
    }

    private void launchProgram() throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                SandboxMain.class.getName()));
        command.addAll(List.of("--nodes", "1", "--brokers", "1"));
        command.addAll(List.of("--json", folder.resolve("sandbox.json").toString()));
        program = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log().toFile())
                .start();
    }

    private static void awaitNothingLeft(JsonNode report) {
        Path home = Path.of(report.at("/elasticsearch/0/home").asText());
        await().atMost(SOON).untilAsserted(() -> {
            assertThat(isAlive(report.at("/elasticsearch/0/pid").asLong())).isFalse();
            assertThat(isAlive(report.at("/kafka/brokers/0/pid").asLong())).isFalse();
            assertThat(home.getParent()).doesNotExist();
        });
    }

    private static Path folderIn(Stream<String> lines) {
        String line =
                lines.filter(text -> text.contains("unpacking")).findFirst().orElseThrow();
        return Path.of(line.substring(line.indexOf("/"))).getParent();
    }

    private Path log() {
        return folder.resolve("log");
    }

    private static boolean isAlive(long pid) {
        return ProcessHandle.of(pid).filter(Processes::isAlive).isPresent();
    }
}
