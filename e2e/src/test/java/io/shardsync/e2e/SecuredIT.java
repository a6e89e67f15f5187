package io.shardsync.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.shardsync.sandbox.JavaService;
import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.SandboxSpec;
import io.shardsync.sandbox.SecurityUser;
import io.shardsync.schemas.model.ConsistencyReport;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.RecoveryResult.Status;
import io.shardsync.schemas.model.ReplicationStatus;
import io.shardsync.schemas.model.ShardKey;
import io.shardsync.schemas.model.Verdict;
import io.shardsync.schemas.topic.Json;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The three services on a broker and an Elasticsearch that have TLS and let nobody in unknown, each with the rights
 * that are shipped for it and no others. What they say is what whoever sets this up goes by, and holds no secret.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SecuredIT {
    private static final Path ROLES = Path.of("../deploy/elasticsearch/roles.yml");
    private static final Duration SOON = Duration.ofSeconds(120);
    private static final String INDEX = "orders";

    /** Of Elasticsearch: who may do what, by the roles that are shipped. */
    private static final Map<String, List<String>> ROLES_OF = Map.of(
            "collector", List.of("shardsync_collector"),
            "careful", List.of("shardsync_collector"),
            "actuator", List.of("shardsync_actuator", "shardsync_consistency"));

    private final Secrets secrets = new Secrets();
    private SecuredDeployment services;
    private Sandbox sandbox;
    private SecuredBroker broker;
    private JavaService processor;
    private JavaService actuator;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        SandboxSpec spec = SandboxSpec.defaults().withNodes(2).withBrokers(0);
        for (String user : ROLES_OF.keySet()) {
            spec = spec.withUser(
                    new SecurityUser(user, secrets.make("elasticsearch " + user), role(ROLES_OF.get(user))));
        }
        sandbox = Sandbox.start(spec);
        services = SecuredDeployment.prepare(folder, sandbox, secrets);
        broker = services.broker();
        sandbox.http().createIndex(INDEX, Map.of("number_of_shards", 1, "number_of_replicas", 1));
        for (int i = 0; i < 20; i++) {
            sandbox.http().index(INDEX, String.valueOf(i), "{\"n\":" + i + "}");
        }
        sandbox.http().awaitHealth("green", Duration.ofSeconds(60));
    }

    @AfterAll
    void stop() throws InterruptedException {
        if (sandbox != null) {
            sandbox.close();
        }
        if (broker != null) {
            broker.close();
        }
    }

    /** Several roles of the shipped file as one, as a user has them who has them all. */
    private static String role(List<String> names) throws IOException {
        JsonNode shipped = new YAMLMapper().readTree(ROLES.toFile());
        var together = new ObjectMapper().createObjectNode();
        var cluster = together.putArray("cluster");
        var indices = together.putArray("indices");
        for (String name : names) {
            assertThat(shipped.has(name)).as(name).isTrue();
            shipped.path(name).path("cluster").forEach(cluster::add);
            shipped.path(name).path("indices").forEach(indices::add);
        }
        return together.toString();
    }

    @Test
    @Order(1)
    void aCheckWithTheShippedRightsFindsNothingMissing() throws Exception {
        for (String service : List.of("collector", "processor", "actuator")) {
            Run check = services.check(service, Map.of("log.level", "INFO"));
            assertThat(check.output()).contains("rights in Kafka: all that are needed");
            if (!service.equals("processor")) {
                assertThat(check.output()).contains("privileges in prod: all that are needed");
            }
            assertThat(check.output().lines())
                    .as("nothing of anybody else's stands between its own lines")
                    .allMatch(line -> line.startsWith("ok      ") || line.startsWith("        "));
            assertThat(check.code()).as(check.output()).isZero();
        }
    }

    @Test
    @Order(2)
    void aCertificateOfItsOwnInPemServesAsWellAsAPassword() throws Exception {
        Run check = services.check("collector", services.prefixed(broker.withPem(services.collectorPem())));
        assertThat(check.output()).contains("rights in Kafka: all that are needed");
        assertThat(check.code()).as(check.output()).isZero();
    }

    @Test
    @Order(3)
    void withTheShippedRightsStatusesAreThereAndAlertsAreTold() throws Exception {
        services.start("collector", "collector", Map.of());
        processor = services.start("processor", "processor", Map.of());
        ShardKey key = new ShardKey("prod", INDEX, 0);
        await().atMost(SOON)
                .until(
                        () -> services.read(services.topics().replicationStatuses())
                                .get(key),
                        status -> status != null && status.health() == ReplicationStatus.Health.IN_SYNC);
        await().atMost(SOON).until(() -> services.read(services.topics().alerts()).values().stream()
                .anyMatch(alert -> alert.alertname().equals("Watchdog")));
    }

    @Test
    @Order(4)
    void whoMayOnlyLookDiagnosesAndSaysWhichPrivilegeWouldBeNeededForMore() throws Exception {
        // Given
        Map<String, String> careful = Map.of(
                "cluster.prod.username", "careful", "cluster.prod.password", secrets.get("elasticsearch careful"));
        actuator = services.start("actuator", "careful-actuator", careful);
        // When
        RecoveryResult compared =
                command("{\"type\":\"VERIFY_CONSISTENCY\",\"index\":\"orders\",\"reason\":\"a test\"}");
        forbid("later");
        RecoveryResult diagnosed = command("{\"type\":\"DIAGNOSE\",\"reason\":\"a test\"}");
        RecoveryResult enabled = command("{\"type\":\"ENABLE_ALLOCATION\",\"index\":\"later\",\"reason\":\"a test\"}");
        RecoveryResult again = command("{\"type\":\"DIAGNOSE\",\"reason\":\"a test\"}");
        // Then
        assertThat(diagnosed.status()).isEqualTo(Status.SUCCEEDED);
        assertThat(diagnosed.diagnosis())
                .extracting(RecoveryResult.Diagnosis::cause)
                .contains("index_allocation_off");
        assertThat(enabled.status()).isEqualTo(Status.FAILED);
        assertThat(enabled.message()).contains("indices:admin/settings/update").contains("403");
        assertThat(report().verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(Json.MAPPER.writeValueAsString(List.of(compared, report())))
                .contains("privilege")
                .containsAnyOf("indices:admin/refresh", "indices:data/read");
        assertThat(again.status()).as("the rest goes on").isEqualTo(Status.SUCCEEDED);
        await().atMost(SOON).untilAsserted(() -> assertThat(Files.readString(actuator.log()))
                .contains("index privilege indices:admin/settings/update on * is missing: no ENABLE_ALLOCATION")
                .contains("cluster privilege cluster:admin/reroute is missing: no RETRY_FAILED")
                .contains("index privilege read on * is missing: no VERIFY_CONSISTENCY"));
        Run check = services.check("actuator", careful);
        assertThat(check.output()).contains("cluster privilege cluster:admin/reroute is missing");
        assertThat(check.code()).as("it is not asked to heal").isZero();
        assertThat(services.check("actuator", healing(careful)).code()).isEqualTo(1);
        actuator.stop();
    }

    @Test
    @Order(5)
    void whoHasTheShippedRolesHealsAndProves() throws Exception {
        actuator = services.start("actuator", "actuator", Map.of());
        RecoveryResult enabled = command("{\"type\":\"ENABLE_ALLOCATION\",\"index\":\"later\",\"reason\":\"a test\"}");
        RecoveryResult compared =
                command("{\"type\":\"VERIFY_CONSISTENCY\",\"index\":\"orders\",\"reason\":\"a test\"}");
        assertThat(enabled.status()).as(enabled.message()).isEqualTo(Status.SUCCEEDED);
        assertThat(enabled.verified()).isTrue();
        assertThat(compared.status()).as(compared.message()).isEqualTo(Status.SUCCEEDED);
        assertThat(report().verdict()).as(report().toString()).isEqualTo(Verdict.CONSISTENT);
        assertThat(Files.readString(actuator.log())).doesNotContain("does not allow everything");
    }

    @Test
    @Order(6)
    void everyLineThatWasLoggedIsEcsAndThoseOfACommandBelongToItsTrace() throws Exception {
        assertThat(Files.readAllLines(actuator.log())).anySatisfy(line -> assertThat(line)
                .contains("\"message\":\"command ended")
                .contains("\"trace.id\":\"" + SecuredDeployment.TRACE.traceId() + '"'));
        for (JavaService service : List.of(actuator, processor)) {
            List<String> lines = Files.readAllLines(service.log());
            assertThat(lines).isNotEmpty();
            for (String line : lines) {
                JsonNode json = Json.MAPPER.readTree(line);
                assertThat(json.has("@timestamp") && json.has("log.level") && json.has("ecs.version"))
                        .as(line)
                        .isTrue();
                assertThat(json.path("service.name").asText()).startsWith("shardsync-");
            }
        }
    }

    @Test
    @Order(7)
    void whatIsMissingInKafkaIsNamedBeforeAnythingBegins() throws Exception {
        assertThat(services.check("collector", services.prefixed(broker.withPassword("stranger")))
                        .output())
                .contains("topic shardsync.alert.v1: Describe, DescribeConfigs\n")
                .contains("topic shardsync.cluster.snapshot.v1: Describe, DescribeConfigs, Read, Write\n")
                .contains("group shardsync.collector: Read\n")
                .contains("transactional id shardsync.collector.prod: Write\n");
        // When a single right is taken away from a service, it does not start, and says which it was. One that the
        // processor which runs needs for nothing now: without a right that it uses it would end
        services.withoutRight(
                "shardsync-processor", ResourceType.TOPIC, "shardsync.dead-letter.v1", AclOperation.WRITE, () -> {
                    Run run = services.run("processor", Map.of());
                    assertThat(run.code()).isEqualTo(1);
                    assertThat(run.output())
                            .contains("processor can't start")
                            .contains("topic shardsync.dead-letter.v1: Write\"")
                            .doesNotContain("shardsync.dead-letter.v1: Describe");
                });
    }

    @Test
    @Order(8)
    void everyTopicThatMayNotBeCreatedIsNamedAtOnce() throws Exception {
        // Given: all rights but that to create
        services.allow(
                "stranger",
                ResourceType.TOPIC,
                "others.",
                AclOperation.DESCRIBE,
                AclOperation.DESCRIBE_CONFIGS,
                AclOperation.READ,
                AclOperation.WRITE);
        services.allow("stranger", ResourceType.GROUP, "others.", AclOperation.DESCRIBE, AclOperation.READ);
        services.allow("stranger", ResourceType.TRANSACTIONAL_ID, "others.", AclOperation.DESCRIBE, AclOperation.WRITE);
        Map<String, String> settings = services.prefixed(broker.withPassword("stranger"));
        settings.put("topics.prefix", "others.");
        settings.put("topics.create", "true");
        settings.put("topics.replication.factor", "1");

        // When
        Run run = services.run("collector", settings);

        // Then
        assertThat(run.code()).isEqualTo(1);
        assertThat(services.topics().all()).allSatisfy(topic -> assertThat(run.output())
                .contains("topic " + topic.name().replaceFirst("^shardsync\\.", "others.") + ": Create"));
    }

    @Test
    @Order(9)
    void whoeverSpeaksWronglyToKafkaIsToldWhatToLookAt() throws Exception {
        String sasl = broker.withPassword("shardsync-collector").get("bootstrap.servers");
        // A client without TLS on a port that wants it hears nothing at all.
        assertThat(services.check(
                                "collector",
                                Map.of("kafka.bootstrap.servers", sasl, "kafka.security.protocol", "PLAINTEXT"))
                        .output())
                .contains("security.protocol PLAINTEXT")
                .contains("no answer")
                .contains("kafka.security.protocol: a client that speaks plaintext");
        String wrong = secrets.make("a wrong password");
        assertThat(services.check("collector", services.prefixed(broker.withPassword("shardsync-collector", wrong)))
                        .output())
                .contains("login refused");
        Map<String, String> untrusting = services.prefixed(broker.withPassword("shardsync-collector"));
        untrusting.put(
                "kafka.ssl.truststore.location",
                sandbox.elasticsearch().caFile().orElseThrow().toString());
        assertThat(services.check("collector", untrusting).output())
                .contains("TLS failed")
                .contains("kafka.ssl.truststore");
    }

    @Test
    @Order(10)
    void whoeverIsNotLetInByElasticsearchIsToldSo() throws Exception {
        String wrong = secrets.make("another wrong password");
        assertThat(services.check("collector", Map.of("cluster.prod.password", wrong))
                        .output())
                .contains("FAILED")
                .contains("401");
        String key = secrets.make("an api key");
        Map<String, String> settings =
                Map.of("cluster.prod.api.key", key, "cluster.prod.username", "", "cluster.prod.password", "");
        assertThat(services.check("collector", settings).output())
                .contains("FAILED")
                .contains("401");
        assertThat(services.check(
                                "collector",
                                Map.of(
                                        "cluster.prod.hosts",
                                        "https://elastic:" + secrets.make("in an address") + "@127.0.0.1:9200"))
                        .output())
                .contains("cluster.prod.hosts");
    }

    /** Last, when all has been said. */
    @Test
    @Order(11)
    void noSecretIsToldAnywhere() throws Exception {
        Map<String, String> told = services.everythingTold();
        assertThat(told.keySet())
                .contains(
                        "log of collector",
                        "log of processor",
                        "log of actuator",
                        "metrics of processor",
                        "arguments of collector",
                        "GET / of processor",
                        "topic shardsync.recovery.result.v1");
        assertThat(told.get("log of collector")).as("Kafka's own words").contains("security.protocol");
        assertThat(secrets.foundIn(told)).isEmpty();
        // And a test that could not fail would be none.
        assertThat(secrets.foundIn(Map.of("a leak", "x" + secrets.get("elasticsearch collector") + "y")))
                .hasSize(1);
    }

    private static Map<String, String> healing(Map<String, String> settings) {
        Map<String, String> more = new java.util.HashMap<>(settings);
        more.put("healing.mode", "act");
        return more;
    }

    /** An index whose copies nobody may allocate. */
    private void forbid(String index) {
        sandbox.http()
                .createIndex(
                        index,
                        Map.of(
                                "number_of_shards", 1,
                                "number_of_replicas", 0,
                                "routing.allocation.enable", "none"));
    }

    private RecoveryResult command(String json) throws Exception {
        String id = UUID.randomUUID().toString();
        // An index made just now is refused until the processor has heard of it.
        await().atMost(SOON)
                .untilAsserted(() ->
                        services.post("/shards/recovery", json.replaceFirst("\\{", "{\"command_id\":\"" + id + "\",")));
        return await().atMost(SOON)
                .until(
                        () -> services.read(services.topics().recoveryResults()).get(id),
                        result -> result != null && result.status().terminal());
    }

    private ConsistencyReport report() {
        return services.read(services.topics().consistencyReports()).values().stream()
                .filter(report -> report.index().equals(INDEX))
                .filter(report -> report.method() == ConsistencyReport.Method.FINGERPRINT)
                .findFirst()
                .orElseThrow();
    }
}
