package io.shardsync.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A Java program of the sandbox: it can be killed and frozen as the servers can, and is ended with them. */
public final class JavaService extends Server {
    private static final Duration ANSWER = Duration.ofSeconds(2);
    private static final int OK = 200;
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(ANSWER)
            .build();

    private final JavaServiceSpec spec;

    JavaService(JavaServiceSpec spec, Path home, Processes processes) {
        super(spec.name(), home, processes);
        this.spec = spec;
        try {
            Files.createDirectories(home.resolve("logs"));
            Files.createDirectories(home.resolve("tmp"));
        } catch (IOException e) {
            throw new UncheckedIOException("sandbox: cannot prepare " + home, e);
        }
    }

    @Override
    ProcessBuilder command() {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + spec.heapMb() + "m",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-Djava.io.tmpdir=" + home().resolve("tmp")));
        // A JVM takes no two garbage collectors.
        if (spec.jvmOptions().stream().noneMatch(option -> option.endsWith("GC"))) {
            command.add("-XX:+UseSerialGC");
        }
        command.addAll(spec.jvmOptions());
        command.addAll(List.of("-cp", Broker.absolute(spec.classPath()), spec.mainClass()));
        command.addAll(spec.arguments());
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(home().toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        return builder;
    }

    @Override
    Optional<ProcessHandle> serverOf(Process launched) {
        return Optional.of(launched.toHandle());
    }

    @Override
    boolean isReady() {
        try {
            HttpRequest request =
                    HttpRequest.newBuilder(spec.ready()).timeout(ANSWER).build();
            return CLIENT.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == OK;
        } catch (IOException notYet) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SandboxException("sandbox: interrupted while waiting for " + name(), e);
        }
    }
}
