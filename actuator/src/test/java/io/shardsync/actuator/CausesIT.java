package io.shardsync.actuator;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.fault.KillNode;
import io.shardsync.sandbox.fault.StopNode;
import io.shardsync.sandbox.junit.WithSandbox;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.RecoveryResult.Diagnosis;
import io.shardsync.schemas.model.RecoveryResult.Status;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Causes made on a real cluster, named, and answered. Those that {@link ActuatorIT} makes are not made again here:
 * retries used up, switches of cluster and index, too few nodes, a filter.
 */
@WithSandbox(nodes = 3)
class CausesIT {
    private final Sandbox sandbox;
    private Clinic clinic;

    CausesIT(Sandbox sandbox) {
        this.sandbox = sandbox;
    }

    @BeforeEach
    void begin() {
        clinic = new Clinic(sandbox, Map.of());
    }

    @AfterEach
    void end() {
        clinic.close();
    }

    private RecoveryResult ask(String type, String index) {
        return clinic.desk.end(clinic.desk.send(type, "'index':'" + index + "'"));
    }

    private void diagnoses(String index, String cause, String... words) {
        RecoveryResult diagnosis = ask("DIAGNOSE", index);
        assertThat(diagnosis.diagnosis()).as(index).extracting(Diagnosis::cause).containsExactly(cause);
        assertThat(diagnosis.diagnosis().get(0).explanation()).contains(words);
    }

    /** Named, and answered with the precise reason why no call is safe. */
    private void saysWhyNothingIsSafe(String index, String cause, String... words) {
        diagnoses(index, cause, words);
        RecoveryResult recover = ask("RECOVER", index);
        assertThat(recover.status()).as(recover.message()).isEqualTo(Status.NOTHING_TO_DO);
        assertThat(recover.message()).contains(cause).contains(words);
        assertThat(recover.plan()).isEmpty();
    }

    private JsonNode routing(String index) {
        return sandbox.http().get("/_cluster/state/routing_table/" + index);
    }

    @Test
    void switchForReplicasOnly() {
        clinic.clusterSetting("cluster.routing.allocation.enable", "\"primaries\"");
        clinic.index("orders", 1, 1);
        await().until(() -> routing("orders").findValuesAsText("state").contains("STARTED"));

        diagnoses("orders", "cluster_allocation_off", "cluster.routing.allocation.enable=primaries");
        RecoveryResult healed = ask("RECOVER", "orders");

        assertThat(healed.status()).as(healed.message()).isEqualTo(Status.SUCCEEDED);
        assertThat(healed.verified()).isTrue();
        assertThat(healed.message()).contains("every operation its primary had");
    }

    @Test
    void limitOfShardsPerNodeAndFullDisks() {
        clinic.index("limited", 2, 1, "routing.allocation.total_shards_per_node", "1");
        clinic.index("large", 1, 0);
        clinic.clusterSetting("cluster.info.update.interval", "\"10s\"");
        sandbox.http()
                .put(
                        "/_cluster/settings",
                        "{\"persistent\":{\"cluster.routing.allocation.disk.threshold_enabled\":true,"
                                + "\"cluster.routing.allocation.disk.watermark.low\":\"20000gb\","
                                + "\"cluster.routing.allocation.disk.watermark.high\":\"1mb\","
                                + "\"cluster.routing.allocation.disk.watermark.flood_stage\":\"1kb\"}}");
        await().atMost(60, TimeUnit.SECONDS).until(() -> !sandbox.http()
                .post(
                        "/_cluster/allocation/explain?include_disk_info=true",
                        "{\"index\":\"large\",\"shard\":0,\"primary\":true}")
                .path("cluster_info")
                .path("nodes")
                .isEmpty());
        clinic.indexSetting("large", "index.number_of_replicas", "1");

        saysWhyNothingIsSafe("large", "disk_watermark", "cluster.routing.allocation.disk.watermark.low");
        clinic.clusterSetting("cluster.routing.allocation.disk.threshold_enabled", "false");
        saysWhyNothingIsSafe("limited", "shards_limit", "total_shards_per_node");
    }

    @Test
    void waitsForItsTurnBehindASlowRecovery() {
        for (String index : List.of("first", "second")) {
            clinic.index(index, 1, 0, "routing.allocation.include._name", "n1");
            clinic.awaitGreen();
            clinic.fill(index, 20);
        }
        // Or the primaries move as soon as they may.
        clinic.clusterSetting("cluster.routing.rebalance.enable", "\"none\"");
        clinic.clusterSetting("cluster.routing.allocation.node_concurrent_incoming_recoveries", "1");
        clinic.clusterSetting("indices.recovery.max_bytes_per_sec", "\"40kb\"");
        for (String index : List.of("first", "second")) {
            clinic.indexSetting(index, "index.routing.allocation.include._name", "\"n1,n2\"");
            clinic.indexSetting(index, "index.number_of_replicas", "1");
        }
        await().until(() ->
                routing("first,second").findValuesAsText("state").containsAll(List.of("INITIALIZING", "UNASSIGNED")));
        String waiting = routing("first").findValuesAsText("state").contains("INITIALIZING") ? "second" : "first";

        saysWhyNothingIsSafe(waiting, "throttled", "n2", "node_concurrent_incoming_recoveries");

        clinic.clusterSetting("indices.recovery.max_bytes_per_sec", "null");
        clinic.awaitGreen();
    }

