package io.shardsync.processor;

import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.Alert.Severity;
import io.shardsync.schemas.model.Alert.Status;
import io.shardsync.schemas.model.ClusterSnapshot;
import io.shardsync.schemas.model.ClusterSnapshot.Node;
import io.shardsync.schemas.model.ClusterSnapshot.Scope;
import io.shardsync.schemas.model.ClusterSnapshot.Switch;
import io.shardsync.schemas.model.ClusterSnapshot.View;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.ConsistencyReport;
import io.shardsync.schemas.model.Control;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.model.RecoveryEvent;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.ShardSnapshot;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/** Each rule is provoked through the real topology: it fires once, for the right cause, and is resolved once. */
class RulesTest {
    private static final List<String> NODES = List.of("n1", "n2", "n3");
    private static final Duration CALM = Duration.ofSeconds(20);
    private static final String ENABLE = "cluster.routing.allocation.enable";

    @TempDir
    Path stateDir;

    /** What a collector, and who else writes, would write at one moment; the harness knows which. */
    private interface Moment extends Consumer<Harness> {}

    /**
     * One way to provoke a rule.
     *
     * @param name of the case
     * @param alertname that is to fire
     * @param severity while it fires, at last
     * @param cause its cause's code
     * @param labels identity beyond name and cluster
     * @param step between two collections
     * @param wrong what is seen while something is wrong
     * @param wrongFor how long
     * @param right what is seen before and after
     * @param besides alerts that this fault rightly raises too
     * @param settings that differ
     */
    private record Case(
            String name,
            String alertname,
            Severity severity,
            String cause,
            Map<String, String> labels,
            Duration step,
            Moment wrong,
            Duration wrongFor,
            Moment right,
            Set<String> besides,
            Map<String, String> settings) {

        static Case of(String name, String alertname, Severity severity, String cause, Moment wrong) {
            return new Case(
                    name,
                    alertname,
                    severity,
                    cause,
                    Map.of(),
                    Duration.ofSeconds(1),
                    wrong,
                    Duration.ofSeconds(90),
                    RulesTest::allIsWell,
                    Set.of(),
                    Map.of());
        }

        Case labels(String... pairs) {
            Map<String, String> more = new HashMap<>();
            for (int i = 0; i < pairs.length; i += 2) {
                more.put(pairs[i], pairs[i + 1]);
            }
            return new Case(name, alertname, severity, cause, more, step, wrong, wrongFor, right, besides, settings);
        }

        Case lasting(Duration time, Duration newStep) {
            return new Case(name, alertname, severity, cause, labels, newStep, wrong, time, right, besides, settings);
        }

        Case healed(Moment newRight) {
            return new Case(
                    name, alertname, severity, cause, labels, step, wrong, wrongFor, newRight, besides, settings);
        }

        Case besides(String... alertnames) {
            return new Case(
                    name,
                    alertname,
                    severity,
                    cause,
                    labels,
                    step,
                    wrong,
                    wrongFor,
                    right,
                    Set.of(alertnames),
                    settings);
        }

        Case with(String key, String value) {
            return new Case(
                    name,
                    alertname,
                    severity,
                    cause,
                    labels,
                    step,
                    wrong,
                    wrongFor,
                    right,
                    besides,
                    Map.of(key, value));
        }

        @Override
        public String toString() {
            return alertname + ": " + name;
        }
    }

    static Stream<Case> rules() {
        return Stream.of(unassigned(), lagging(), nodes(), settings(), healing(), blind())
                .flatMap(stream -> stream);
    }

