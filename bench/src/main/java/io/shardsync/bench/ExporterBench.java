package io.shardsync.bench;

import io.shardsync.sandbox.ElasticsearchNode;
import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.SandboxSpec;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** The collector beside prometheus-elasticsearch-exporter, on one real cluster, at the same interval. */
@Command(
        name = "exporter",
        mixinStandardHelpOptions = true,
        description = "A real cluster; the collector and Debian's prometheus-elasticsearch-exporter look at it.")
final class ExporterBench implements Callable<Integer> {
    private static final int NODES = 3;
    private static final int HEAP_MB = 512;
    private static final Duration STARTS_WITHIN = Duration.ofSeconds(60);
    /** Elasticsearch commits a shard once more five minutes after it was made, also one without a document. */
    private static final Duration SETTLING = Duration.ofMinutes(6);

    private static final int COLLECTOR_HEAP_MB = 96;

    @Option(
            names = "--exporter",
            defaultValue = "prometheus-elasticsearch-exporter",
            description = "The program. Default: ${DEFAULT-VALUE}")
    private String program;

    @Option(names = "--indices", defaultValue = "300", description = "Default: ${DEFAULT-VALUE}")
    private int indices;

    @Option(names = "--shards", defaultValue = "5", description = "Of each index, twice. Default: ${DEFAULT-VALUE}")
    private int shards;

    @Option(names = "--interval", defaultValue = "10000", description = "Milliseconds. Default: ${DEFAULT-VALUE}")
    private int interval;

    @Option(
            names = "--warm",
            defaultValue = "20",
            description = "Intervals before each is measured. Default: ${DEFAULT-VALUE}")
    private int warm;

    @Option(names = "--times", defaultValue = "12", description = "Intervals of each phase. Default: ${DEFAULT-VALUE}")
    private int times;

    @Option(
            names = "--as-in-production",
            description = "Nodes with the JVM options that Elasticsearch gives itself (both compilers, G1) instead of"
                    + " those with which a sandbox starts quickly.")
    private boolean asInProduction;

    private final PrintStream out = System.out;

    @Override
    public Integer call() throws IOException {
        SandboxSpec spec = SandboxSpec.defaults()
                .withNodes(NODES)
                .withNodeHeapMb(HEAP_MB)
                .withNodeSetting("cluster.max_shards_per_node", "5000")
                .withNodeSetting("cluster.routing.allocation.node_concurrent_recoveries", "40")
                .withNodeSetting("cluster.routing.allocation.node_initial_primaries_recoveries", "40");
        try (Sandbox sandbox = Sandbox.start(asInProduction ? spec.withNodesAsInProduction() : spec, line -> {})) {
            fill(sandbox);
            String node = sandbox.elasticsearch().urls().get(0);
            try (Relay forExporter = new Relay(node);
                    Relay forCollector = new Relay(node)) {
                measure(sandbox, forExporter, forCollector);
            }
        }
        return 0;
    }

    private void fill(Sandbox sandbox) {
        long started = System.nanoTime();
        for (int i = 0; i < indices; i++) {
            String name = "bench-%04d".formatted(i);
            // What the nodes do anyway, once a second for each index, would drown what is measured.
            sandbox.http()
                    .createIndex(
                            name,
                            Map.of("number_of_shards", shards, "number_of_replicas", 1, "refresh_interval", "-1"));
            if (i % 10 == 0) {
                sandbox.http().index(name, "1", "{\"n\":" + i + "}");
            }
        }
        sandbox.http().awaitHealth("green", Duration.ofMinutes(15));
        // Elasticsearch would do it five minutes after the last write, in the middle of what is measured.
        sandbox.http().post("/_flush", null);
        out.printf(
                "%,d copies on %d nodes, made in %d s; interval %d ms; %s%n",
                indices * shards * 2,
                NODES,
                Duration.ofNanos(System.nanoTime() - started).toSeconds(),
                interval,
                Measured.machine());
    }

    private void measure(Sandbox sandbox, Relay forExporter, Relay forCollector) throws IOException {
        List<Long> nodes = sandbox.elasticsearch().nodes().stream()
                .map(ElasticsearchNode::pid)
                .toList();
        // What the new indices still cause is over by then.
        Measured.pause(SETTLING);
        Theirs before = idle(nodes);
        List<Usage> collector = collector(sandbox, nodes, forCollector);
        Theirs after = idle(nodes);
        // Last, since the nodes are busier for a minute after it than they were before.
        Usage exporter = exporter(nodes, forExporter);
        Theirs idle = before.plus(after).over(2);
        out.printf(
                "Elasticsearch without either: %.3f, %.3f CPU s per interval, of that answering %.3f, %.3f%n",
                before.all(), after.all(), before.answering(), after.answering());
        out.println(
                "| who | own CPU s | Elasticsearch CPU s | of that answering | received kB | took s | peak MiB | sent on |");
        out.println("|---|---|---|---|---|---|---|---|");
        out.println(exporter.line("exporter", idle));
        out.println(collector.get(0).line("collector, cluster at rest", idle));
        out.println(collector.get(1).line("collector, one document an interval", idle));
        compare("cluster at rest", collector.get(0), exporter, idle);
        compare("one document an interval", collector.get(1), exporter, idle);
        out.println("at the end: " + Measured.machine());
    }

    /** All that the process uses is counted: Kafka's clients, the JVM, its compiler. */
    private void compare(String how, Usage collector, Usage exporter, Theirs idle) {
        Theirs caused = collector.theirs().minus(idle);
        Theirs byExporter = exporter.theirs().minus(idle);
        out.printf(
                "collector (%s) / exporter: own CPU %.3f, in Elasticsearch %.3f, answering %.3f, bytes %.3f%n",
                how,
                collector.own() / exporter.own(),
                caused.all() / byExporter.all(),
                caused.answering() / byExporter.answering(),
                collector.bytes() / exporter.bytes());
    }

