package io.shardsync.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.shardsync.sandbox.junit.WithSandbox;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

@WithSandbox
class SandboxIT {
    private static final Duration SOON = Duration.ofSeconds(60);

    private final Sandbox sandbox;

    SandboxIT(Sandbox sandbox) {
        this.sandbox = sandbox;
    }

    @BeforeEach
    void asNew() {
        sandbox.reset();
    }

    @Test
    void hasThreeNodesThatHoldCopiesOfOneAnothersShards() {
        // When
        sandbox.http().createIndex("orders", 2, 2);
        sandbox.http().awaitHealth("green", SOON);

        // Then
        JsonNode shards = sandbox.http().get("/_cat/shards/orders?format=json&h=node,state");
        assertThat(shards).hasSize(6);
        assertThat(shards.findValuesAsText("node")).contains("n1", "n2", "n3");
        for (ElasticsearchNode node : sandbox.elasticsearch().nodes()) {
            assertThat(node.shards()).isDirectoryContaining("glob:**");
            assertThat(node.home().resolve("lib")).isDirectory();
        }
    }

    @Test
    void hasABrokerThatTakesTopics() throws Exception {
        try (Admin admin =
                Admin.create(Map.of("bootstrap.servers", sandbox.kafka().bootstrap()))) {
            // When
            admin.createTopics(List.of(new NewTopic("letters", 3, (short) 1)))
                    .all()
                    .get(30, TimeUnit.SECONDS);

            // Then
            assertThat(admin.listTopics().names().get(30, TimeUnit.SECONDS)).contains("letters");
        }
    }

    @Test
    void namesTheProcessThatServesAndNotItsLauncher() {
        long told = sandbox.elasticsearch("n1").pid();

        JsonNode processes = ElasticsearchHttp.of(sandbox.elasticsearch("n1")).get("/_nodes/_local/process");

        assertThat(processes.findValue("id").asLong()).isEqualTo(told);
    }

    @Test
    void startsAKilledNodeAgainUnderItsNameAndPorts() {
        // Given
        ElasticsearchNode node = sandbox.elasticsearch("n2");
        long before = node.pid();
        String url = node.url();

        // When
        node.kill();

        // Then
        assertThat(node.isAlive()).isFalse();
        assertThat(ProcessHandle.of(before).filter(Processes::isAlive)).isEmpty();
        sandbox.http().awaitNodes(2);

        // When
        node.start();

        // Then
        sandbox.http().awaitNodes(3);
        assertThat(node.pid()).isNotEqualTo(before);
        assertThat(node.url()).isEqualTo(url);
    }

    @Test
    void freezesANodeAndThawsIt() {
        // Given
        ElasticsearchNode node = sandbox.elasticsearch("n3");
        long before = node.pid();

        // When
        node.freeze();

        // Then
        assertThat(node.isAlive()).isTrue();
        assertThat(node.isFrozen()).isTrue();

        // When
        node.thaw();

        // Then
        assertThat(ElasticsearchHttp.of(node)
                        .get("/_cluster/health")
                        .path("number_of_nodes")
                        .asInt())
                .isEqualTo(3);
        assertThat(node.pid()).isEqualTo(before);
    }

    @Test
    void isAsNewAfterAReset() throws Exception {
        // Given
        sandbox.http().createIndex("orders", 1, 1);
        sandbox.http().put("/_cluster/settings", "{\"persistent\":{\"cluster.routing.allocation.enable\":\"none\"}}");
        sandbox.elasticsearch("n3").freeze();
        try (Admin admin =
                Admin.create(Map.of("bootstrap.servers", sandbox.kafka().bootstrap()))) {
            admin.createTopics(List.of(new NewTopic("letters", 1, (short) 1)))
                    .all()
                    .get(30, TimeUnit.SECONDS);

            // When
            sandbox.reset();

            // Then
            assertThat(sandbox.http().get("/_cat/indices?format=json")).isEmpty();
            assertThat(sandbox.http().get("/_cluster/settings").path("persistent"))
                    .isEmpty();
            assertThat(sandbox.elasticsearch("n3").isFrozen()).isFalse();
            await().atMost(SOON)
                    .until(() ->
                            admin.listTopics().names().get(30, TimeUnit.SECONDS).isEmpty());
        }
    }

    @Test
    void reportsWhereItsServersAre(@TempDir Path folder) throws Exception {
        // When
        Path file = folder.resolve("deep/sandbox.json");
        SandboxReport.of(sandbox).writeTo(file);

        // Then
        JsonNode report = new ObjectMapper().readTree(file.toFile());
        assertThat(report.at("/kafka/bootstrap").asText()).matches("127\\.0\\.0\\.1:\\d+");
        assertThat(report.at("/kafka/brokers/0/id").asInt()).isEqualTo(1);
        assertThat(report.at("/kafka/brokers/0/pid").asLong())
                .isEqualTo(sandbox.kafka().broker(1).pid());
        assertThat(report.at("/elasticsearch").findValuesAsText("name")).containsExactly("n1", "n2", "n3");
        assertThat(report.at("/elasticsearch/1/url").asText())
                .isEqualTo(sandbox.elasticsearch("n2").url());
        assertThat(report.at("/elasticsearch/1/home").asText())
                .isEqualTo(sandbox.elasticsearch("n2").home().toString());
    }

    @Test
    void saysWhichNodesThereAreWhenAskedForAnother() {
        assertThatThrownBy(() -> sandbox.elasticsearch("n4"))
                .isInstanceOf(SandboxException.class)
                .hasMessage("sandbox: there is no node 'n4', there are [n1, n2, n3]");
    }

    @Test
    void writesOnWhileANodeDiesAndLosesNothingAcknowledged() {
        // Given
        sandbox.http().createIndex("orders", 2, 1);
        sandbox.http().awaitHealth("green", SOON);
        WriteLoad load = WriteLoad.start(sandbox, WriteLoadSpec.of(200, "orders"));
        try (load) {
            await().atMost(SOON).until(() -> load.acknowledged() > 200);

            // When
            sandbox.elasticsearch("n1").kill();

            // Then
            long atKill = load.acknowledged();
            await().atMost(SOON).until(() -> load.acknowledged() > atKill + 400);
        }
        sandbox.http().post("/orders/_refresh", null);
        int there = sandbox.http().get("/orders/_count").path("count").asInt();
        // What was not acknowledged may be there none the less.
        assertThat((long) there)
                .isBetween(
                        (long) load.livingIds("orders").size(),
                        load.livingIds("orders").size() + load.failed());
    }
}