    private static Stream<Case> unassigned() {
        return Stream.of(
                captured(
                        "the node of a primary without replicas is gone",
                        "PrimaryUnassigned",
                        "node_left",
                        "primary-lost-node-left"),
                captured(
                                "the primary's node is gone, and what is left is stale",
                                "PrimaryUnassigned",
                                "node_left",
                                "replica-of-lost-primary")
                        .besides("ReplicasUnassigned"),
                captured("a node with six copies is gone", "ReplicasUnassigned", "node_left", "node-left"),
                captured("five attempts have failed", "ReplicasUnassigned", "allocation_failed", "max-retry"),
                captured(
                                "there are fewer nodes than copies",
                                "ReplicasUnassigned",
                                "new_or_restored",
                                "same-shard-too-few-nodes")
                        .lasting(Duration.ofSeconds(180), Duration.ofSeconds(1)),
                captured("the disks are full", "ReplicasUnassigned", "new_or_restored", "disk-watermark-low")
                        .lasting(Duration.ofSeconds(180), Duration.ofSeconds(1)),
                Case.of(
                                "allocation is switched off in the cluster",
                                "PrimaryUnassigned",
                                Severity.CRITICAL,
                                "switch_off",
                                harness -> {
                                    Captured.catShards("cat-shards-enable-none-primary", harness.now())
                                            .forEach(harness::shards);
                                    harness.collection(NODES, List.of(off(ENABLE, "none", Scope.PERSISTENT, null)));
                                })
                        .labels("cause", "switch_off")
                        .healed(healed("cat-shards-enable-none-primary"))
                        .besides("ReplicasUnassigned", "AllocationSwitchedOff"),
                Case.of(
                                "allocation is switched off for the index",
                                "ReplicasUnassigned",
                                Severity.WARNING,
                                "switch_off",
                                harness -> {
                                    Captured.catShards("cat-shards-index-enable-primaries", harness.now())
                                            .forEach(harness::shards);
                                    harness.collection(
                                            NODES,
                                            List.of(off(
                                                    "index.routing.allocation.enable",
                                                    "primaries",
                                                    Scope.INDEX,
                                                    "b-idx")));
                                })
                        .labels("cause", "switch_off")
                        .healed(healed("cat-shards-index-enable-primaries"))
                        .besides("AllocationSwitchedOff"),
                Case.of(
                                "for a reason of a later version",
                                "ReplicasUnassigned",
                                Severity.WARNING,
                                "other",
                                collecting(copies -> copies.unassigned("RESHARD_ADDED", false)
                                        .primary("n1", 100)))
                        .labels("cause", "other"));
    }

    private static Case captured(String name, String alertname, String cause, String capture) {
        boolean primary = alertname.equals("PrimaryUnassigned");
        return Case.of(name, alertname, primary ? Severity.CRITICAL : Severity.WARNING, cause, harness -> {
                    Captured.catShards("cat-shards-" + capture, harness.now()).forEach(harness::shards);
                    harness.collection(NODES, List.of());
                })
                .labels("cause", cause)
                .healed(healed("cat-shards-" + capture));
    }

    private static Moment healed(String capture) {
        return harness -> {
            Captured.healed(Captured.catShards(capture, harness.now()), harness.now())
                    .forEach(harness::shards);
            harness.collection(NODES, List.of());
        };
    }

    private static Stream<Case> lagging() {
        return Stream.of(
                Case.of("a slow replica", "ReplicaLagHigh", Severity.WARNING, "lagging", behind(30_000))
                        .labels("node", "n2")
                        .lasting(Duration.ofMinutes(5), Duration.ofSeconds(10)),
                Case.of("a very slow replica", "ReplicaLagHigh", Severity.CRITICAL, "lagging", behind(300_000))
                        .labels("node", "n2")
                        .lasting(Duration.ofMinutes(5), Duration.ofSeconds(10)),
                Case.of("a replica stands still", "ReplicaStuck", Severity.CRITICAL, "replica_stuck", harness -> {
                            harness.shards(Copies.of("orders", harness.now())
                                    .replica("n2", 100)
                                    .primary("n1", 100 + seconds(harness)));
                            harness.collection(NODES, List.of());
                        })
                        .labels("index", "orders", "shard", "0")
                        .lasting(Duration.ofMinutes(3), Duration.ofSeconds(5))
                        .healed(collecting(copies -> copies.replica("n2", 1_000).primary("n1", 1_000))),
                Case.of("nothing moves", "RecoveryStalled", Severity.WARNING, "recovery_stalled", harness -> {
                            harness.recovery(recovery(harness.now(), RecoveryEvent.Outcome.RUNNING, 150_000));
                            harness.shards(Copies.of("orders", harness.now())
                                    .initializing("n2")
                                    .primary("n1", 100));
                            harness.collection(NODES, List.of());
                        })
                        .labels("index", "orders", "shard", "0")
                        .healed(harness -> {
                            harness.recovery(recovery(harness.now(), RecoveryEvent.Outcome.DONE, 0));
                            allIsWell(harness);
                        }),
                Case.of(
                                "two attempts have failed, and there will be a third",
                                "RecoveryFailed",
                                Severity.WARNING,
                                "recovery_failed",
                                collecting(copies -> copies.unassigned("ALLOCATION_FAILED", 2)
                                        .primary("n1", 100)))
                        .lasting(Duration.ofSeconds(25), Duration.ofSeconds(1)),
                Case.of(
                                "a deep check found three documents missing",
                                "CopiesDiverge",
                                Severity.CRITICAL,
                                "replica_diverged",
                                reporting(harness -> Reports.lacking("orders", harness.now())))
                        .labels("index", "orders", "shard", "0")
                        .healed(reporting(harness -> Reports.consistent("orders", harness.now()))));
    }