    private Theirs idle(List<Long> nodes) {
        Theirs before = Theirs.of(nodes);
        Measured.pause(Duration.ofMillis((long) interval * times));
        return Theirs.of(nodes).minus(before).over(times);
    }

    /**
     * CPU seconds of all nodes, with what they use anyway.
     *
     * @param all of the processes
     * @param answering of those threads alone that answer requests
     */
    private record Theirs(double all, double answering) {
        static Theirs of(List<Long> nodes) {
            return new Theirs(Cost.of(nodes).cpuSeconds(), Answering.cpuSeconds(nodes));
        }

        Theirs plus(Theirs other) {
            return new Theirs(all + other.all, answering + other.answering);
        }

        Theirs minus(Theirs other) {
            return new Theirs(all - other.all, answering - other.answering);
        }

        Theirs over(int times) {
            return new Theirs(all / times, answering / times);
        }
    }

    /**
     * Of one interval, on average.
     *
     * @param own CPU seconds
     * @param theirs with what they use anyway
     * @param took seconds for one collection or scrape
     */
    private record Usage(double own, Theirs theirs, double bytes, double took, long peakMb, String sentOn) {
        String line(String who, Theirs idle) {
            Theirs caused = theirs.minus(idle);
            return "| %s | %.3f | %.3f | %.3f | %,.0f | %.2f | %d | %s |"
                    .formatted(who, own, caused.all(), caused.answering(), bytes / 1000, took, peakMb, sentOn);
        }
    }

    private Usage exporter(List<Long> nodes, Relay relay) throws IOException {
        int port = Sandbox.freePorts(1).get(0);
        Process process = new ProcessBuilder(
                        program,
                        "--es.uri=" + relay.url(),
                        "--es.all",
                        "--es.indices",
                        "--es.shards",
                        "--es.timeout=60s",
                        "--web.listen-address=127.0.0.1:" + port)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            URI metrics = URI.create("http://127.0.0.1:" + port + "/metrics");
            awaitPort(port);
            Cost cold = Cost.of(nodes);
            for (int i = 0; i < warm; i++) {
                Measured.get(metrics);
                if (i == 0) {
                    out.printf(
                            "the first scrape, of nodes that never answered one: %.2f CPU s in Elasticsearch%n",
                            Cost.of(nodes).since(cold));
                }
            }
            Cost own = Cost.of(process.pid());
            Theirs theirs = Theirs.of(nodes);
            long bytes = relay.received();
            long sent = 0;
            double took = 0;
            long start = System.nanoTime();
            for (int i = 1; i <= times; i++) {
                long began = System.nanoTime();
                sent += Measured.get(metrics).getBytes(StandardCharsets.UTF_8).length;
                took += (System.nanoTime() - began) / 1e9;
                long due = start + i * interval * 1_000_000L;
                Measured.pause(Duration.ofNanos(Math.max(0, due - System.nanoTime())));
            }
            return new Usage(
                    Cost.of(process.pid()).since(own) / times,
                    Theirs.of(nodes).minus(theirs).over(times),
                    (double) (relay.received() - bytes) / times,
                    took / times,
                    Cost.peakMb(process.pid()),
                    "%,d kB of metrics".formatted(sent / times / 1000));
        } finally {
            process.destroyForcibly();
        }
    }

    private static void awaitPort(int port) {
        long end = System.nanoTime() + STARTS_WITHIN.toNanos();
        while (true) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return;
            } catch (IOException e) {
                if (System.nanoTime() > end) {
                    throw new UncheckedIOException("nobody listens on port " + port, e);
                }
                Measured.pause(Duration.ofMillis(100));
            }
        }
    }

    /** Of a cluster at rest, and of one that is written to, so that every copy is read each time. */
    private List<Usage> collector(Sandbox sandbox, List<Long> nodes, Relay relay) {
        Measured collector = Measured.start(
                sandbox,
                "collector",
                COLLECTOR_HEAP_MB,
                relay.url(),
                Map.of("cluster.bench.interval.ms", String.valueOf(interval), "collector.full.interval.ms", "3600000"));
        collector.awaitAfter(new Measured.Count(0, 0, 0));
        Measured.pause(Duration.ofMillis((long) interval * warm));
        Usage atRest = usage(collector, nodes, relay, () -> {});
        Usage writtenTo = usage(collector, nodes, relay, () -> sandbox.http().index("bench-0000", "1", "{\"n\":1}"));
        collector.stop();
        return List.of(atRest, writtenTo);
    }

    private Usage usage(Measured collector, List<Long> nodes, Relay relay, Runnable eachInterval) {
        Measured.Count before = collector.count();
        Cost own = Cost.of(collector.pid());
        Theirs theirs = Theirs.of(nodes);
        long bytes = relay.received();
        for (int i = 0; i < times; i++) {
            eachInterval.run();
            Measured.pause(Duration.ofMillis(interval));
        }
        double used = Cost.of(collector.pid()).since(own) / times;
        Theirs usedByNodes = Theirs.of(nodes).minus(theirs).over(times);
        Measured.Count after = collector.count();
        return new Usage(
                used,
                usedByNodes,
                (double) (relay.received() - bytes) / times,
                took(before, after),
                Cost.peakMb(collector.pid()),
                "%,d copies".formatted((after.published() - before.published()) / times));
    }

    private static double took(Measured.Count before, Measured.Count after) {
        return (after.took() - before.took()) / (after.collections() - before.collections());
    }
}
