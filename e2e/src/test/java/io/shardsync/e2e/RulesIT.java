package io.shardsync.e2e;

import io.shardsync.demo.DemoSettings;
import io.shardsync.demo.Deployment;
import io.shardsync.demo.Installation;
import io.shardsync.demo.Observer;
import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.fault.Faults;
import io.shardsync.sandbox.fault.Injected;
import io.shardsync.sandbox.fault.KillNode;
import io.shardsync.sandbox.fault.ReadOnlyDataPath;
import io.shardsync.sandbox.junit.WithSandbox;
import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.Alert.Severity;
import io.shardsync.schemas.model.Alert.Status;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.RecoveryResult;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Each rule that a real cluster can be made to break, broken: it fires once, with the right cause, and resolves once.
 * Those that it can't be made to break in a test (lag, stuck copies, stalled recoveries) are provoked by records in the
 * processor's own tests; a hung node is in {@link MainJobIT}.
 */
@Tag("long")
@WithSandbox
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RulesIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String CLUSTER = "prod";

    private Sandbox sandbox;
    private Deployment deployment;
    private Observer observer;
    private Faults faults;
    private int alertsBefore;

    @BeforeAll
    void deploy(Sandbox given) {
        sandbox = given;
        Map<String, String> settings = new TreeMap<>(DemoSettings.quick(CLUSTER));
        settings.put("healing.backoff.ms", "2000");
        settings.put("alerts.balance.for.ms", "5000");
        settings.put("alerts.stale.ms", "15000");
        settings.put("alerts.master.for.ms", "2000");
        deployment = Deployment.prepare(sandbox, Installation.find(), CLUSTER, 0, settings);
        deployment.start();
        observer = new Observer(sandbox.kafka().bootstrap());
    }

    @AfterAll
    void undeploy() throws InterruptedException {
        if (observer != null) {
            observer.close();
        }
        if (deployment != null) {
            deployment.stop();
        }
    }

    @BeforeEach
    void begin() {
        faults = new Faults(sandbox);
        alertsBefore = observer.everyAlert().size();
    }

    /** Everything that the test told of has ended when it ends: one start and one end each. */
    @AfterEach
    void everyAlertHasEndedOnce() throws InterruptedException {
        faults.close();
        sandbox.http().awaitNodes(3);
        deleteIndices();
        assertThat(observer.await(PATIENCE, () -> observer.firing().isEmpty() ? Optional.of(true) : Optional.empty()))
                .as("nothing fires any more; still told: %s", observer.firing())
                .isPresent();
        Map<String, List<Alert>> told = observer.everyAlert().stream()
                .skip(alertsBefore)
                .filter(alert -> !alert.alertname().equals("Watchdog"))
                .collect(Collectors.groupingBy(Alert::fingerprint));
        told.values().forEach(RulesIT::beganOnceAndEndedOnce);
    }

    private void deleteIndices() {
        sandbox.http()
                .get("/_cluster/state/metadata?filter_path=metadata.indices.*.state")
                .path("metadata")
                .path("indices")
                .fieldNames()
                .forEachRemaining(index -> sandbox.http().delete("/" + index));
    }

    private static void beganOnceAndEndedOnce(List<Alert> records) {
        Alert last = records.get(records.size() - 1);
        Set<Instant> starts = records.stream().map(Alert::startsAt).collect(Collectors.toSet());
        assertThat(starts).as("starts of %s", last.labels()).hasSize(1);
        assertThat(records.stream().filter(alert -> alert.status() == Status.RESOLVED))
                .as("ends of %s", last.labels())
                .hasSize(1);
        assertThat(last.status()).as("%s", last.labels()).isEqualTo(Status.RESOLVED);
    }

    private Alert fires(String name, Predicate<Alert> which) throws InterruptedException {
        Optional<Alert> told = observer.await(PATIENCE, () -> observer.everyAlert().stream()
                .skip(alertsBefore)
                .filter(alert -> alert.alertname().equals(name) && alert.status() == Status.FIRING)
                .filter(which)
                .findFirst());
        assertThat(told).as("%s; firing: %s", name, observer.firing()).isPresent();
        return told.orElseThrow();
    }

    private Alert fires(String name) throws InterruptedException {
        return fires(name, alert -> true);
    }

    private void resolves(Alert alert) throws InterruptedException {
        assertThat(observer.awaitAlert(
                        PATIENCE,
                        now -> now.fingerprint().equals(alert.fingerprint()) && now.status() == Status.RESOLVED))
                .as("%s resolves", alert.labels())
                .isPresent();
    }

    private void post(String path, String body) throws IOException, InterruptedException {
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(deployment.address().resolve(path))
                                .header("content-type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
    }

    @Test
    void aLostPrimaryIsNamedWithTheNodeThatTookIt() throws InterruptedException {
        sandbox.http()
                .createIndex(
                        "t-single",
                        Map.of(
                                "number_of_shards",
                                1,
                                "number_of_replicas",
                                0,
                                "routing.allocation.require._name",
                                "n3"));
        sandbox.http().awaitHealth("green", PATIENCE);

        Injected killed = faults.apply(new KillNode("n3"));

        Alert lost = fires("NodeLost");
        assertThat(lost.labels()).containsEntry("node", "n3");
        Alert primary = fires("PrimaryUnassigned");
        assertThat(primary.labels()).containsEntry("cause", "node_left");
        assertThat(primary.severity()).isEqualTo(Severity.CRITICAL);
        assertThat(primary.affected().indices()).containsExactly("t-single");
        killed.undo();
        resolves(primary);
        resolves(lost);
    }

    @Test
    void aSwitchThatIsOffIsNamedWithItsScopeAndHealingThatIsPausedSaysSo() throws Exception {
        post("/healing/pause", "{\"cluster\":\"" + CLUSTER + "\",\"why\":\"exercise\"}");
        sandbox.http()
                .put("/_cluster/settings", "{\"persistent\":{\"cluster.routing.allocation.enable\":\"primaries\"}}");
        sandbox.http().createIndex("t-orders", 1, 1);

        Alert off = fires("AllocationSwitchedOff");
        assertThat(off.labels())
                .containsEntry("setting", "cluster.routing.allocation.enable")
                .containsEntry("scope", "persistent");
        Alert unassigned = fires("ReplicasUnassigned");
        assertThat(unassigned.labels()).containsEntry("cause", "switch_off");
        Alert held = fires("HealingHeld");
        assertThat(held.description()).contains("paused");

        post("/healing/resume", "{\"cluster\":\"" + CLUSTER + "\"}");
        resolves(unassigned);
        resolves(off);
        resolves(held);
    }

    @Test
    void attemptsThatAreUsedUpCallAPerson() throws Exception {
        sandbox.http()
                .createIndex(
                        "t-audit",
                        Map.of(
                                "number_of_shards", 1,
                                "number_of_replicas", 0,
                                "routing.allocation.include._name", "n2"));
        sandbox.http().awaitHealth("green", PATIENCE);
        Injected readOnly = faults.apply(new ReadOnlyDataPath("n1"));
        sandbox.http()
                .put(
                        "/t-audit/_settings",
                        "{\"index.number_of_replicas\":1,\"index.routing.allocation.include._name\":\"n1,n2\"}");

        Alert unassigned = fires("ReplicasUnassigned");
        assertThat(unassigned.labels()).containsEntry("cause", "allocation_failed");
        Alert exhausted = fires("HealingExhausted");
        assertThat(exhausted.severity()).isEqualTo(Severity.CRITICAL);
        assertThat(exhausted.value()).isEqualTo(3);
        // What was held, or found nothing to do, uses up no attempt and is asked for again.
        assertThat(observer.results().stream()
                        .filter(result -> result.type() == CommandType.RECOVER
                                && "allocation_failed".equals(result.command().cause()))
                        .map(RecoveryResult::status)
                        .filter(status -> !Set.of(RecoveryResult.Status.HELD, RecoveryResult.Status.NOTHING_TO_DO)
                                .contains(status)))
                .hasSize(3);

        readOnly.undo();
        post(
                "/shards/recovery",
                "{\"type\":\"RETRY_FAILED\",\"index\":\"t-audit\",\"shard\":0,\"requested_by\":\"ann\"}");
        resolves(unassigned);
        resolves(exhausted);
    }

    @Test
    void aNodeThatHoldsFarMoreThanTheOthersIsNamed() throws InterruptedException {
        sandbox.http()
                .createIndex(
                        "t-heavy",
                        Map.of(
                                "number_of_shards",
                                40,
                                "number_of_replicas",
                                0,
                                "routing.allocation.require._name",
                                "n1"));
        sandbox.http().awaitHealth("green", PATIENCE);

        Alert unbalanced = fires("NodesUnbalanced");
        assertThat(unbalanced.cause().node()).isEqualTo("n1");
        assertThat(unbalanced.severity()).isEqualTo(Severity.INFO);

        sandbox.http().delete("/t-heavy");
        resolves(unbalanced);
    }

    @Test
    void withoutAMasterEverythingElseIsUnknownAndNothingResolves() throws InterruptedException {
        sandbox.http().put("/_cluster/settings", "{\"persistent\":{\"cluster.routing.rebalance.enable\":\"none\"}}");
        Alert off = fires("AllocationSwitchedOff");

        Injected first = faults.apply(new KillNode("n1"));
        Injected second = faults.apply(new KillNode("n2"));

        Alert noMaster = fires("NoMaster");
        assertThat(noMaster.severity()).isEqualTo(Severity.CRITICAL);
        assertThat(observer.awaitAlert(
                        PATIENCE, now -> now.fingerprint().equals(off.fingerprint()) && now.status() == Status.UNKNOWN))
                .as("the switch can't be seen any more")
                .isPresent();

        second.undo();
        first.undo();
        resolves(noMaster);
        sandbox.http().put("/_cluster/settings", "{\"persistent\":{\"cluster.routing.rebalance.enable\":null}}");
        resolves(off);
    }

    @Test
    void aClusterThatDoesNotAnswerAtAllIsUnreachable() throws InterruptedException {
        List<Injected> killed = List.of("n1", "n2", "n3").stream()
                .map(node -> faults.apply(new KillNode(node)))
                .toList();

        Alert unreachable = fires("ClusterUnreachable");
        assertThat(unreachable.severity()).isEqualTo(Severity.CRITICAL);
        assertThat(unreachable.cause().code()).isEqualTo("unreachable");

        killed.parallelStream().forEach(Injected::undo);
        resolves(unreachable);
    }

    @Test
    void collectionsThatDoNotComeAreToldWhileTheClusterItselfIsWell() throws InterruptedException {
        deployment.collector().kill();

        Alert stale = fires("DataStale");
        assertThat(stale.cause().code()).isEqualTo("no_collection");

        deployment.collector().start();
        resolves(stale);
    }
}