    /** A replica on n2 whose primary takes this many operations more each second. */
    private static Moment behind(long each) {
        return harness -> {
            long seconds = seconds(harness);
            harness.shards(Copies.of("orders", harness.now())
                    .replica("n2", 100 + seconds)
                    .primary("n1", 100 + each * seconds));
            harness.collection(NODES, List.of());
        };
    }

    private static Moment reporting(Function<Harness, ConsistencyReport> report) {
        return harness -> {
            allIsWell(harness);
            harness.report(report.apply(harness));
        };
    }

    private static Stream<Case> nodes() {
        return Stream.of(
                Case.of(
                                "it left",
                                "NodeLost",
                                Severity.WARNING,
                                "node_left",
                                harness -> harness.collection(List.of("n1", "n3"), List.of()))
                        .labels("node", "n2"),
                Case.of(
                                "it hangs, for seconds",
                                "NodeUnresponsive",
                                Severity.WARNING,
                                "node_unresponsive",
                                harness -> harness.collection(withSilent(harness, "n2")))
                        .labels("node", "n2")
                        .lasting(Duration.ofSeconds(6), Duration.ofSeconds(1)),
                Case.of(
                                "it hangs, for longer",
                                "NodeUnresponsive",
                                Severity.CRITICAL,
                                "node_unresponsive",
                                harness -> harness.collection(withSilent(harness, "n2")))
                        .labels("node", "n2")
                        .lasting(Duration.ofSeconds(30), Duration.ofSeconds(1)),
                Case.of(
                        "none is elected",
                        "NoMaster",
                        Severity.CRITICAL,
                        "no_master",
                        harness -> harness.noMaster(NODES)),
                Case.of(
                        "nobody confirms what a node says",
                        "NoMaster",
                        Severity.CRITICAL,
                        "stale_view",
                        harness -> harness.collection(withView(harness, View.STALE))),
                Case.of(
                                "one holds nearly all",
                                "NodesUnbalanced",
                                Severity.INFO,
                                "unbalanced",
                                harness -> harness.collection(withNodes(
                                        harness,
                                        List.of(node("n1", true, 400), node("n2", true, 10), node("n3", true, 10)))))
                        .lasting(Duration.ofSeconds(120), Duration.ofSeconds(1)));
    }

    private static Stream<Case> settings() {
        return Stream.of(
                switched("none may be allocated", off(ENABLE, "none", Scope.PERSISTENT, null))
                        .labels("setting", ENABLE, "scope", "persistent"),
                switched("none may be moved", off("cluster.routing.rebalance.enable", "none", Scope.TRANSIENT, null))
                        .labels("setting", "cluster.routing.rebalance.enable", "scope", "transient"),
                switched(
                                "a node is left out",
                                off("cluster.routing.allocation.exclude._name", "n2", Scope.PERSISTENT, null))
                        .labels("setting", "cluster.routing.allocation.exclude._name", "scope", "persistent"),
                Case.of(
                                "none of an index may be allocated",
                                "AllocationSwitchedOff",
                                Severity.WARNING,
                                "index_allocation_off",
                                harness -> harness.collection(
                                        NODES,
                                        List.of(off("index.routing.allocation.enable", "none", Scope.INDEX, "orders"))))
                        .labels("setting", "index.routing.allocation.enable", "scope", "index", "index", "orders"));
    }

