package io.shardsync.bench;

import io.shardsync.sandbox.ElasticsearchNode;
import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.SandboxSpec;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * The deep check beside the obvious way, which reads all ids of both copies; and what it takes from those who write.
 */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = "A real cluster and a real actuator; one shard with one replica is checked.")
final class CheckBench implements Callable<Integer> {
    @Option(names = "--documents", defaultValue = "500000", description = "Default: ${DEFAULT-VALUE}")
    private int documents;

    @Option(names = "--times", defaultValue = "3", description = "Checks, and scans. Default: ${DEFAULT-VALUE}")
    private int times;

    @Option(
            names = "--seconds",
            defaultValue = "20",
            description = "Of writing, with checks and without, each of --times times. Default: ${DEFAULT-VALUE}")
    private int seconds;

    @Option(
            names = "--rate",
            defaultValue = "10000000",
            description = "consistency.max.docs.per.second. Default: ${DEFAULT-VALUE}")
    private long rate;

    @Option(names = "--heap", defaultValue = "1536", description = "MiB of each node. Default: ${DEFAULT-VALUE}")
    private int heapMb;

    private final PrintStream out = System.out;

    @Override
    public Integer call() {
        SandboxSpec spec = SandboxSpec.defaults().withNodes(2).withNodeHeapMb(heapMb);
        try (Sandbox sandbox = Sandbox.start(spec, line -> {});
                Checker checker =
                        Checker.start(sandbox, Map.of("consistency.max.docs.per.second", String.valueOf(rate)))) {
            Bulk bulk = new Bulk(sandbox.elasticsearch().urls(), "bench");
            fill(sandbox, bulk);
            compare(sandbox, checker);
            disturb(sandbox, checker, bulk);
        }
        out.println("at the end: " + Measured.machine());
        return 0;
    }

    /** As fast as may be: the replica is copied afterwards, file by file. */
    private void fill(Sandbox sandbox, Bulk bulk) {
        sandbox.http()
                .createIndex("bench", Map.of("number_of_shards", 1, "number_of_replicas", 0, "refresh_interval", "-1"));
        long begun = System.nanoTime();
        bulk.write(documents);
        sandbox.http().post("/bench/_flush", null);
        sandbox.http().put("/bench/_settings", "{\"index.number_of_replicas\":1,\"index.refresh_interval\":\"1s\"}");
        sandbox.http().awaitHealth("green", Duration.ofMinutes(5));
        out.printf(
                "%,d documents in one shard with one replica, written and copied in %d s; %s%n",
                documents, Duration.ofNanos(System.nanoTime() - begun).toSeconds(), Measured.machine());
    }

    private void compare(Sandbox sandbox, Checker checker) {
        List<Long> nodes = sandbox.elasticsearch().nodes().stream()
                .map(ElasticsearchNode::pid)
                .toList();
        Scan scan = new Scan(sandbox, "bench", documents);
        out.println("| what | s | Elasticsearch CPU s | documents |");
        out.println("|---|---|---|---|");
        double check = 0;
        double full = 0;
        for (int i = 0; i < times; i++) {
            Cost before = Cost.of(nodes);
            Checker.Done done = checker.check("bench");
            out.printf(
                    "| check: %s | %.2f | %.2f | %,d |%n",
                    done.verdict(), done.seconds(), Cost.of(nodes).since(before), documents);
            check += done.seconds();
            before = Cost.of(nodes);
            long begun = System.nanoTime();
            long read = scan.bothCopies();
            double took = (System.nanoTime() - begun) / 1e9;
            out.printf(
                    "| scan of the ids of both copies | %.2f | %.2f | %,d |%n",
                    took, Cost.of(nodes).since(before), read);
            full += took;
        }
        out.printf("check / scan: %.4f, means of %d%n", check / full, times);
    }

    private void disturb(Sandbox sandbox, Checker checker, Bulk bulk) {
        out.println("| writing as fast as one writer can | documents a second | checks meanwhile |");
        out.println("|---|---|---|");
        bulk.during(Duration.ofSeconds(seconds));
        double alone = 0;
        double beside = 0;
        int checks = 0;
        for (int i = 0; i < times; i++) {
            // In turns, which of the two is first: the index grows, and what came later would be the slower one.
            boolean aloneFirst = i % 2 == 0;
            alone += aloneFirst ? alone(bulk) : 0;
            Checker.Series series = checker.series("bench");
            double with = bulk.during(Duration.ofSeconds(seconds));
            int done = series.stop();
            out.printf("| beside checks, one after the other | %,.0f | %d |%n", with, done);
            beside += with;
            checks += done;
            alone += aloneFirst ? 0 : alone(bulk);
        }
        out.printf(
                "throughput beside checks / alone: %.3f, means of %d, %d checks; %,d documents at the end%n",
                beside / alone,
                times,
                checks,
                sandbox.http().get("/bench/_count").path("count").asLong());
    }

    private double alone(Bulk bulk) {
        double throughput = bulk.during(Duration.ofSeconds(seconds));
        out.printf("| alone | %,.0f | 0 |%n", throughput);
        return throughput;
    }
}