    @Test
    void watchesACorruptReplicaBeingRebuiltAndVerifies() throws IOException {
        clinic.index("orders", 1, 1, "routing.allocation.include._name", "n1,n2", "refresh_interval", "-1");
        clinic.awaitGreen();
        for (int segment = 0; segment < 2; segment++) {
            clinic.fill("orders", 10);
        }
        String replica = replicaNode("orders");
        clinic.clusterSetting("indices.recovery.max_bytes_per_sec", "\"100kb\"");
        damage(sandbox.elasticsearch(replica).shards());
        sandbox.http().post("/orders/_forcemerge?max_num_segments=1&wait_for_completion=false", null);
        await().atMost(60, TimeUnit.SECONDS)
                .until(() -> routing("orders").findValuesAsText("state").contains("INITIALIZING"));

        diagnoses("orders", "corrupt_copy", "damaged", "from the primary");
        String id = clinic.desk.send("RECOVER", "'index':'orders'");
        clinic.desk.await(id, result -> !result.diagnosis().isEmpty());
        clinic.clusterSetting("indices.recovery.max_bytes_per_sec", "null");
        RecoveryResult watched = clinic.desk.end(id);

        assertThat(watched.status()).as(watched.message()).isEqualTo(Status.SUCCEEDED);
        assertThat(watched.verified()).isTrue();
        assertThat(watched.plan()).isEmpty();
    }

    private String replicaNode(String index) {
        for (JsonNode copy : sandbox.http().get("/_cat/shards/" + index + "?format=json")) {
            if (copy.path("prirep").asText().equals("r")) {
                return copy.path("node").asText();
            }
        }
        throw new AssertionError("no replica of " + index);
    }

    private static void damage(Path shards) throws IOException {
        try (Stream<Path> files = Files.walk(shards)) {
            for (Path file : files.filter(path -> path.toString().matches(".*\\.(cfs|fdt)$"))
                    .toList()) {
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    channel.write(ByteBuffer.wrap(new byte[512]), channel.size() / 2);
                }
            }
        }
    }

    private void primaryAndReplica(String index, String primary, String replica) {
        clinic.index(index, 1, 0, "routing.allocation.include._name", primary);
        await().until(() -> routing(index).findValuesAsText("state").contains("STARTED"));
        clinic.indexSetting(index, "index.routing.allocation.include._name", "\"" + primary + "," + replica + "\"");
        clinic.indexSetting(index, "index.number_of_replicas", "1");
    }

    @Test
    void lostPrimariesAndWhatWaitsForThem() {
        clinic.index("alone", 1, 0, "routing.allocation.require._name", "n1");
        clinic.index("pair", 1, 1, "routing.allocation.require._name", "n1");
        primaryAndReplica("delayed", "n3", "n1");
        primaryAndReplica("stale", "n1", "n2");
        await().atMost(30, TimeUnit.SECONDS)
                .until(() -> routing("delayed,alone,stale").findValuesAsText("state").stream()
                        .allMatch("STARTED"::equals));

        var outdated = clinic.faults.apply(new StopNode("n2"));
        sandbox.http().awaitNodes(2);
        clinic.indexSetting("stale", "index.routing.allocation.enable", "\"primaries\"");
        sandbox.http().index("stale", "1", "{\"written\":\"while n2 was away\"}");
        outdated.undo();
        sandbox.http().awaitNodes(3);
        clinic.faults.apply(new KillNode("n1"));
        sandbox.http().awaitNodes(2);

        saysWhyNothingIsSafe("alone", "no_valid_copy", "no node of the cluster has a copy");
        RecoveryResult pair = ask("DIAGNOSE", "pair");
        assertThat(pair.diagnosis())
                .extracting(Diagnosis::cause)
                .containsExactlyInAnyOrder("no_valid_copy", "waits_for_primary");
        assertThat(ask("RECOVER", "pair").status()).isEqualTo(Status.NOTHING_TO_DO);
        saysWhyNothingIsSafe("delayed", "node_left_delayed", "waits for it to come back");
        RecoveryResult stale = ask("DIAGNOSE", "stale");
        assertThat(stale.diagnosis()).extracting(Diagnosis::cause).contains("stale_copy_only");
        assertThat(stale.diagnosis())
                .anyMatch(one -> one.explanation().contains("only outdated copies are left, on n2"));
        RecoveryResult untouched = ask("RECOVER", "stale");
        assertThat(untouched.plan().toString()).doesNotContain("allocate");
        assertThat(untouched.diagnosis()).extracting(Diagnosis::cause).contains("stale_copy_only");
    }
}
