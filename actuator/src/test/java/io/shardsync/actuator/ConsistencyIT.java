package io.shardsync.actuator;

import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.fault.DivergeReplica;
import io.shardsync.sandbox.fault.KillNode;
import io.shardsync.sandbox.junit.WithSandbox;
import io.shardsync.schemas.model.ConsistencyReport;
import io.shardsync.schemas.model.ConsistencyReport.Copy;
import io.shardsync.schemas.model.ConsistencyReport.Counts;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.RecoveryResult.Status;
import io.shardsync.schemas.model.Verdict;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Deep checks of real copies, whole ones and one that lost documents without anybody noticing. */
@WithSandbox(nodes = 3)
class ConsistencyIT {
    private final Sandbox sandbox;
    private Clinic clinic;
    private Shelf shelf;

    ConsistencyIT(Sandbox sandbox) {
        this.sandbox = sandbox;
    }

    @BeforeEach
    void begin() {
        clinic = new Clinic(sandbox, Map.of("consistency.wait.ms", "20000"));
        shelf = new Shelf(sandbox, "books");
    }

    @AfterEach
    void end() {
        clinic.close();
    }

    private RecoveryResult verify(String more) {
        return clinic.desk.end(clinic.desk.send("VERIFY_CONSISTENCY", "'index':'books'" + more));
    }

    @Test
    void findsExactlyTheLostDocumentsAtRestAndUnderLoad() {
        // Given
        shelf.fill(20_000);
        RecoveryResult healthy = verify("");
        assertThat(healthy.message()).startsWith("consistent: 1 shard compared, coverage 100.0 %");
        assertThat(healthy.verified()).isTrue();
        List<String> lost = List.of("k111", "k2222", "k13333");
        clinic.faults.apply(DivergeReplica.losing(shelf.replicaNode(), "books", 0, lost));

        // When
        RecoveryResult atRest = verify("");

        // Then
        assertThat(atRest.status()).as(atRest.message()).isEqualTo(Status.SUCCEEDED);
        assertThat(atRest.verified()).isFalse();
        lacks(lost);

        // When
        try (RandomWrites writes = shelf.write(1_500, lost)) {
            writes.awaitFlow();
            for (int i = 0; i < 3; i++) {
                RecoveryResult result = verify("");

                // Then
                assertThat(result.message()).startsWith("divergent");
                lacks(lost);
            }
        }
    }

    @Test
    void findsNothingInWholeCopiesUnderLoad() {
        // Given
        shelf.fill(20_000);
        try (RandomWrites writes = shelf.write(1_500, List.of())) {
            writes.awaitFlow();
            for (int i = 0; i < 3; i++) {
                // When
                RecoveryResult result = verify(i == 2 ? ",'params':{'depth':'content'}" : "");
                // Then
                assertThat(result.message()).startsWith("consistent: 1 shard compared, coverage 100.0 %");
            }
        }
    }

    @Test
    void findsOtherContentAndDoesNotForgetIt() {
        // Given
        shelf.fill(3_000);
        clinic.faults.apply(
                DivergeReplica.changing(shelf.replicaNode(), "books", 0, "n", -777, List.of("k5", "k2999")));
        assertThat(verify("").message()).startsWith("consistent");

        // When
        RecoveryResult content = verify(",'params':{'depth':'content'}");

        // Then
        assertThat(content.message()).startsWith("divergent");
        Copy replica = clinic.desk.report("books").shards().get(0).copies().get(1);
        assertThat(replica.different()).containsExactlyInAnyOrder("k5", "k2999");
        assertThat(replica.counts()).isEqualTo(new Counts(0, 0, 2));
        assertThat(verify("").message()).startsWith("divergent");

        // Of two contents of one operation nobody knows which is right.
        RecoveryResult held = clinic.desk.end(clinic.desk.send("RESYNC_REPLICA", "'index':'books','shard':0"));
        assertThat(held.status()).as(held.message()).isEqualTo(Status.HELD);
        assertThat(held.message()).contains("brake direction", "differs from the primary in 2 documents");
        RecoveryResult repaired = clinic.desk.end(
                clinic.desk.send("RESYNC_REPLICA", "'index':'books','shard':0,'params':{'primary_is_right':true}"));
        assertThat(repaired.status()).as(repaired.message()).isEqualTo(Status.SUCCEEDED);
        assertThat(repaired.verified()).isTrue();
        assertThat(repaired.message()).contains("compared afterwards: consistent", "content included");
        assertThat(clinic.desk.report("books").verdict()).isEqualTo(Verdict.CONSISTENT);
        clinic.desk.eachEndedOnce();
    }

