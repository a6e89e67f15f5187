package io.shardsync.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardsync.sandbox.JavaService;
import io.shardsync.sandbox.JavaServiceSpec;
import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.SandboxSpec;
import io.shardsync.schemas.topic.Json;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Many shards through a real processor, from snapshots to the page that a person opens. */
@Command(
        name = "shards",
        mixinStandardHelpOptions = true,
        description = "A whole large cluster through the processor: how long, how much memory, how fast its pages.")
final class ShardsBench implements Callable<Integer> {
    private static final int PAGES = 50;

    @Option(names = "--shards", defaultValue = "100000", description = "Default: ${DEFAULT-VALUE}")
    private int shards;

    @Option(names = "--heap", defaultValue = "1024", description = "MiB. Default: ${DEFAULT-VALUE}")
    private int heapMb;

    @Option(names = "--partitions", defaultValue = "6", description = "Default: ${DEFAULT-VALUE}")
    private int partitions;

    private final PrintStream out = System.out;

    @Override
    public Integer call() {
        out.printf("%,d shards of 2 copies, heap %d MiB; %s%n", shards, heapMb, Measured.machine());
        String prefix = "many.";
        try (Sandbox sandbox =
                Sandbox.start(SandboxSpec.defaults().withNodes(0).withBrokers(1).withBrokerHeapMb(768), line -> {})) {
            Snapshots.createTopics(sandbox, prefix, partitions);
            int port = Sandbox.freePorts(1).get(0);
            JavaServiceSpec spec = Contender.PROCESSOR.spec(sandbox, prefix, partitions, 1, heapMb, port);
            JavaService processor = sandbox.service(spec);
            processor.start();
            URI address = URI.create("http://127.0.0.1:" + port);
            out.printf("empty: resident %,d MiB%n", Cost.residentMb(processor.pid()));
            try (Snapshots snapshots = new Snapshots(sandbox, prefix)) {
                for (int collection = 1; collection <= 2; collection++) {
                    Cost before = Cost.of(processor.pid());
                    long began = System.nanoTime();
                    Instant now = Instant.now();
                    snapshots.collect(shards, now.toEpochMilli(), now);
                    snapshots.flush();
                    awaitAll(sandbox, prefix, collection, address);
                    out.printf(
                            "collection %d: all %,d statuses can be asked for after %.1f s (CPU %.1f s, writing the"
                                    + " snapshots included in the time); resident %,d MiB, peak %,d MiB, state on disk %,d"
                                    + " MiB%n",
                            collection,
                            shards,
                            (System.nanoTime() - began) / (double) TimeUnit.SECONDS.toNanos(1),
                            Cost.of(processor.pid()).since(before),
                            Cost.residentMb(processor.pid()),
                            Cost.peakMb(processor.pid()),
                            onDisk(sandbox.folder().resolve("of-many-state")));
                }
            }
            page(address, "first page of 100", "/shards/replication");
            page(address, "page of 1,000", "/shards/replication?limit=1000");
            page(address, "those that lag (none, so every shard is looked at)", "/shards/replication?health=lagging");
            page(address, "clusters, with their figures", "/clusters");
            processor.stop();
        }
        out.println("at the end: " + Measured.machine());
        return 0;
    }

    private void awaitAll(Sandbox sandbox, String prefix, int collection, URI address) {
        long wanted = (long) shards * Snapshots.COPIES * collection;
        try (Admin admin = Contender.admin(sandbox)) {
            while (Contender.PROCESSOR.committed(admin, prefix) < wanted) {
                Measured.pause(Duration.ofMillis(100));
            }
        }
        while (count(address) < shards) {
            Measured.pause(Duration.ofMillis(100));
        }
    }

    private static int count(URI address) {
        JsonNode clusters = json(Measured.get(address.resolve("/clusters"))).path("clusters");
        return clusters.path(0).path("replication").path("shards").asInt();
    }

    private void page(URI address, String what, String path) {
        long[] took = new long[PAGES];
        int bytes = 0;
        for (int i = 0; i < PAGES; i++) {
            long began = System.nanoTime();
            bytes = Measured.get(address.resolve(path)).length();
            took[i] = System.nanoTime() - began;
        }
        double first = took[0] / 1e6;
        Arrays.sort(took);
        out.printf(
                "%s: first %.1f ms, median %.1f ms, worst of %d %.1f ms, %,d bytes%n",
                what, first, took[PAGES / 2] / 1e6, PAGES, took[PAGES - 1] / 1e6, bytes);
    }

    private static JsonNode json(String text) {
        try {
            return Json.MAPPER.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long onDisk(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                            .mapToLong(file -> file.toFile().length())
                            .sum()
                    >> 20;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