    private static Case switched(String name, Switch off) {
        return Case.of(
                name,
                "AllocationSwitchedOff",
                Severity.WARNING,
                "cluster_allocation_off",
                harness -> harness.collection(NODES, List.of(off)));
    }

    private static Stream<Case> healing() {
        return Stream.of(
                Case.of("by a person", "HealingHeld", Severity.WARNING, "node_left", harness -> {
                            harness.control(
                                    "*/pause",
                                    new Control(
                                            Control.Kind.PAUSE, "*", null, Copies.START, null, "anna", "storage work"));
                            collecting(copies -> copies.unassigned("NODE_LEFT", false)
                                            .primary("n1", 100))
                                    .accept(harness);
                        })
                        .labels("cause", "node_left")
                        .with("healing.mode", "act")
                        .besides("ReplicasUnassigned"),
                Case.of(
                                "three attempts have failed",
                                "HealingExhausted",
                                Severity.CRITICAL,
                                "allocation_failed",
                                harness -> {
                                    collecting(copies -> copies.exhausted().primary("n1", 100))
                                            .accept(harness);
                                    List<RecoveryCommand> commands = harness.commands();
                                    if (!commands.isEmpty()) {
                                        RecoveryCommand newest = commands.get(commands.size() - 1);
                                        if (newest.type() == CommandType.RECOVER) {
                                            harness.result(failed(newest, harness.now()));
                                        }
                                    }
                                })
                        .labels("cause", "allocation_failed")
                        .lasting(Duration.ofMinutes(15), Duration.ofSeconds(5))
                        .with("healing.mode", "act")
                        .besides("ReplicasUnassigned"));
    }

    private static Stream<Case> blind() {
        return Stream.of(
                Case.of(
                        "nobody answers",
                        "ClusterUnreachable",
                        Severity.CRITICAL,
                        "unreachable",
                        harness -> harness.unreachable()),
                Case.of("no collection comes", "DataStale", Severity.CRITICAL, "no_collection", harness -> {}));
    }

    @ParameterizedTest
    @MethodSource("rules")
    void firesOnceForTheRightCauseAndIsResolvedOnce(Case rule) {
        Map<String, String> settings = new HashMap<>(
                Map.of("healing.mode", "off", "alerts.switch.for.ms", "60000", "alerts.balance.for.ms", "60000"));
        settings.putAll(rule.settings());
        try (Harness harness = new Harness(stateDir, settings)) {
            // Given
            during(CALM, rule.step(), rule.right(), harness);
            assertThat(harness.alerts()).isEmpty();
            // When
            during(rule.wrongFor(), rule.step(), rule.wrong(), harness);
            // Then
            List<Alert> told = harness.alerts(rule.alertname());
            assertThat(told).as("told, among %s", names(harness)).isNotEmpty();
            Alert firing = told.get(told.size() - 1);
            assertThat(transitions(told)).containsExactly(Status.FIRING);
            assertThat(firing.severity()).isEqualTo(rule.severity());
            assertThat(firing.cause().code()).isEqualTo(rule.cause());
            Map<String, String> identity = new HashMap<>(rule.labels());
            identity.put("alertname", rule.alertname());
            identity.put("cluster", "prod");
            assertThat(firing.labels()).containsExactlyInAnyOrderEntriesOf(identity);
            assertThat(firing.summary()).isNotBlank();
            assertThat(firing.suggestedAction()).isNotBlank();
            assertThat(Files.exists(Path.of("..").resolve(firing.runbookUrl()))).isTrue();
            // When
            during(Duration.ofMinutes(2), rule.step(), rule.right(), harness);
            // Then
            told = harness.alerts(rule.alertname());
            assertThat(transitions(told)).containsExactly(Status.FIRING, Status.RESOLVED);
            assertThat(told.stream().map(Alert::fingerprint).distinct()).hasSize(1);
            assertThat(told).extracting(Alert::occurrences).containsOnly(1);
            Set<String> expected = new TreeSet<>(rule.besides());
            expected.add(rule.alertname());
            assertThat(names(harness)).isEqualTo(expected);
            assertThat(open(harness)).isEmpty();
        }
    }

