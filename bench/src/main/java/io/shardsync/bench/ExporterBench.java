package io.shardsync.bench;

import io.shardsync.sandbox.ElasticsearchNode;
import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.SandboxSpec;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.io.PrintStream;
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
    private static final Duration BETWEEN_SCRAPES = Duration.ofMillis(300);
    private static final Duration SETTLING = Duration.ofMinutes(1);

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
            defaultValue = "6",
            description = "Minutes of hurry before anything is measured. Elasticsearch commits a shard once more five"
                    + " minutes after it was made, which has to be over. Default: ${DEFAULT-VALUE}")
    private int warm;

    @Option(names = "--times", defaultValue = "18", description = "Intervals of each phase. Default: ${DEFAULT-VALUE}")
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

    /**
     * Both are warm before either is measured, since a node compiles what it is asked for while it is asked: first a
     * second, hurried collector and a row of scrapes ask for everything a few hundred times.
     */
    private void measure(Sandbox sandbox, Relay forExporter, Relay forCollector) throws IOException {
        List<Long> nodes = sandbox.elasticsearch().nodes().stream()
                .map(ElasticsearchNode::pid)
                .toList();
        try (Exporter exporter = Exporter.start(program, forExporter.url())) {
            Measured collector = collector(sandbox, forCollector);
            warmUp(sandbox, nodes, exporter);
            Usage atRest = usage(collector, nodes, forCollector, () -> {});
            Usage writtenTo = usage(collector, nodes, forCollector, () -> write(sandbox));
            collector.stop();
            Theirs before = idle(nodes);
            Usage scraping = scraping(exporter, nodes, forExporter);
            Theirs after = idle(nodes);
            Theirs idle = before.plus(after).over(2);
            out.println("Elasticsearch without either, before and after the exporter: " + before + "; " + after);
            out.println("| who | own CPU s | Elasticsearch CPU s | of that answering | of that compiling | received kB"
                    + " | took s | peak MiB | sent on |");
            out.println("|---|---|---|---|---|---|---|---|---|");
            out.println(scraping.line("exporter", idle));
            out.println(atRest.line("collector, cluster at rest", idle));
            out.println(writtenTo.line("collector, one document an interval", idle));
            compare("cluster at rest", atRest, scraping, idle);
            compare("one document an interval", writtenTo, scraping, idle);
            out.println("at the end: " + Measured.machine());
        }
    }

    private void warmUp(Sandbox sandbox, List<Long> nodes, Exporter exporter) {
        Theirs cold = Theirs.of(nodes);
        exporter.scrape();
        out.println("the first scrape, of nodes that never answered one: "
                + Theirs.of(nodes).minus(cold));
        long end = System.nanoTime() + Duration.ofMinutes(warm).toNanos();
        Measured hurried = Measured.start(
                sandbox,
                "hurried",
                COLLECTOR_HEAP_MB,
                sandbox.elasticsearch().urls().get(0),
                Map.of("cluster.bench.interval.ms", "1000", "collector.poll.ms", "100"));
        int scrapes = 0;
        while (System.nanoTime() < end) {
            write(sandbox);
            exporter.scrape();
            scrapes++;
            Measured.pause(BETWEEN_SCRAPES);
        }
        out.printf(
                "warmed up by %,d scrapes and %,d collections%n",
                scrapes, hurried.count().collections());
        hurried.stop();
        Measured.pause(SETTLING);
    }

    private static void write(Sandbox sandbox) {
        sandbox.http().index("bench-0000", "1", "{\"n\":1}");
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
     * @param compiling of the JVMs' compilers
     */
    private record Theirs(double all, double answering, double compiling) {
        static Theirs of(List<Long> nodes) {
            Threads threads = Threads.of(nodes);
            return new Theirs(Cost.of(nodes).cpuSeconds(), threads.answering(), threads.compiling());
        }

        Theirs plus(Theirs other) {
            return new Theirs(all + other.all, answering + other.answering, compiling + other.compiling);
        }

        Theirs minus(Theirs other) {
            return new Theirs(all - other.all, answering - other.answering, compiling - other.compiling);
        }

        Theirs over(int times) {
            return new Theirs(all / times, answering / times, compiling / times);
        }

        @Override
        public String toString() {
            return "%.3f CPU s, of that answering %.3f, compiling %.3f".formatted(all, answering, compiling);
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
            return "| %s | %.3f | %.3f | %.3f | %.3f | %,.0f | %.2f | %d | %s |"
                    .formatted(
                            who,
                            own,
                            caused.all(),
                            caused.answering(),
                            caused.compiling(),
                            bytes / 1000,
                            took,
                            peakMb,
                            sentOn);
        }
    }

    private Usage scraping(Exporter exporter, List<Long> nodes, Relay relay) {
        Cost own = Cost.of(exporter.pid());
        Theirs theirs = Theirs.of(nodes);
        long bytes = relay.received();
        long sent = 0;
        double took = 0;
        long start = System.nanoTime();
        for (int i = 1; i <= times; i++) {
            long began = System.nanoTime();
            sent += exporter.scrape();
            took += (System.nanoTime() - began) / 1e9;
            long due = start + i * interval * 1_000_000L;
            Measured.pause(Duration.ofNanos(Math.max(0, due - System.nanoTime())));
        }
        return new Usage(
                Cost.of(exporter.pid()).since(own) / times,
                Theirs.of(nodes).minus(theirs).over(times),
                (double) (relay.received() - bytes) / times,
                took / times,
                Cost.peakMb(exporter.pid()),
                "%,d kB of metrics".formatted(sent / times / 1000));
    }

    private Measured collector(Sandbox sandbox, Relay relay) {
        Measured collector = Measured.start(
                sandbox,
                "collector",
                COLLECTOR_HEAP_MB,
                relay.url(),
                Map.of("cluster.bench.interval.ms", String.valueOf(interval), "collector.full.interval.ms", "3600000"));
        collector.awaitAfter(new Measured.Count(0, 0, 0));
        return collector;
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
