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
    private static final Map<String, String> MAINS = Map.of(
            "collector", "io.shardsync.collector.CollectorMain",
            "processor", "io.shardsync.processor.ProcessorMain",
            "actuator", "io.shardsync.actuator.ActuatorMain");

    /**
     * Configures the services, without starting them.
     *
     * @param settings beyond what connects them
     */
    public static Deployment prepare(
            Sandbox sandbox, Installation installation, String cluster, int httpPort, Map<String, String> settings) {
        List<Integer> ports = Sandbox.freePorts(3);
        int processorPort = httpPort == 0 ? ports.get(1) : httpPort;
        return new Deployment(
                cluster,
                instance(sandbox, installation, cluster, "collector", "collector", ports.get(0), settings),
                instance(sandbox, installation, cluster, "processor", "processor", processorPort, settings),
                instance(sandbox, installation, cluster, "actuator", "actuator", ports.get(2), settings),
                URI.create("http://127.0.0.1:" + processorPort));
    }

    /**
     * Configures one instance of a service, without starting it.
     *
     * @param service {@code collector}, {@code processor} or {@code actuator}
     * @param name unique within the sandbox
     * @param httpPort where it answers
     * @param settings beyond what connects it
     */
    public static JavaService instance(
            Sandbox sandbox,
            Installation installation,
            String cluster,
            String service,
            String name,
            int httpPort,
            Map<String, String> settings) {
        Map<String, String> all = new TreeMap<>();
        all.put("kafka.bootstrap.servers", sandbox.kafka().bootstrap());
        all.put("clusters", cluster);
        all.put(
                "cluster." + cluster + ".hosts",
                String.join(",", sandbox.elasticsearch().urls()));
        all.putAll(settings);
        Path home = sandbox.folder().resolve(name);
        all.put("http.port", String.valueOf(httpPort));
        all.put("state.dir", home.resolve("state-" + System.nanoTime()).toString());
        Path file = home.resolve(name + ".properties");
        JavaService instance = sandbox.service(new JavaServiceSpec(
                name,
                installation.classPath(service),
                MAINS.get(service),
                List.of("--config", file.toString()),
                service.equals("processor") ? PROCESSOR_HEAP_MB : HEAP_MB,
                URI.create("http://127.0.0.1:" + httpPort + "/readyz")));
        write(file, all);
        return instance;
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
