package io.shardsync.runtime.service;

import io.shardsync.runtime.config.Definition;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class ServiceLauncherTest {
    private static final Definition DEFINITION = Definition.of("collector", 0, new ConfigDef());

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final List<String> seen = new CopyOnWriteArrayList<>();

    @Test
    void aWrongConfigurationEndsWithCodeTwoAndAMessageWithoutStackTrace() {
        // When
        int code = launcher(context -> service(() -> {})).run("--set", "http.port=x", "--set", "topics.prefix=");

        // Then
        assertThat(code).isEqualTo(ServiceLauncher.MISCONFIGURED);
        assertThat(text(err))
                .startsWith("collector can't start: 2 settings are wrong:")
                .contains("http.port: found \"x\"")
                .contains("kafka.bootstrap.servers: found nothing")
                .doesNotContain("\tat ");
        assertThat(seen).isEmpty();
    }

    @Test
    void anUnknownOptionEndsWithCodeTwo() {
        assertThat(launcher(context -> service(() -> {})).run("--what")).isEqualTo(ServiceLauncher.MISCONFIGURED);
        assertThat(text(err)).contains("Unknown option: '--what'");
    }

    @Test
    void aServiceThatCannotStartIsClosedAndEndsWithCodeOne() {
        // When
        int code = run(context -> service(() -> {
            throw new IllegalStateException("port is taken");
        }));

        // Then
        assertThat(code).isEqualTo(ServiceLauncher.FAILED);
        assertThat(text(err)).contains("collector can't start: port is taken");
        assertThat(seen).containsExactly("closed");
    }

    @Test
    void aFatalErrorInAWorkerEndsTheServiceWithCodeOne() {
        // When
        int code = run(context -> service(() -> new Thread(context.fatal().guard(() -> {
                    throw new IllegalStateException("worker died");
                }))
                .start()));

        // Then
        assertThat(code).isEqualTo(ServiceLauncher.FAILED);
        assertThat(seen).containsExactly("closed");
    }

    @Test
    void anExceptionThatNobodyCatchesEndsTheServiceWithCodeOne() {
        // When
        int code = run(context -> service(() -> new Thread(() -> {
                    throw new IllegalStateException("forgotten thread died");
                })
                .start()));

        // Then
        assertThat(code).isEqualTo(ServiceLauncher.FAILED);
    }

    @Test
    void checkSaysLineByLineWhatItFoundAndStartsNothing() {
        // When
        int code = launcher(context -> service(() -> seen.add("started")))
                .checking(settings -> List.of(new Check("topics", () -> "all 11 there"), new Check("state.dir", () -> {
                    throw new IllegalStateException("read-only");
                })))
                .run(
                        "--check",
                        "--set",
                        "kafka.bootstrap.servers=127.0.0.1:1",
                        "--set",
                        "alerts.lag.ops=5",
                        "--set",
                        "kafka.default.api.timeout.ms=1000",
                        "--set",
                        "kafka.request.timeout.ms=900");

        // Then
        assertThat(code).isEqualTo(ServiceLauncher.FAILED);
        assertThat(text(out))
                .contains("ok      configuration: ")
                .contains("left to other services: alerts.lag.ops")
                .contains("FAILED  kafka 127.0.0.1:1: ")
                .contains("Check kafka.bootstrap.servers")
                .contains("ok      topics: all 11 there")
                .contains("FAILED  state.dir: read-only");
        assertThat(seen).isEmpty();
    }

    private int run(ServiceFactory factory) {
        return launcher(factory).run("--set", "kafka.bootstrap.servers=127.0.0.1:9092");
    }

    private ServiceLauncher launcher(ServiceFactory factory) {
        return new ServiceLauncher(
                "collector",
                DEFINITION,
                factory,
                settings -> List.of(),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                Map.of());
    }

    private Service service(Runnable start) {
        return new Service() {
            @Override
            public void start() {
                start.run();
            }

            @Override
            public void close() {
                seen.add("closed");
            }
        };
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