    @Test
    void everyAlertThatHasARunbookIsProvokedHereButTheWatchdog() throws Exception {
        Set<String> provoked = new TreeSet<>();
        rules().forEach(rule -> provoked.add(rule.alertname() + ".md"));
        provoked.add("Watchdog.md");
        try (Stream<Path> runbooks = Files.list(Path.of("../docs/runbooks"))) {
            assertThat(runbooks.map(page -> page.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(provoked);
        }
    }

    @Test
    void theWatchdogFiresFromTheBeginningWhateverHappensAndNeverEnds() {
        try (Harness harness = new Harness(stateDir, Map.of())) {
            during(Duration.ofMinutes(3), Duration.ofSeconds(1), one -> {}, harness);
            assertThat(harness.watchdogs())
                    .hasSizeGreaterThanOrEqualTo(3)
                    .extracting(Alert::status)
                    .containsOnly(Status.FIRING);
        }
    }

    private static void during(Duration time, Duration step, Moment moment, Harness harness) {
        for (long i = 0; i < time.dividedBy(step); i++) {
            moment.accept(harness);
            harness.pass(step);
        }
    }

    private static void allIsWell(Harness harness) {
        collecting(copies -> copies.replica("n2", 100).primary("n1", 100)).accept(harness);
    }

    private static Moment collecting(Function<Copies, List<ShardSnapshot>> group) {
        return harness -> {
            harness.shards(group.apply(Copies.of("orders", harness.now())));
            harness.collection(NODES, List.of());
        };
    }

    private static long seconds(Harness harness) {
        return Duration.between(Copies.START, harness.now()).toSeconds();
    }

    private static Switch off(String setting, String value, Scope scope, String index) {
        return new Switch(setting, value, scope, index);
    }

    private static Node node(String name, boolean answered, int shards) {
        return new Node("id-" + name, "e", name, List.of("data"), answered, null, null, shards, 1L, null);
    }

    private static ClusterSnapshot withSilent(Harness harness, String silent) {
        return withNodes(
                harness,
                NODES.stream().map(name -> node(name, !name.equals(silent), 4)).toList());
    }

    private static ClusterSnapshot withNodes(Harness harness, List<Node> nodes) {
        return snapshot(harness, View.MASTER, nodes);
    }

    private static ClusterSnapshot withView(Harness harness, View view) {
        return snapshot(
                harness, view, NODES.stream().map(name -> node(name, true, 4)).toList());
    }

    private static ClusterSnapshot snapshot(Harness harness, View view, List<Node> nodes) {
        return Altered.collection(Harness.collectionAt(harness.now(), NODES), "view", view, "nodes", nodes);
    }

    private static RecoveryEvent recovery(Instant at, RecoveryEvent.Outcome outcome, long stalledMs) {
        return new RecoveryEvent(
                "alloc-orders-n2",
                "prod",
                "orders",
                "uuid-orders",
                0,
                at.toEpochMilli(),
                "PEER",
                "INDEX",
                false,
                "n1",
                "n2",
                at.minusMillis(stalledMs),
                at,
                new RecoveryEvent.Amount(13_243_641, 0, 2_191_447),
                new RecoveryEvent.Amount(10, 0, 8),
                new RecoveryEvent.Operations(null, 0),
                16.5,
                0L,
                null,
                0,
                RecoveryEvent.Mode.FILE_BASED,
                stalledMs,
                outcome);
    }

    private static RecoveryResult failed(RecoveryCommand command, Instant at) {
        return Harness.ended(command, RecoveryResult.Status.FAILED, at, "it did not help");
    }

    private static List<Status> transitions(List<Alert> told) {
        List<Status> all = new ArrayList<>();
        for (Alert alert : told) {
            if (all.isEmpty() || all.get(all.size() - 1) != alert.status()) {
                all.add(alert.status());
            }
        }
        return all;
    }

    private static Set<String> names(Harness harness) {
        Set<String> names = new TreeSet<>();
        harness.alerts().forEach(alert -> names.add(alert.alertname()));
        return names;
    }

    private static List<String> open(Harness harness) {
        Map<String, Alert> newest = new HashMap<>();
        harness.alerts().forEach(alert -> newest.put(alert.fingerprint(), alert));
        return newest.values().stream()
                .filter(alert -> alert.status() != Status.RESOLVED)
                .map(Alert::alertname)
                .toList();
    }
}
