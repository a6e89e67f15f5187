package io.shardsync.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardsync.sandbox.ElasticsearchNode;
import io.shardsync.sandbox.JavaService;
import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.SandboxException;
import io.shardsync.sandbox.SandboxSpec;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/** How long after a node dies, or hangs, the topic tells what became of its copies. */
@Command(
        name = "detect",
        mixinStandardHelpOptions = true,
        description = "A real cluster whose nodes are killed and frozen in turn; the collector looks at it.")
final class DetectBench implements Callable<Integer> {
    private static final int NODES = 3;
    private static final int COLLECTOR_HEAP_MB = 96;
    private static final int PROCESSOR_HEAP_MB = 256;
    private static final int PARTITIONS = 6;
    private static final Duration SOON = Duration.ofMinutes(2);
    private static final Duration LOOK = Duration.ofMillis(20);
    private static final String INDEX = "orders";

    @Option(names = "--times", defaultValue = "9", description = "Of each kind. Default: ${DEFAULT-VALUE}")
    private int times;

    @Option(names = "--interval", defaultValue = "10000", description = "Milliseconds. Default: ${DEFAULT-VALUE}")
    private int interval;

    private final PrintStream out = System.out;

    @Override
    public Integer call() {
        try (Sandbox sandbox =
                Sandbox.start(SandboxSpec.defaults().withNodes(NODES).withBrokers(1), line -> {})) {
            sandbox.http().createIndex(INDEX, NODES, NODES - 1);
            sandbox.http().awaitHealth("green", SOON);
            Measured collector = Measured.start(
                    sandbox,
                    "detect",
                    COLLECTOR_HEAP_MB,
                    String.join(",", sandbox.elasticsearch().urls()),
                    Map.of("cluster.bench.interval.ms", String.valueOf(interval)));
            collector.awaitAfter(new Measured.Count(0, 0, 0));
            JavaService processor = Contender.PROCESSOR.service(sandbox, "detect.", PARTITIONS, 1, PROCESSOR_HEAP_MB);
            processor.start();
            try (SnapshotLog log = new SnapshotLog(sandbox.kafka().bootstrap(), "detect.");
                    SnapshotLog alerts = new SnapshotLog(sandbox.kafka().bootstrap(), "detect.", "alert.v1")) {
                out.printf("interval %d ms; %s%n", interval, Measured.machine());
                killed(sandbox, log);
                frozen(sandbox, log, alerts);
            }
            processor.stop();
            collector.stop();
            out.println("at the end: " + Measured.machine());
        }
        return 0;
    }

