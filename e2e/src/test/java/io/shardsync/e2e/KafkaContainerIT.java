package io.shardsync.e2e;

import io.shardsync.demo.DemoSettings;
import io.shardsync.demo.Deployment;
import io.shardsync.demo.Installation;
import io.shardsync.demo.Observer;
import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.junit.WithSandbox;
import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.ReplicationStatus;
import io.shardsync.schemas.topic.Topic;
import io.shardsync.schemas.topic.Topics;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.utils.AppInfoParser;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIf;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.kafka.KafkaContainer;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import static org.assertj.core.api.Assertions.assertThat;

/** The three services on Kafka's own image, where there is an engine to run it. */
// A condition, not an assumption before all: that would start the sandbox first, and be reported as no test at all.
@EnabledIf(
        value = "anEngineAnswers",
        disabledReason = "skipped: no Docker engine answers; Debian's package is docker.io")
@WithSandbox
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KafkaContainerIT {
    private static final String CLUSTER = "demo";
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Topics TOPICS = new Topics(Topics.DEFAULT_PREFIX, "/shardsync/test");

    private KafkaContainer kafka;
    private Sandbox sandbox;
    private Deployment deployment;
    private Observer observer;

    static boolean anEngineAnswers() {
        return DockerClientFactory.instance().isDockerAvailable();
    }

    @BeforeAll
    void deploy(Sandbox given) {
        sandbox = given;
        kafka = new Image();
        kafka.start();
        Map<String, String> settings = new HashMap<>(DemoSettings.quick(CLUSTER));
        settings.put("kafka.bootstrap.servers", kafka.getBootstrapServers());
        deployment = Deployment.prepare(sandbox, Installation.find(), CLUSTER, 0, settings);
        deployment.start();
        observer = new Observer(kafka.getBootstrapServers());
        sandbox.http().createIndex("orders", Map.of("number_of_shards", 2, "number_of_replicas", 1));
    }

    @AfterAll
    void undeploy() throws InterruptedException {
        if (observer != null) {
            observer.close();
        }
        if (deployment != null) {
            deployment.stop();
        }
        if (kafka != null) {
            kafka.stop();
        }
    }

    @Test
    void theServicesCreateTheirTopicsAsTheContractSays() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.getBootstrapServers()))) {
            for (Topic<?, ?> topic : TOPICS.all()) {
                ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
                Config config =
                        admin.describeConfigs(List.of(resource)).all().get().get(resource);
                assertThat(config.get("cleanup.policy").value())
                        .as(topic.name())
                        .isEqualTo(topic.cleanup().policy());
            }
        }
    }

    @Test
    void theWayFromASnapshotToAVerifiedHealIsTheSame() throws InterruptedException {
        // Given
        assertThat(observer.await(
                        PATIENCE,
                        () -> observer.statuses().stream().anyMatch(ReplicationStatus::inSync)
                                ? Optional.of(true)
                                : Optional.empty()))
                .isPresent();
        // When
        sandbox.http()
                .createIndex(
                        "invoices",
                        Map.of(
                                "number_of_shards", 1,
                                "number_of_replicas", 1,
                                "routing.allocation.enable", "primaries"));
        // Then
        assertThat(observer.awaitResult(
                        PATIENCE,
                        result -> result.status().terminal()
                                && result.verified()
                                && "switch_off".equals(result.command().cause())))
                .isPresent();
        assertThat(observer.awaitAlert(
                        PATIENCE,
                        alert -> alert.alertname().equals("AllocationSwitchedOff")
                                && alert.status() == Alert.Status.RESOLVED))
                .isPresent();
        assertThat(new WireContract(kafka.getBootstrapServers()).breaches()).isEmpty();
    }

    /**
     * Of the version that the clients have. {@code -Dcontainers.network=host}, for an engine without a bridge: then the
     * ports are the image's own.
     */
    private static final class Image extends KafkaContainer {
        private static final boolean HOST = "host".equals(System.getProperty("containers.network"));

        Image() {
            super("apache/kafka:" + AppInfoParser.getVersion());
            if (HOST) {
                withNetworkMode("host");
                // None is mapped, and Testcontainers would wait for it.
                setExposedPorts(List.of());
            }
        }

        @Override
        public Integer getMappedPort(int port) {
            return HOST ? Integer.valueOf(port) : super.getMappedPort(port);
        }
    }
}
