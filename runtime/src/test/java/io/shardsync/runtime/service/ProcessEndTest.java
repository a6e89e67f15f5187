package io.shardsync.runtime.service;

import io.shardsync.runtime.config.Definition;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Collectors;

import static org.assertj.core.api.Assertions.assertThat;

/** How a whole process ends, which only a process can show. */
@Timeout(60)
class ProcessEndTest {
    @Test
    void aServiceThatIsAskedToStopClosesItsPartsFirst() throws Exception {
        // Given
        Process process = start("wait");
        BufferedReader out = process.inputReader();
        readUntil(out, "running");

        // When
        // Unlike Process.destroy, this leaves the output open.
        process.toHandle().destroy();

        // Then
        assertThat(out.lines().collect(Collectors.joining("\n"))).contains("part closed by us");
        assertThat(process.waitFor()).isEqualTo(143);
    }

    @Test
    void aServiceWhoseWorkerDiesEndsWithCodeOneAndClosesItsParts() throws Exception {
        // When
        Process process = start("die");

        // Then
        assertThat(process.inputReader().lines().collect(Collectors.joining("\n")))
                .contains("worker died")
                .contains("part closed by us");
        assertThat(process.waitFor()).isEqualTo(ServiceLauncher.FAILED);
    }

    private static Process start(String what) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        "--set",
                        "kafka.bootstrap.servers=127.0.0.1:1",
                        "--set",
                        "child.does=" + what)
                .redirectErrorStream(true)
                .start();
    }

    private static void readUntil(BufferedReader out, String line) throws IOException {
        String read = out.readLine();
        while (read != null && !read.contains(line)) {
            read = out.readLine();
        }
        assertThat(read).as("a line with %s", line).isNotNull();
    }

    /** A service of one part. */
    static final class Child implements Service {
        private final Parts parts = new Parts();
        private final ServiceContext context;

        Child(ServiceContext context) {
            this.context = context;
        }

        public static void main(String... args) {
            ConfigDef own = new ConfigDef()
                    .define("child.does", ConfigDef.Type.STRING, ConfigDef.Importance.LOW, "wait or die");
            new ServiceLauncher("child", Definition.of("child", 0, own), Child::new).runAndExit(args);
        }

        @Override
        public void start() {
            parts.add("part", () -> System.out.println("part closed by us"));
            System.out.println("running");
            if (context.settings().string("child.does").equals("die")) {
                new Thread(context.fatal().guard(() -> {
                            throw new IllegalStateException("worker died");
                        }))
                        .start();
            }
        }

        @Override
        public void close() {
            parts.close();
        }
    }
}
