package io.shardsync.e2e;

import io.shardsync.demo.DemoSettings;
import io.shardsync.demo.Deployment;
import io.shardsync.demo.Installation;
import io.shardsync.demo.Observer;
import io.shardsync.demo.Story;
import io.shardsync.demo.Telling;
import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.WriteLoad;
import io.shardsync.sandbox.WriteLoadSpec;
import io.shardsync.sandbox.fault.Faults;
import io.shardsync.sandbox.fault.FreezeNode;
import io.shardsync.sandbox.junit.WithSandbox;
import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.ReplicationStatus;
import io.shardsync.schemas.model.ReplicationStatus.Health;
import io.shardsync.schemas.model.ReplicationStatus.ReplicaState;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Real Elasticsearch, real Kafka, the three services as processes: the whole way from a write to a verified recovery.
 */
@WithSandbox
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MainJobIT {
    private static final String CLUSTER = "demo";
    private static final int HEAVY = 2_000;

    private Sandbox sandbox;
    private Deployment deployment;
    private Observer observer;
    private Prometheus prometheus;

    @BeforeAll
    void deploy(Sandbox given, @TempDir Path temporary) throws IOException {
        sandbox = given;
        Map<String, String> settings = new HashMap<>(DemoSettings.quick(CLUSTER));
        // Whether anybody listens is no matter to what is judged.
        settings.put(
                "alerts.webhook.urls",
                "http://127.0.0.1:" + Sandbox.freePorts(1).get(0));
        deployment = Deployment.prepare(sandbox, Installation.find(), CLUSTER, 0, settings);
        deployment.start();
        if (Prometheus.isInstalled()) {
            prometheus = new Prometheus(temporary, deployment);
            prometheus.awaitAllScraped();
        }
        observer = new Observer(sandbox.kafka().bootstrap());
        Story.createIndices(sandbox);
    }

    @AfterAll
    void undeploy() throws InterruptedException {
        if (observer != null) {
            observer.close();
        }
        if (prometheus != null) {
            prometheus.close();
        }
        if (deployment != null) {
            deployment.stop();
        }
    }

    @Test
    @Order(1)
    void aHealthyClusterUnderLoadRaisesNoAlertAndNoCopyLags() throws InterruptedException {
        noFalseAlarmFor(Duration.ofMinutes(1));
    }

    @Test
    @Order(2)
    @Tag("long")
    void nothingIsAlarmingForThreeMinutesEither() throws InterruptedException {
        noFalseAlarmFor(Duration.ofMinutes(3));
    }

    @Test
    @Order(2)
    void untilThenNoRuleOfPrometheusHasFired() throws Exception {
        assumePrometheus();
        assertThat(prometheus.fired()).isEmpty();
        assertThat(prometheus.complaints()).isEmpty();
    }

    @Test
    @Order(3)
    void faultsAreSeenNamedHealedAndVerified() throws InterruptedException {
        Telling telling = new Telling(System.out);
        boolean complete = new Story(sandbox, observer, telling).play();
        assertThat(complete).as("every step of the story was observed").isTrue();
    }

    @Test
    @Order(4)
    void aHungNodeIsToldWhileElasticsearchStillSaysGreenAndNothingIsHealedMeanwhile() throws InterruptedException {
        // Given
        int commandsBefore = observer.commands().size();
        try (Faults faults = new Faults(sandbox)) {
            // When
            faults.apply(new FreezeNode("n2"));
            // Then
            Optional<Alert> told = observer.awaitAlert(
                    Duration.ofSeconds(60),
                    alert -> alert.alertname().equals("NodeUnresponsive") && alert.status() == Alert.Status.FIRING);
            assertThat(told).isPresent();
            assertThat(told.orElseThrow().labels()).containsEntry("node", "n2");
            assertThat(sandbox.http()
                            .get("/_cluster/health?local=true")
                            .path("status")
                            .asText())
                    .as("what Elasticsearch itself says")
                    .isEqualTo("green");
            assertThat(observer.commands()).hasSize(commandsBefore);
        }
        Optional<Alert> resolved = observer.awaitAlert(
                Duration.ofSeconds(90),
                alert -> alert.alertname().equals("NodeUnresponsive") && alert.status() == Alert.Status.RESOLVED);
        assertThat(resolved).isPresent();
    }

    @Test
    @Order(5)
    void theRulesOfPrometheusHaveFiredAndEveryPanelOfTheDashboardShowsSomething() throws Exception {
        assumePrometheus();
        assertThat(prometheus.fired()).contains("ShardSyncClusterWarning");
        assertThat(prometheus.emptyPanels(CLUSTER)).isEmpty();
    }

    @Test
    @Order(6)
    void everyRecordOnEveryTopicIsWhatTheContractSays() {
        WireContract contract = new WireContract(sandbox.kafka().bootstrap());
        assertThat(contract.breaches()).isEmpty();
        System.out.println(contract.sizes());
    }

    private void assumePrometheus() {
        assumeTrue(prometheus != null, "skipped: no prometheus; Debian's package prometheus brings it");
    }

    private void noFalseAlarmFor(Duration time) throws InterruptedException {
        // Given
        sandbox.http().createIndex("busy", Map.of("number_of_shards", 2, "number_of_replicas", 2));
        sandbox.http().awaitHealth("green", Duration.ofMinutes(1));
        int alertsBefore = observer.everyAlert().size();
        // When
        long acknowledged;
        try (WriteLoad load = WriteLoad.start(sandbox, WriteLoadSpec.of(HEAVY, "busy"))) {
            observer.await(time, () -> firstFalseAlarm(alertsBefore));
            acknowledged = load.acknowledged();
        }
        // Then
        assertThat(firstFalseAlarm(alertsBefore)).isEmpty();
        assertThat(acknowledged).as("operations written").isGreaterThan(time.toSeconds() * HEAVY / 4);
        List<ReplicationStatus> ofBusy = observer.everyStatus().stream()
                .filter(status -> status.index().equals("busy"))
                .toList();
        assertThat(ofBusy).as("statuses seen").hasSizeGreaterThan((int) time.toSeconds() / 4);
        assertThat(ofBusy)
                .as("in flight is told from lag: operations are under way, and none of them counts as lag")
                .anyMatch(status -> status.syncLagOps() != null && status.syncLagOps() > 0);
        sandbox.http().delete("/busy");
    }

    private Optional<Object> firstFalseAlarm(int alertsBefore) {
        Optional<Object> alarm = observer.everyAlert().stream()
                .skip(alertsBefore)
                .filter(alert -> !alert.alertname().equals("Watchdog"))
                .map(alert -> (Object) alert)
                .findFirst();
        return alarm.or(() -> observer.everyStatus().stream()
                .filter(status -> status.health() == Health.LAGGING
                        || status.replicas().stream().anyMatch(replica -> replica.state() == ReplicaState.LAGGING))
                .map(status -> (Object) status)
                .findFirst());
    }
}