    @Test
    void rebuildsAReplicaThatOnlyLacksDocumentsAndProvesIt() {
        // Given
        // Or Elasticsearch moves the copy by itself as soon as it may.
        clinic.clusterSetting("cluster.routing.rebalance.enable", "\"none\"");
        shelf.fillNestedAndRouted(6_000);
        assertThat(verify("").message()).startsWith("consistent: 2 shards compared");
        int shard = shelf.shardOf("r0");
        List<String> lost = List.of("k5", "k5000");
        String bad = shelf.replicaNode(shard);
        clinic.faults.apply(DivergeReplica.losing(bad, "books", shard, lost));
        verify(",'shard':" + shard);
        ConsistencyReport before = clinic.desk.report("books");
        assertThat(before.verdict()).isEqualTo(Verdict.DIVERGENT);
        assertThat(before.shards()).hasSize(2);
        assertThat(before.shards().get(shard).copies().get(1).missing()).containsExactlyInAnyOrderElementsOf(lost);
        assertThat(before.shards().get(shard).copies().get(1).node()).isEqualTo(bad);

        // When
        String where = "'index':'books','shard':" + shard;
        clinic.clusterSetting("cluster.routing.allocation.exclude._name", "\"" + other(shard) + "\"");
        RecoveryResult nowhere = clinic.desk.end(clinic.desk.send("RESYNC_REPLICA", where));
        clinic.clusterSetting("cluster.routing.allocation.exclude._name", "null");
        RecoveryResult repaired = clinic.desk.end(clinic.desk.send("RESYNC_REPLICA", where));

        // Then
        assertThat(nowhere.status()).as(nowhere.message()).isEqualTo(Status.HELD);
        assertThat(nowhere.message()).contains("index.number_of_replicas", "for a person to choose");
        assertThat(repaired.status()).as(repaired.message()).isEqualTo(Status.SUCCEEDED);
        assertThat(repaired.verified()).isTrue();
        assertThat(repaired.message()).contains("compared afterwards: consistent");
        assertThat(clinic.desk.report("books").verdict()).isEqualTo(Verdict.CONSISTENT);
        assertThat(shelf.replicaNode(shard)).isNotEqualTo(bad);
    }

