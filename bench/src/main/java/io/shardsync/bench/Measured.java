package io.shardsync.bench;

import io.shardsync.sandbox.JavaService;
import io.shardsync.sandbox.JavaServiceSpec;
import io.shardsync.sandbox.Sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A real collector process that watches one cluster, called {@code bench}. */
final class Measured {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** Beyond the sandbox's own options: with both the launcher starts a collector. */
    private static final List<String> AS_LAUNCHED = List.of(
            "-XX:CompileThresholdScaling=0.1",
            "-XX:+UnlockDiagnosticVMOptions",
            "-XX:AsyncDeflationInterval=10000",
            "-XX:GuaranteedSafepointInterval=10000");

    private final JavaService process;
    private final URI metrics;

    /** @param took seconds from the first call to the commit, over all collections so far */
    record Count(long collections, double took, long published) {}

    private Measured(JavaService process, URI metrics) {
        this.process = process;
        this.metrics = metrics;
    }

    static Measured start(Sandbox sandbox, String name, int heapMb, String hosts, Map<String, String> more) {
        return start(sandbox, name, heapMb, List.of(), hosts, more);
    }

    /** @param jvm options beyond those with which the launcher starts a collector, and stronger */
    static Measured start(
            Sandbox sandbox, String name, int heapMb, List<String> jvm, String hosts, Map<String, String> more) {
        int port = Sandbox.freePorts(1).get(0);
        Map<String, String> settings = new TreeMap<>(Map.of(
                "kafka.bootstrap.servers",
                sandbox.kafka().bootstrap(),
                "topics.prefix",
                name + ".",
                "http.port",
                String.valueOf(port),
                "clusters",
                "bench",
                "cluster.bench.hosts",
                hosts));
        settings.putAll(more);
        List<String> arguments = new ArrayList<>();
        settings.forEach((key, value) -> arguments.addAll(List.of("--set", key + "=" + value)));
        URI address = URI.create("http://127.0.0.1:" + port);
        JavaService process = sandbox.service(new JavaServiceSpec(
                name,
                classPath(),
                "io.shardsync.collector.CollectorMain",
                arguments,
                heapMb,
                Stream.concat(AS_LAUNCHED.stream(), jvm.stream()).toList(),
                address.resolve("/readyz")));
        process.start();
        return new Measured(process, address.resolve("/metrics"));
    }

    private static String classPath() {
        Path target = Path.of(System.getProperty("shardsync.home", ".")).resolve("collector/target");
        return target.resolve("classes") + ":" + target.resolve("lib") + "/*";
    }

    long pid() {
        return process.pid();
    }

    void stop() {
        process.stop();
    }

    Count count() {
        return new Count(
                (long) metric("shardsync_collection_duration_seconds_count"),
                metric("shardsync_collection_duration_seconds_sum"),
                (long) metric("shardsync_copies_published_total"));
    }

    /** Waits for one more. */
    Count awaitAfter(Count before) {
        Count now = count();
        while (now.collections() <= before.collections()) {
            // Each look costs the collector a few milliseconds of its own.
            pause(Duration.ofSeconds(1));
            now = count();
        }
        return now;
    }

    private double metric(String name) {
        return get(metrics)
                .lines()
                .filter(line -> line.startsWith(name + "{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    static String get(URI uri) {
        try {
            return HTTP.send(
                            HttpRequest.newBuilder(uri)
                                    .timeout(Duration.ofSeconds(60))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    static void pause(Duration duration) {
        try {
            Thread.sleep(duration.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** How busy the machine is, for whoever reads the numbers. */
    static String machine() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/loadavg"))) {
            return Runtime.getRuntime().availableProcessors() + " cores, load average "
                    + lines.collect(Collectors.joining()).replaceAll("( [^ ]+){2}$", "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
