package io.shardsync.sandbox;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One Kafka broker, which is a controller too. */
public final class Broker extends Server {
    private static final int CONNECT_MS = 1_000;
    private static final int ANSWER_MS = 5_000;

    private final int id;
    private final int port;
    private final int heapMb;

    Broker(int id, Path home, Processes processes, int port, int heapMb) {
        super("broker-" + id, home, processes);
        this.id = id;
        this.port = port;
        this.heapMb = heapMb;
    }

    /** Its {@code node.id}, from 1. */
    public int id() {
        return id;
    }

    /** Where clients reach it, {@code 127.0.0.1:PORT}; the port stays the same through restarts. */
    public String address() {
        return "127.0.0.1:" + port;
    }

    /**
     * Writes its files and formats its log folder, before its first start. In this JVM: the storage tool in one of its
     * own would take three seconds more.
     */
    void prepare(Properties properties, String clusterId) {
        try {
            Path data = Files.createDirectories(home().resolve("data"));
            Files.createDirectories(home().resolve("logs"));
            Files.createDirectories(home().resolve("tmp"));
            properties.setProperty("log.dirs", data.toString());
            try (OutputStream out = Files.newOutputStream(propertiesFile())) {
                properties.store(out, null);
            }
            new Formatter()
                    .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                    .setNodeId(id)
                    .setClusterId(clusterId)
                    .addDirectory(data.toString())
                    .setMetadataLogDirectory(data.toString())
                    .setControllerListenerName("CONTROLLER")
                    .setReleaseVersion(MetadataVersion.latestProduction())
                    .run();
        } catch (IOException e) {
            throw new UncheckedIOException("sandbox: cannot prepare " + home(), e);
        } catch (Exception e) {
            throw new SandboxException("sandbox: cannot format " + home(), e);
        }
    }

    @Override
    ProcessBuilder command() {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx" + heapMb + "m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:-UsePerfData",
                        "-Djava.io.tmpdir=" + home().resolve("tmp"),
                        "-Dlogback.configurationFile=io/shardsync/sandbox/broker-logback.xml",
                        "-cp",
                        absolute(System.getProperty("java.class.path")),
                        "kafka.Kafka",
                        propertiesFile().toString())
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

    /** Asks only a port that is open: Kafka's client would log every refused connection. */
    @Override
    boolean isReady() {
        if (!accepts()) {
            return false;
        }
        try (Admin admin = Admin.create(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                address(),
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                ANSWER_MS,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                ANSWER_MS))) {
            return admin.describeCluster().nodes().get(ANSWER_MS, TimeUnit.MILLISECONDS).stream()
                    .anyMatch(node -> node.id() == id);
        } catch (ExecutionException | TimeoutException notYet) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SandboxException("sandbox: interrupted while waiting for " + name(), e);
        }
    }

    /** A broker runs in its own folder, where a relative class path leads nowhere. */
    static String absolute(String classPath) {
        return Stream.of(classPath.split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    private boolean accepts() {
        try (Socket socket = new Socket()) {
            socket.connect(Ports.at(port), CONNECT_MS);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    private Path propertiesFile() {
        return home().resolve("server.properties");
    }
}
