package io.shardsync.collector;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.SandboxSpec;
import io.shardsync.sandbox.SecurityUser;
import io.shardsync.sandbox.junit.WithSandbox;
import io.shardsync.schemas.model.ClusterSnapshot;
import io.shardsync.schemas.model.CopyState;
import io.shardsync.schemas.model.RecoveryEvent;
import io.shardsync.schemas.model.ShardSnapshot;
import io.shardsync.schemas.topic.Topics;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

/** What the collector says when it can't see, and how it sees again. */
@WithSandbox
class BlindIT {
    /** What the documentation asks for. */
    private static final String ROLE = "{\"cluster\":[\"monitor\"],\"indices\":[{\"names\":[\"*\"],"
            + "\"privileges\":[\"monitor\"],\"allow_restricted_indices\":true}]}";

    private static final SecurityUser COLLECTOR = new SecurityUser("collector", "see-everything", ROLE);
    private static final SecurityUser NOBODY = new SecurityUser("nobody", "see-nothing", "{\"cluster\":[]}");

    /** Another cluster, with security on and TLS. */
    private static Sandbox secured;

    private final Sandbox sandbox;
    private final Instances instances;
    private Log log;
    private Front front;

    BlindIT(Sandbox sandbox) {
        this.sandbox = sandbox;
        this.instances = new Instances(sandbox);
    }

    @BeforeAll
    static void startAnother() {
        secured = Sandbox.start(SandboxSpec.defaults()
                .withNodes(1)
                .withBrokers(0)
                .withUser(COLLECTOR)
                .withUser(NOBODY));
        secured.http().createIndex("orders", 2, 0);
        secured.http().awaitHealth("green", Duration.ofSeconds(60));
    }

    @AfterAll
    static void stopTheOther() {
        secured.close();
    }

    @BeforeEach
    void begin() {
        sandbox.reset();
        sandbox.http().createIndex("orders", 1, 1);
        sandbox.http().awaitHealth("green", Duration.ofSeconds(60));
        log = new Log(sandbox.kafka().bootstrap(), new Topics(Topics.DEFAULT_PREFIX, "/test"));
        front = new Front(sandbox.elasticsearch().urls().get(0));
    }

    @AfterEach
    void end() {
        instances.close();
        log.close();
        front.close();
    }

