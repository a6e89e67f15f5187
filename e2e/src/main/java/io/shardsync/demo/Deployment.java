package io.shardsync.demo;

import io.shardsync.sandbox.JavaService;
import io.shardsync.sandbox.JavaServiceSpec;
import io.shardsync.sandbox.Sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The three services, watching a sandbox's Elasticsearch through its Kafka.
 *
 * @param cluster what the services call that Elasticsearch
 */
public record Deployment(
        String cluster, JavaService collector, JavaService processor, JavaService actuator, URI address) {
    private static final int HEAP_MB = 96;
    private static final int PROCESSOR_HEAP_MB = 192;

    /**
     * Configures the services, without starting them.
     *
     * @param settings beyond what connects them
     */
    public static Deployment prepare(
            Sandbox sandbox, Installation installation, String cluster, int httpPort, Map<String, String> settings) {
        List<Integer> ports = Sandbox.freePorts(3);
        int processorPort = httpPort == 0 ? ports.get(1) : httpPort;
        Map<String, String> common = new TreeMap<>();
        common.put("kafka.bootstrap.servers", sandbox.kafka().bootstrap());
        common.put("clusters", cluster);
        common.put(
                "cluster." + cluster + ".hosts",
                String.join(",", sandbox.elasticsearch().urls()));
        common.putAll(settings);
        return new Deployment(
                cluster,
                service(
                        sandbox,
                        installation,
                        "collector",
                        "io.shardsync.collector.CollectorMain",
                        HEAP_MB,
                        ports.get(0),
                        common),
                service(
                        sandbox,
                        installation,
                        "processor",
                        "io.shardsync.processor.ProcessorMain",
                        PROCESSOR_HEAP_MB,
                        processorPort,
                        common),
                service(
                        sandbox,
                        installation,
                        "actuator",
                        "io.shardsync.actuator.ActuatorMain",
                        HEAP_MB,
                        ports.get(2),
                        common),
                URI.create("http://127.0.0.1:" + processorPort));
    }

    /** Starts all three and waits until they are ready. */
    public void start() {
        all().parallel().forEach(JavaService::start);
    }

    /** Stops all three in an orderly way. */
    public void stop() {
        all().parallel().forEach(JavaService::stop);
    }

    public Stream<JavaService> all() {
        return Stream.of(collector, processor, actuator);
    }

    private static JavaService service(
            Sandbox sandbox,
            Installation installation,
            String name,
            String mainClass,
            int heapMb,
            int port,
            Map<String, String> common) {
        Map<String, String> settings = new TreeMap<>(common);
        Path home = sandbox.folder().resolve(name);
        settings.put("http.port", String.valueOf(port));
        settings.put("state.dir", home.resolve("state-" + System.nanoTime()).toString());
        Path file = home.resolve(name + ".properties");
        JavaService service = sandbox.service(new JavaServiceSpec(
                name,
                installation.classPath(name),
                mainClass,
                List.of("--config", file.toString()),
                heapMb,
                URI.create("http://127.0.0.1:" + port + "/readyz")));
        write(file, settings);
        return service;
    }

    private static void write(Path file, Map<String, String> settings) {
        String text = settings.entrySet().stream()
                .map(setting -> setting.getKey() + "=" + setting.getValue().replace("\\", "\\\\"))
                .collect(Collectors.joining("\n", "", "\n"));
        try {
            Files.writeString(file, text, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }
}
