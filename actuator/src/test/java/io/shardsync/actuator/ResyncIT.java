package io.shardsync.actuator;

import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.fault.DivergeReplica;
import io.shardsync.sandbox.fault.KillNode;
import io.shardsync.sandbox.junit.WithSandbox;
import io.shardsync.schemas.model.ConsistencyReport;
import io.shardsync.schemas.model.ConsistencyReport.Copy;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.RecoveryResult.Status;
import io.shardsync.schemas.model.Verdict;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What is done about a copy of which a deep check has found that documents are missing. */
@WithSandbox(nodes = 3)
class ResyncIT {
    private final Sandbox sandbox;
    private Clinic clinic;
    private Shelf shelf;

    ResyncIT(Sandbox sandbox) {
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
}