    private static ConditionFactory soon() {
        return Awaitility.await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(50));
    }

    private ClusterSnapshot newest() {
        List<ClusterSnapshot> all = log.readOn().clusters();
        return all.isEmpty() ? null : all.get(all.size() - 1);
    }

    private ClusterSnapshot awaitGood(long after) {
        return soon().until(
                        this::newest,
                        snapshot -> snapshot != null
                                && snapshot.reachable()
                                && snapshot.view() == ClusterSnapshot.View.MASTER
                                && snapshot.snapshotId() > after);
    }

    private ClusterSnapshot awaitError(String code) {
        return soon().until(
                        this::newest,
                        snapshot -> snapshot != null
                                && snapshot.error() != null
                                && snapshot.error().code().equals(code));
    }

    /** Failures since, in their order. */
    private List<ClusterSnapshot> failuresAfter(long snapshotId) {
        return log.readOn().clusters().stream()
                .filter(snapshot -> snapshot.snapshotId() > snapshotId && !snapshot.reachable())
                .toList();
    }

    private record Fault(String code, String text, Front.Behaviour behaviour) {}

    private static Fault fault(String code, String text, Front.Behaviour behaviour) {
        return new Fault(code, text, behaviour);
    }

    private static Stream<Fault> faults() {
        return Stream.of(
                fault(
                        "too_many_requests",
                        "Data too large",
                        answer -> answer.elasticsearch(
                                429,
                                "{\"error\":{\"root_cause\":[],\"type\":\"circuit_breaking_exception\",\"reason\":"
                                        + "\"[parent] Data too large, data for [<http_request>] would be larger than"
                                        + " the limit\",\"durability\":\"TRANSIENT\"},\"status\":429}")),
                fault(
                        "not_elasticsearch",
                        "is there a proxy",
                        answer -> answer.page(502, "<html><h1>502 Bad Gateway</h1></html>")),
                fault("not_elasticsearch", "is there a proxy", answer -> answer.page(200, "<html>Log in</html>")),
                fault("not_elasticsearch", "not JSON", answer -> answer.elasticsearch(200, "shards all fine")),
                fault("truncated", "broke off", Front.Answer::half),
                fault(
                        "truncated",
                        "broke off",
                        answer -> answer.elasticsearch(200, "{\"cluster_uuid\":\"u\",\"version\":1")),
                fault("unreachable", "connection lost", answer -> answer.exchange()
                        .close()),
                fault(
                        "server_error",
                        "shutting down",
                        answer -> answer.elasticsearch(
                                503,
                                "{\"error\":{\"type\":\"node_closed_exception\",\"reason\":\"node shutting down\"}}")));
    }

    /** One collector meets them all, one after the other. */
    @TestFactory
    Stream<DynamicTest> saysWhatIsWrongAndNothingOfTheCopiesAndThenEverythingAnew() {
        instances.start("c1", "cluster.prod.hosts", front.url());
        return faults().map(fault -> dynamicTest(fault.code() + ": " + fault.text(), () -> saysWhatIsWrong(fault)));
    }

    private void saysWhatIsWrong(Fault fault) {
        // Given
        front.passOn();
        long before = awaitGood(0).snapshotId();

        // When
        front.now(fault.behaviour());

        // Then
        ClusterSnapshot failed = awaitError(fault.code());
        assertThat(failed.error().text()).contains(fault.text()).contains(front.url());
        assertThat(failed.view()).isNull();
        assertThat(failed.nodes()).isEmpty();
        assertThat(failed.clusterUuid()).isNotNull();
        soon().until(() -> failuresAfter(before).size() >= 3);
        long last = failuresAfter(before).get(2).snapshotId();
        assertThat(log.copies())
                .noneMatch(copy -> copy.snapshotId() >= failed.snapshotId() && copy.snapshotId() <= last);

        // When
        front.passOn();

        // Then
        awaitGood(last);
        ClusterSnapshot first = log.clusters().stream()
                .filter(snapshot -> snapshot.snapshotId() > last && snapshot.reachable())
                .findFirst()
                .orElseThrow();
        assertThat(first.full()).isTrue();
        soon().until(() -> log.readOn().copies().stream()
                        .filter(copy -> copy.index().equals("orders") && copy.snapshotId() == first.snapshotId())
                        .count()
                == 2);
    }

    @Test
    void asksLessAndLessOftenAsLongAsItIsRefused() {
        instances.start("c1", "cluster.prod.hosts", front.url(), "cluster.prod.interval.ms", "4000");
        long before = awaitGood(0).snapshotId();

        front.now(answer -> answer.page(503, "<html>maintenance</html>"));

        soon().until(() -> failuresAfter(before).size() >= 6);
        List<ClusterSnapshot> failures = failuresAfter(before);
        assertThat(between(failures.get(4), failures.get(5))).isGreaterThan(between(failures.get(0), failures.get(1)));
    }

    private static Duration between(ClusterSnapshot earlier, ClusterSnapshot later) {
        return Duration.between(earlier.completedAt(), later.startedAt());
    }

    @Test
    void asksAnotherHostBeforeItComplains() {
        String direct = sandbox.elasticsearch().urls().get(1);
        instances.start("c1", "cluster.prod.hosts", front.url() + "," + direct);
        long before = awaitGood(0).snapshotId();

        front.now(answer -> answer.page(502, "<html>502 Bad Gateway</html>"));

        awaitGood(awaitGood(awaitGood(before).snapshotId()).snapshotId());
        assertThat(failuresAfter(before)).isEmpty();
    }

    @Test
    void neverTakesAnotherClusterForItsOwn() {
        // Given a cluster that was seen, and another one behind its address by the time another instance starts
        Collector first = instances.start("c1");
        String own = awaitGood(0).clusterUuid();
        instances.stop(first);
        long before = newest().snapshotId();

        // When
        instances.start("c2", secured(COLLECTOR.name(), COLLECTOR.password()));

        // Then
        ClusterSnapshot refused = awaitError("wrong_cluster");
        String other = secured.http()
                .get("/_cluster/state/version?filter_path=cluster_uuid")
                .path("cluster_uuid")
                .asText();
        assertThat(refused.clusterUuid()).isEqualTo(own);
        assertThat(refused.error().text()).contains(own).contains(other).contains("collector.uuid.prod");
        assertThat(log.copies()).noneMatch(copy -> copy.snapshotId() > before);
    }

    @Test
    void takesAnotherClusterForItsOwnIfToldSo() {
        Collector first = instances.start("c1");
        long before = awaitGood(0).snapshotId();
        instances.stop(first);
        String other = secured.http()
                .get("/_cluster/state/version?filter_path=cluster_uuid")
                .path("cluster_uuid")
                .asText();

        instances.start(
                "c2",
                Stream.concat(
                                Stream.of(secured(COLLECTOR.name(), COLLECTOR.password())),
                                Stream.of("collector.uuid.prod", other))
                        .toArray(String[]::new));

        ClusterSnapshot taken = awaitGood(before);
        assertThat(taken.clusterUuid()).isEqualTo(other);
        assertThat(failuresAfter(before)).isEmpty();
    }

    /**
     * As Elasticsearch before 8.15 answers after a restart of all nodes, with its cluster_uuid and a master; not run on
     * one. Later ones refuse the call.
     */
    @Test
    void aStateThatIsNotRecoveredYetIsNoEmptyCluster() {
        // Given
        instances.start("c1", "cluster.prod.hosts", front.url());
        long before = awaitGood(0).snapshotId();
        JsonNode state = sandbox.http().get("/_cluster/state/version,master_node");
        String notRecovered =
                "{\"cluster_uuid\":" + state.path("cluster_uuid") + ",\"version\":" + state.path("version")
                        + ",\"state_uuid\":\"s\",\"master_node\":" + state.path("master_node")
                        + ",\"blocks\":{\"global\":{\"1\":{\"description\":\"state not recovered / initialized\","
                        + "\"retryable\":true,\"levels\":[\"read\",\"write\",\"metadata_read\",\"metadata_write\"]}}}}";

        // When
        front.now(answer -> {
            if (answer.exchange().getRequestURI().getPath().startsWith("/_cluster/state")) {
                answer.elasticsearch(200, notRecovered);
            } else {
                answer.send();
            }
        });

        // Then
        ClusterSnapshot failed = awaitError("blocked");
        assertThat(failed.error().text()).contains("prod").contains("state not recovered / initialized");
        soon().until(() -> failuresAfter(before).size() >= 2);
        assertThat(failuresAfter(before))
                .extracting(snapshot -> snapshot.error().code())
                .containsOnly("blocked");

        // When
        front.passOn();

        // Then
        awaitGood(failed.snapshotId());
        assertThat(log.copies()).noneMatch(copy -> copy.groupState() == ShardSnapshot.GroupState.REMOVED);
        assertThat(log.copiesOf("orders")).hasSize(2);
    }

    private static String[] secured(String user, String password) {
        return new String[] {
            "cluster.prod.hosts",
            String.join(",", secured.elasticsearch().urls()),
            "cluster.prod.ca.file",
            secured.elasticsearch().caFile().orElseThrow().toString(),
            "cluster.prod.username",
            user,
            "cluster.prod.password",
            password
        };
    }

    @ParameterizedTest
    @CsvSource({
        "collector, a-wrong-password, authentication, 401",
        "nobody, see-nothing, authorization, 403",
    })
    void saysWhoIsNotLetIn(String user, String password, String code, String status) {
        instances.start("c1", secured(user, password));

        ClusterSnapshot refused = awaitError(code);

        assertThat(refused.error().text())
                .contains(status)
                .contains("user [" + user + "]")
                .doesNotContain(password);
        assertThat(log.copies()).isEmpty();
    }

    @Test
    void doesNotTrustACertificateThatIsNotInTheCaFile() {
        instances.start(
                "c1", "cluster.prod.hosts", secured.elasticsearch().urls().get(0));

        ClusterSnapshot refused = awaitError("unreachable");

        assertThat(refused.error().text()).contains("TLS failed").contains("ca.file");
    }

    @Test
    void seesEverythingWithTheRoleThatIsDocumented() {
        // Given
        secured.http().createIndex(".hidden", Map.of("number_of_replicas", 0, "hidden", true));
        secured.http().createIndex("closed", 1, 0);
        secured.http().post("/closed/_close", null);
        secured.http().awaitHealth("green", Duration.ofSeconds(60));
        instances.start("c1", secured(COLLECTOR.name(), COLLECTOR.password()));
        ClusterSnapshot seen = awaitGood(0);

        // When
        secured.http().createIndex("later", 1, 0);

        // Then
        soon().until(() -> log.readOn().recoveries().stream()
                .anyMatch(event -> event.index().equals("later") && event.outcome() == RecoveryEvent.Outcome.DONE));
        soon().until(() -> log.readOn().copiesOf("later").size() == 1);
        for (String index : List.of("orders", ".hidden", "closed")) {
            assertThat(log.copiesOf(index))
                    .isNotEmpty()
                    .allMatch(copy -> copy.state() == CopyState.STARTED && copy.answered());
        }
        assertThat(log.copiesOf("orders")).extracting(ShardSnapshot::seqNo).doesNotContainNull();
        assertThat(seen.master()).isNotNull();
        assertThat(seen.pendingTasks()).isNotNull();
        assertThat(seen.maxShardsPerNode()).isPositive();
        assertThat(seen.nodes()).allSatisfy(node -> assertThat(node.disk()).isNotNull());
        secured.http().delete("/later,.hidden,closed");
    }

    /**
     * The distribution at hand can't make API keys, so that Elasticsearch takes the header was not run on a real one.
     */
    @Test
    void sendsAnApiKeyAsElasticsearchWantsIt() {
        front.now(answer -> {
            if ("ApiKey aWQ6c2VjcmV0".equals(answer.header("Authorization"))) {
                answer.send();
            } else {
                answer.elasticsearch(401, "{\"error\":{\"type\":\"security_exception\",\"reason\":\"no key\"}}");
            }
        });

        instances.start("c1", "cluster.prod.hosts", front.url(), "cluster.prod.api.key", "aWQ6c2VjcmV0");

        awaitGood(0);
        assertThat(failuresAfter(0)).isEmpty();
    }
}
