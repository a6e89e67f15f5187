package io.shardsync.e2e;

import io.shardsync.demo.Installation;
import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.junit.WithSandbox;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code --check} of each service, as a person runs it. */
@WithSandbox
class CheckIT {
    @ParameterizedTest
    @CsvSource({
        "collector, io.shardsync.collector.CollectorMain",
        "processor, io.shardsync.processor.ProcessorMain",
        "actuator, io.shardsync.actuator.ActuatorMain"
    })
    void aServiceSaysThatAllItsPeersAreReached(String service, String main, Sandbox sandbox)
            throws IOException, InterruptedException {
        Outcome outcome = check(
                service,
                main,
                "kafka.bootstrap.servers=" + sandbox.kafka().bootstrap(),
                "clusters=demo",
                "cluster.demo.hosts=" + String.join(",", sandbox.elasticsearch().urls()));
        assertThat(outcome.text()).doesNotContain("FAILED").contains("kafka");
        assertThat(outcome.code()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"collector, io.shardsync.collector.CollectorMain", "actuator, io.shardsync.actuator.ActuatorMain"})
    void aServiceSaysWhichPeerIsNotReached(String service, String main, Sandbox sandbox)
            throws IOException, InterruptedException {
        int nobody = Sandbox.freePorts(1).get(0);
        Outcome outcome = check(
                service,
                main,
                "kafka.bootstrap.servers=" + sandbox.kafka().bootstrap(),
                "clusters=demo",
                "cluster.demo.hosts=http://127.0.0.1:" + nobody);
        assertThat(outcome.text()).contains("FAILED").contains("http://127.0.0.1:" + nobody);
        assertThat(outcome.code()).isEqualTo(1);
    }

    private record Outcome(int code, String text) {}

    private static Outcome check(String service, String main, String... settings)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                Installation.find().classPath(service),
                main,
                "--check"));
        for (String setting : settings) {
            command.add("--set");
            command.add(setting);
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Outcome(process.waitFor(), text);
    }
}