    /** The node without a copy of the shard. */
    private String other(int shard) {
        List<String> with = new ArrayList<>();
        sandbox.http().get("/_cat/shards/books?format=json").forEach(copy -> {
            if (copy.path("shard").asInt() == shard) {
                with.add(copy.path("node").asText());
            }
        });
        return Stream.of("n1", "n2", "n3")
                .filter(node -> !with.contains(node))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void overwritesNothingWhereTheDamagedCopyBecamePrimary() {
        // Given
        shelf.fill(5_000);
        List<String> lost = List.of("k7", "k4000");
        String damaged = shelf.replicaNode();
        String whole = shelf.primaryNode();
        clinic.faults.apply(DivergeReplica.losing(damaged, "books", 0, lost));
        var killed = clinic.faults.apply(new KillNode(whole));
        await().atMost(60, TimeUnit.SECONDS).until(() -> sandbox.http()
                .get("/_cat/shards/books?format=json")
                .findValuesAsText("state")
                .contains("UNASSIGNED"));
        killed.undo();
        sandbox.http().awaitNodes(3);
        clinic.awaitGreen();
        assertThat(shelf.primaryNode()).isEqualTo(damaged);

        // When
        RecoveryResult checked = verify("");
        RecoveryResult resync = clinic.desk.end(clinic.desk.send("RESYNC_REPLICA", "'index':'books','shard':0"));
        RecoveryResult stated = clinic.desk.end(
                clinic.desk.send("RESYNC_REPLICA", "'index':'books','shard':0,'params':{'primary_is_right':true}"));

        // Then
        assertThat(checked.message()).startsWith("divergent");
        Copy replica = clinic.desk.report("books").shards().get(0).copies().get(1);
        assertThat(replica.node()).isEqualTo(whole);
        assertThat(replica.extra()).containsExactlyInAnyOrderElementsOf(lost);
        assertThat(resync.status()).as(resync.message()).isEqualTo(Status.HELD);
        assertThat(resync.message()).contains("brake direction", "2 documents that the primary lacks");
        assertThat(stated.status()).as(stated.message()).isEqualTo(Status.HELD);
        String node = sandbox.http()
                .get("/_nodes/" + whole + "?filter_path=nodes.*.name")
                .path("nodes")
                .fieldNames()
                .next();
        assertThat(sandbox.http()
                        .get("/books/_doc/k7?preference=_only_nodes:" + node)
                        .path("found")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void saysWhatItCanNotCompare() {
        clinic.index("alone", 1, 0);
        clinic.index("empty", 2, 1);
        clinic.index("closed", 1, 1);
        sandbox.http()
                .put(
                        "/sourceless",
                        "{\"settings\":{\"number_of_shards\":1,\"number_of_replicas\":1},"
                                + "\"mappings\":{\"_source\":{\"enabled\":false}}}");
        sandbox.http().index("sourceless", "1", "{\"n\":1}");
        clinic.awaitGreen();
        sandbox.http().post("/closed/_close", null);
        clinic.awaitGreen();

        assertThat(of("empty", "").message()).startsWith("consistent: 2 shards compared, coverage 100.0 %");
        assertThat(of("empty", ",'params':{'depth':'content'}").message()).startsWith("consistent");
        assertThat(of("alone", "").message()).startsWith("inconclusive").contains("no replica");
        assertThat(of("closed", "").message()).startsWith("inconclusive").contains("the index is closed");
        assertThat(of("sourceless", "").message()).startsWith("consistent");
        assertThat(of("sourceless", ",'params':{'depth':'content'}").message())
                .startsWith("inconclusive")
                .contains("keeps no _source");
        assertThat(of("nowhere", "").status()).isEqualTo(Status.REJECTED);
        assertThat(of("alone", ",'dry_run':true").status()).isEqualTo(Status.DRY_RUN);
        assertThat(clinic.desk.report("alone").coveragePercent()).isZero();
        assertThat(clinic.desk.report("closed").verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        clinic.desk.eachEndedOnce();
    }

    @Test
    void comparesTheVersionsOfWhatHasNoSourceOfItsOwn() {
        sandbox.http()
                .put(
                        "/synthetic",
                        "{\"settings\":{\"number_of_shards\":1,\"number_of_replicas\":1,"
                                + "\"index.mapping.source.mode\":\"synthetic\"}}");
        sandbox.http()
                .put(
                        "/logs",
                        "{\"settings\":{\"number_of_shards\":1,\"number_of_replicas\":1,\"index.mode\":\"logsdb\"}}");
        sandbox.http()
                .put(
                        "/series",
                        "{\"settings\":{\"number_of_shards\":1,\"number_of_replicas\":1,\"index.mode\":\"time_series\","
                                + "\"index.routing_path\":[\"host\"],"
                                + "\"index.time_series.start_time\":\"2026-01-01T00:00:00Z\","
                                + "\"index.time_series.end_time\":\"2027-01-01T00:00:00Z\"},"
                                + "\"mappings\":{\"properties\":{\"@timestamp\":{\"type\":\"date\"},"
                                + "\"host\":{\"type\":\"keyword\",\"time_series_dimension\":true},"
                                + "\"n\":{\"type\":\"long\",\"time_series_metric\":\"gauge\"}}}}");
        List<String> indices = List.of("synthetic", "logs", "series");
        for (String index : indices) {
            for (int i = 0; i < 20; i++) {
                sandbox.http()
                        .post(
                                "/" + index + "/_doc",
                                "{\"@timestamp\":\"2026-11-24T00:00:" + (10 + i) + "Z\",\"host\":\"h" + i % 3
                                        + "\",\"n\":" + i + "}");
            }
        }
        clinic.awaitGreen();

        for (String index : indices) {
            assertThat(of(index, "").message()).as(index).startsWith("consistent: 1 shard compared, coverage 100.0 %");
            assertThat(of(index, ",'params':{'depth':'content'}").message())
                    .as(index)
                    .startsWith("inconclusive")
                    .contains("_source is synthetic");
        }
    }

    private RecoveryResult of(String index, String more) {
        return clinic.desk.end(clinic.desk.send("VERIFY_CONSISTENCY", "'index':'" + index + "'" + more));
    }

    @Test
    void waitsForACalmClusterAndCanBeCancelledMeanwhile() {
        // Given
        shelf.fill(1_000);
        clinic.index("needy", 1, 3);
        sandbox.http().awaitHealth("yellow", Duration.ofSeconds(60));

        // When
        String id = clinic.desk.send("VERIFY_CONSISTENCY", "'index':'books'");
        String next = clinic.desk.send("VERIFY_CONSISTENCY", "'index':'books'");
        clinic.desk.await(id, result -> result.message().contains("waits, for the cluster is yellow"));
        clinic.desk.end(clinic.desk.send("CANCEL_COMMAND", "'params':{'command_id':'" + next + "'}"));
        RecoveryResult roughly = clinic.desk.end(next);
        clinic.desk.end(clinic.desk.send("CANCEL_COMMAND", "'params':{'command_id':'" + id + "'}"));

        // Then
        assertThat(roughly.status()).isEqualTo(Status.CANCELLED);
        assertThat(roughly.message()).contains("had not started");
        assertThat(clinic.desk.end(id).status()).isEqualTo(Status.CANCELLED);
        assertThat(verify(",'params':{'gentle':false}").message()).startsWith("consistent");
        clinic.desk.eachEndedOnce();
    }

    private void lacks(List<String> lost) {
        ConsistencyReport report = clinic.desk.report("books");
        assertThat(report.verdict()).as(report.toString()).isEqualTo(Verdict.DIVERGENT);
        assertThat(report.coveragePercent()).isEqualTo(100);
        Copy primary = report.shards().get(0).copies().get(0);
        Copy replica = report.shards().get(0).copies().get(1);
        assertThat(primary.verdict()).isEqualTo(Verdict.CONSISTENT);
        assertThat(replica.verdict()).isEqualTo(Verdict.DIVERGENT);
        assertThat(replica.missing()).containsExactlyInAnyOrderElementsOf(lost);
        assertThat(replica.counts()).isEqualTo(new Counts(lost.size(), 0, 0));
        assertThat(replica.fingerprint()).isNotNull().isNotEqualTo(primary.fingerprint());
    }
}
