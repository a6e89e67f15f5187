package io.shardsync.bench;

import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.SandboxSpec;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** How time, CPU and memory of a real collector process grow with the cluster, which a server plays. */
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        description = "A real collector and a real Kafka; the cluster is played, at several sizes.")
final class ReplayBench implements Callable<Integer> {
    @Option(
            names = "--copies",
            split = ",",
            defaultValue = "3000,30000,100000",
            description = "Sizes. Default: ${DEFAULT-VALUE}")
    private List<Integer> sizes;

    @Option(
            names = "--collections",
            defaultValue = "6",
            description = "Collections of each kind to average. Default: ${DEFAULT-VALUE}")
    private int collections;

    @Option(names = "--interval", defaultValue = "5000", description = "Milliseconds. Default: ${DEFAULT-VALUE}")
    private int interval;

    @Option(names = "--heap", defaultValue = "192", description = "Collector's heap in MiB. Default: ${DEFAULT-VALUE}")
    private int heapMb;

    @Option(
            names = "--both-compilers",
            description =
                    "A collector with SHARDSYNC_JAVA_OPTS='-XX:TieredStopAtLevel=4 -XX:CompileThresholdScaling=1'.")
    private boolean bothCompilers;

    @Option(
            names = "--capture",
            defaultValue = "collector/src/test/resources/captures/cluster-state-routing-2934-copies.json.gz",
            description = "Below shardsync.home. Default: ${DEFAULT-VALUE}")
    private String capture;

    private final PrintStream out = System.out;

    @Override
    public Integer call() {
        out.println(
                "collector: -Xmx" + heapMb + "m -XX:+UseSerialGC; interval " + interval + " ms; " + Measured.machine());
        out.println(
                "| copies | collection | took s | CPU s | copies published | received kB | resident MiB | peak MiB |");
        out.println("|---|---|---|---|---|---|---|---|");
        try (Sandbox sandbox =
                Sandbox.start(SandboxSpec.defaults().withNodes(0).withBrokers(1).withBrokerHeapMb(512), line -> {})) {
            for (int size : sizes) {
                measure(sandbox, size);
            }
        }
        out.println("at the end: " + Measured.machine());
        return 0;
    }

    private void measure(Sandbox sandbox, int size) {
        Path home = Path.of(System.getProperty("shardsync.home", "."));
        ScaledCluster cluster = new ScaledCluster(home.resolve(capture), size);
        try (ReplayServer server = new ReplayServer(cluster)) {
            Measured collector = Measured.start(
                    sandbox,
                    "c" + size,
                    heapMb,
                    bothCompilers ? List.of("-XX:TieredStopAtLevel=4", "-XX:CompileThresholdScaling=1") : List.of(),
                    server.url(),
                    Map.of(
                            "cluster.bench.interval.ms",
                            String.valueOf(interval),
                            "collector.full.interval.ms",
                            "3600000"));
            Run run = new Run(cluster.copies(), collector, server);
            run.phase("the first, full", 1, () -> {});
            run.phase("warming up", collections, () -> {});
            run.phase("nothing changed", collections, () -> {});
            server.resting(true);
            run.phase("nothing written", collections, () -> {});
            server.resting(false);
            long[] version = {1};
            run.phase("new cluster state", collections, () -> server.change(++version[0]));
            server.writing(true);
            run.phase("every shard written to", collections, () -> {});
            collector.stop();
        }
    }

    private final class Run {
        private final int copies;
        private final Measured collector;
        private final ReplayServer server;
        private Measured.Count count = new Measured.Count(0, 0, 0);
        private Cost cost = new Cost(0);
        private long bytes;

        Run(int copies, Measured collector, ReplayServer server) {
            this.copies = copies;
            this.collector = collector;
            this.server = server;
        }

        void phase(String name, int times, Runnable before) {
            Measured.Count last = count;
            Cost.forgetPeak(collector.pid());
            for (int i = 0; i < times; i++) {
                before.run();
                last = collector.awaitAfter(last);
            }
            Cost now = Cost.of(collector.pid());
            long done = last.collections() - count.collections();
            out.printf(
                    "| %,d | %s | %.2f | %.2f | %,d | %,d | %,d | %,d |%n",
                    copies,
                    name,
                    (last.took() - count.took()) / done,
                    now.since(cost) / done,
                    (last.published() - count.published()) / done,
                    (server.bytes() - bytes) / done / 1000,
                    Cost.residentMb(collector.pid()),
                    Cost.peakMb(collector.pid()));
            count = last;
            cost = now;
            bytes = server.bytes();
        }
    }
}
