package io.shardsync.sandbox;

import com.fasterxml.jackson.databind.JsonNode;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One Elasticsearch node. Its {@link #home()} holds bin, lib, modules, config, data and logs. */
public final class ElasticsearchNode extends Server {
    private final int port;
    private final int heapMb;
    private final List<String> jvmOptions;
    private final Account account;
    private final Optional<Security> security;
    private final ElasticsearchHttp http;

    ElasticsearchNode(
            String name,
            Path home,
            Processes processes,
            Account account,
            int port,
            int heapMb,
            List<String> jvmOptions,
            Optional<Security> security) {
        super(name, home, processes);
        this.account = account;
        this.port = port;
        this.heapMb = heapMb;
        this.jvmOptions = jvmOptions;
        this.security = security;
        this.http = ElasticsearchHttp.of(this);
    }

    /**
     * Where it answers HTTP, {@code http://127.0.0.1:PORT}, or https with security on; the port stays the same through
     * restarts.
     */
    public String url() {
        return (security.isPresent() ? "https" : "http") + "://127.0.0.1:" + port;
    }

    Optional<Security> security() {
        return security;
    }

    /** Where it keeps its shards: {@code data/indices} of its home. */
    public Path shards() {
        return home().resolve("data").resolve("indices");
    }

    /**
     * Lets it write to {@link #shards()}, or forbids it, so that every copy allocated to it from now on fails. Copies
     * it has already go on.
     */
    public void setShardsWritable(boolean writable) {
        try {
            if (Files.notExists(shards())) {
                Files.createDirectory(shards());
                account.own(shards());
            }
            Files.setPosixFilePermissions(
                    shards(), PosixFilePermissions.fromString(writable ? "rwxr-xr-x" : "r-xr-xr-x"));
        } catch (IOException e) {
            throw new UncheckedIOException("sandbox: cannot change the permissions of " + shards(), e);
        }
    }

    /**
     * Runs a program, given as source, on the class path of this node and as its user. To be used while the node is
     * down: it holds a lock on its shards.
     *
     * @param source where the program stands
     * @param file its name
     * @throws SandboxException when it fails, with its output
     */
    public void runWhileDown(URL source, String file, List<String> arguments) {
        Path program = home().resolve("tmp").resolve(file);
        List<String> command = new ArrayList<>(account.running(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-cp",
                home().resolve("lib") + "/*",
                program.toString()));
        command.addAll(arguments);
        try {
            try (InputStream in = source.openStream()) {
                Files.copy(in, program, StandardCopyOption.REPLACE_EXISTING);
            }
            account.own(program);
            ProcessBuilder builder =
                    new ProcessBuilder(command).directory(home().toFile()).redirectErrorStream(true);
            builder.environment().remove("JAVA_TOOL_OPTIONS");
            Process process = builder.start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int exit = process.waitFor();
            if (exit != 0) {
                throw new SandboxException(
                        "sandbox: " + file + " on " + name() + " ended with " + exit + ": " + output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("sandbox: cannot run " + file + " on " + name(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SandboxException("sandbox: interrupted while " + file + " ran on " + name(), e);
        }
    }

    /** Writes its home's files, before its first start. */
    void prepare(Distribution distribution, Map<String, String> settings) {
        distribution.linkInto(home());
        StringBuilder yaml = new StringBuilder();
        settings.forEach(
                (key, value) -> yaml.append(key).append(": ").append(value).append('\n'));
        try {
            Files.writeString(home().resolve("config").resolve("elasticsearch.yml"), yaml);
            if (security.isPresent()) {
                security.get().writeInto(home().resolve("config"));
            }
            Path options = Files.createDirectories(home().resolve("config").resolve("jvm.options.d"));
            Files.writeString(options.resolve("sandbox.options"), jvmOptions());
            for (String folder : List.of("data", "logs", "tmp")) {
                Files.createDirectories(home().resolve(folder));
            }
            account.own(home());
        } catch (IOException e) {
            throw new UncheckedIOException("sandbox: cannot prepare " + home(), e);
        }
    }

    /** No perf data, for a killed JVM leaves its file in /tmp. */
    private String jvmOptions() {
        return """
                -Xms%1$dm
                -Xmx%1$dm
                %2$s
                -XX:-UsePerfData
                -XX:-HeapDumpOnOutOfMemoryError
                """
                .formatted(heapMb, String.join("\n", jvmOptions));
    }

    @Override
    ProcessBuilder command() {
        deleteLeftovers();
        ProcessBuilder builder = new ProcessBuilder(account.running(
                        home().resolve("bin/elasticsearch").toString(),
                        "-p",
                        pidFile().toString()))
                .directory(home().toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
        Map<String, String> environment = builder.environment();
        // What the machine's own Elasticsearch is told must not reach ours.
        environment.keySet().removeIf(name -> name.startsWith("ES_") || name.equals("JAVA_TOOL_OPTIONS"));
        environment.put("ES_JAVA_HOME", System.getProperty("java.home"));
        environment.put("ES_PATH_CONF", home().resolve("config").toString());
        environment.put("ES_TMPDIR", home().resolve("tmp").toString());
        environment.put("CLI_JAVA_OPTS", "-Xms8m -Xmx48m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData");
        return builder;
    }

    /** The launcher's child says itself who it is: there are other children, and they come and go. */
    @Override
    Optional<ProcessHandle> serverOf(Process launched) {
        try {
            String pid = Files.exists(pidFile()) ? Files.readString(pidFile()).trim() : "";
            return pid.isEmpty() ? Optional.empty() : ProcessHandle.of(Long.parseLong(pid));
        } catch (IOException e) {
            throw new UncheckedIOException("sandbox: cannot read " + pidFile(), e);
        }
    }

    @Override
    boolean isReady() {
        try {
            JsonNode answer = http.get("/_cluster/state/master_node?local=true&filter_path=master_node,cluster_uuid");
            return answer.path("master_node").isTextual();
        } catch (SandboxException notYet) {
            return false;
        }
    }

    private Path pidFile() {
        return home().resolve("tmp").resolve("pid");
    }

    /**
     * A pid of before, and what a node that was killed while it wrote its keystore left: with that it does not start.
     */
    private void deleteLeftovers() {
        try {
            Files.deleteIfExists(pidFile());
            Files.deleteIfExists(home().resolve("config/elasticsearch.keystore.tmp"));
        } catch (IOException e) {
            throw new UncheckedIOException("sandbox: cannot delete what " + name() + " left behind", e);
        }
    }
}