    private void killed(Sandbox sandbox, SnapshotLog log) {
        out.println("| killed | was master | Elasticsearch's own state, s | topic, s | topic after Elasticsearch, s |");
        out.println("|---|---|---|---|---|");
        List<Double> after = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            ElasticsearchNode victim = sandbox.elasticsearch("n" + (i % NODES + 1));
            boolean master = isMaster(sandbox, victim);
            log.skipToEnd();
            long start = System.nanoTime();
            victim.kill();
            CompletableFuture<Double> shown = CompletableFuture.supplyAsync(() -> {
                await(() -> unassigned(sandbox) > 0);
                return secondsSince(start);
            });
            log.await(SOON, copy -> copy.path("state").asText().equals("UNASSIGNED"));
            double told = secondsSince(start);
            double known = shown.join();
            after.add(told - known);
            out.printf("| %s | %s | %.2f | %.2f | %.2f |%n", victim.name(), yes(master), known, told, told - known);
            victim.start();
            sandbox.http().awaitHealth("green", SOON);
            log.await(SOON, new EveryCopyStarted());
        }
        report("topic after Elasticsearch", after);
    }

    private void frozen(Sandbox sandbox, SnapshotLog log, SnapshotLog alerts) {
        out.println("| frozen | was master | topic, s | alert, s | Elasticsearch then says | others' copies since |");
        out.println("|---|---|---|---|---|---|");
        List<Double> after = new ArrayList<>();
        List<Double> alerted = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            ElasticsearchNode victim = sandbox.elasticsearch("n" + (i % NODES + 1));
            boolean master = isMaster(sandbox, victim);
            log.skipToEnd();
            alerts.skipToEnd();
            Set<String> silent = new HashSet<>();
            Set<String> others = new HashSet<>();
            long start = System.nanoTime();
            victim.freeze();
            CompletableFuture<Double> alert = CompletableFuture.supplyAsync(() -> {
                alerts.await(SOON, record -> isUnresponsive(record, victim, "firing"));
                return secondsSince(start);
            });
            log.await(SOON, copy -> {
                boolean answered = copy.path("answered").asBoolean();
                String shard = copy.path("shard").asText();
                if (!answered && copy.path("node_name").asText().equals(victim.name())) {
                    silent.add(shard);
                } else if (answered) {
                    others.add(shard + copy.path("node_name").asText());
                }
                return silent.size() == NODES && others.size() == NODES * (NODES - 1);
            });
            double told = secondsSince(start);
            after.add(told);
            alerted.add(alert.join());
            String health = sandbox.http()
                    .get("/_cluster/health?local=true")
                    .path("status")
                    .asText();
            out.printf(
                    "| %s | %s | %.2f | %.2f | %s | %d of %d |%n",
                    victim.name(), yes(master), told, alert.join(), health, others.size(), NODES * (NODES - 1));
            victim.thaw();
            sandbox.http().awaitHealth("green", SOON);
            log.await(SOON, new EveryCopyStarted());
            alerts.await(SOON, record -> isUnresponsive(record, victim, "resolved"));
        }
        report("frozen to topic", after);
        report("frozen to NodeUnresponsive", alerted);
    }

    private static boolean isUnresponsive(JsonNode alert, ElasticsearchNode node, String status) {
        return alert != null
                && alert.path("alertname").asText().equals("NodeUnresponsive")
                && alert.path("labels").path("node").asText().equals(node.name())
                && alert.path("status").asText().equals(status);
    }

    /** True once each copy of the index was seen started and answering, in whatever order. */
    private static final class EveryCopyStarted implements Predicate<JsonNode> {
        private final Set<String> well = new HashSet<>();

        @Override
        public boolean test(JsonNode copy) {
            String id = copy.path("shard").asText() + copy.path("node_name").asText();
            if (copy.path("state").asText().equals("STARTED")
                    && copy.path("answered").asBoolean()) {
                well.add(id);
            } else {
                well.remove(id);
            }
            return well.size() == NODES * NODES;
        }
    }

    private void report(String what, List<Double> seconds) {
        List<Double> sorted = seconds.stream().sorted().toList();
        out.printf(
                "%s: median %.2f s, least %.2f s, most %.2f s of %d%n",
                what, sorted.get(sorted.size() / 2), sorted.get(0), sorted.get(sorted.size() - 1), sorted.size());
    }

    private static boolean isMaster(Sandbox sandbox, ElasticsearchNode node) {
        JsonNode state = sandbox.http().get("/_cluster/state/master_node,nodes?filter_path=master_node,nodes.*.name");
        return state.path("nodes")
                .path(state.path("master_node").asText())
                .path("name")
                .asText()
                .equals(node.name());
    }

    /** As a node that lives has it in its own state. */
    private static long unassigned(Sandbox sandbox) {
        try {
            return sandbox
                    .http()
                    .get("/_cluster/state/routing_table/" + INDEX
                            + "?local=true&filter_path=routing_table.indices.*.shards.*.state")
                    .findValuesAsText("state")
                    .stream()
                    .filter("UNASSIGNED"::equals)
                    .count();
        } catch (SandboxException notYet) {
            return 0;
        }
    }

    private static void await(Callable<Boolean> condition) {
        long end = System.nanoTime() + SOON.toNanos();
        try {
            while (!condition.call()) {
                if (System.nanoTime() > end) {
                    throw new IllegalStateException("not seen within " + SOON);
                }
                Measured.pause(LOOK);
            }
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static double secondsSince(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    private static String yes(boolean value) {
        return value ? "yes" : "no";
    }
}
