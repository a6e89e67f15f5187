package io.shardsync.actuator;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.junit.WithSandbox;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.RecoveryResult.Diagnosis;
import io.shardsync.schemas.model.RecoveryResult.PlannedCall;
import io.shardsync.schemas.model.RecoveryResult.Status;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Moves, rebuilds, cancelled recoveries and settings for a while, on a real cluster. */
@WithSandbox(nodes = 3)
class LongActionsIT {
    private static final String BYTES = "indices.recovery.max_bytes_per_sec";

    private final Sandbox sandbox;
    private Clinic clinic;

    LongActionsIT(Sandbox sandbox) {
        this.sandbox = sandbox;
    }

    @BeforeEach
    void begin() {
        clinic = new Clinic(
                sandbox, Map.of("recovery.stall.ms", "4000", "approval.required.types", "OPTIMIZE_ALLOCATION"));
    }

    @AfterEach
    void end() {
        clinic.close();
    }

    /** The copies' nodes: {@code p} and {@code r}, and {@code -} for the node that has none. */
    private Map<String, String> placesOf(String index) {
        Map<String, String> places = new HashMap<>();
        Set<String> free = new TreeSet<>(Set.of("n1", "n2", "n3"));
        for (JsonNode copy : sandbox.http().get("/_cat/shards/" + index + "?format=json")) {
            places.put(copy.path("prirep").asText(), copy.path("node").asText());
            free.remove(copy.path("node").asText());
        }
        places.put("-", free.iterator().next());
        return places;
    }

    private JsonNode persistent() {
        return sandbox.http().get("/_cluster/settings?flat_settings=true").path("persistent");
    }

    @Test
    void movesACopyRebuildsAReplicaAndSaysWhatElasticsearchRefuses() {
        clinic.index("orders", 1, 1);
        clinic.awaitGreen();
        clinic.fill("orders", 5);
        Map<String, String> before = placesOf("orders");

        String onto =
                "'index':'orders','shard':0,'node':'" + before.get("r") + "','target_node':'" + before.get("p") + "'";
        RecoveryResult refused = clinic.desk.end(clinic.desk.send("MOVE_SHARD", onto));
        assertThat(refused.status()).as(refused.message()).isEqualTo(Status.HELD);
        assertThat(refused.message()).contains("same_shard");

        RecoveryResult moved = clinic.desk.end(
                clinic.desk.send("MOVE_SHARD", "'index':'orders','shard':0,'node':'" + before.get("p") + "'"));
        assertThat(moved.status()).as(moved.message()).isEqualTo(Status.SUCCEEDED);
        assertThat(placesOf("orders")).containsEntry("p", before.get("-"));

        RecoveryResult rebuilt = clinic.desk.end(clinic.desk.send("RESYNC_REPLICA", "'index':'orders','shard':0"));
        assertThat(rebuilt.status()).as(rebuilt.message()).isEqualTo(Status.SUCCEEDED);
        assertThat(rebuilt.verified()).as(rebuilt.message()).isTrue();
        assertThat(placesOf("orders")).containsEntry("r", before.get("p"));
    }

    @Test
    void cancelsAStalledRecoveryAndHealsElsewhere() {
        // Or the primary moves as soon as it may.
        clinic.clusterSetting("cluster.routing.rebalance.enable", "\"none\"");
        clinic.index("orders", 1, 0, "routing.allocation.include._name", "n1");
        clinic.awaitGreen();
        clinic.fill("orders", 20);
        // The first pause for the rate takes minutes, and only its end counts as throttling.
        clinic.clusterSetting(BYTES, "\"1kb\"");
        clinic.indexSetting("orders", "index.routing.allocation.include._name", "\"n1,n2\"");
        clinic.indexSetting("orders", "index.number_of_replicas", "1");
        await().until(() -> sandbox.http()
                .get("/_cluster/state/routing_table/orders")
                .findValuesAsText("state")
                .contains("INITIALIZING"));
        clinic.indexSetting("orders", "index.routing.allocation.include._name", "null");

        // Small files pass before the rate bites.
        await().atMost(60, TimeUnit.SECONDS).untilAsserted(() -> {
            RecoveryResult dry =
                    clinic.desk.end(clinic.desk.send("RECOVER", "'cause':'recovery_stalled','dry_run':true"));
            assertThat(dry.diagnosis()).extracting(Diagnosis::cause).containsExactly("recovery_stalled");
            assertThat(dry.diagnosis().get(0).explanation()).contains("replica orders/0 on n2 stands at stage INDEX");
        });
        // Without a rate: the old one has been promised the time for minutes to come.
        clinic.clusterSetting(BYTES, "\"0b\"");
        RecoveryResult healed = clinic.desk.end(clinic.desk.send("RECOVER", "'cause':'recovery_stalled'"));

        assertThat(healed.status()).as(healed.message()).isEqualTo(Status.SUCCEEDED);
        assertThat(healed.plan()).extracting(PlannedCall::action).containsExactly("cancel_recovery");
        assertThat(placesOf("orders")).containsEntry("r", "n3");
    }

    @Test
    void cancelsOneRecovery() {
        // Or the primary moves as soon as it may.
        clinic.clusterSetting("cluster.routing.rebalance.enable", "\"none\"");
        clinic.index("orders", 1, 0, "routing.allocation.include._name", "n1");
        clinic.awaitGreen();
        clinic.fill("orders", 20);
        clinic.clusterSetting(BYTES, "\"40kb\"");
        clinic.indexSetting("orders", "index.routing.allocation.include._name", "\"n1,n2\"");
        clinic.indexSetting("orders", "index.number_of_replicas", "1");
        await().until(() -> sandbox.http()
                .get("/_cluster/state/routing_table/orders")
                .findValuesAsText("state")
                .contains("INITIALIZING"));

        RecoveryResult cancelled = clinic.desk.end(clinic.desk.send("CANCEL_RECOVERY", "'index':'orders','shard':0"));

        assertThat(cancelled.status()).as(cancelled.message()).isEqualTo(Status.SUCCEEDED);
        assertThat(cancelled.message()).contains("that recovery of orders/0 is over");
        clinic.clusterSetting(BYTES, "null");
        clinic.awaitGreen();
    }

    @Test
    void rebalancesFollowsAndPutsBack() {
        clinic.clusterSetting("cluster.routing.rebalance.enable", "\"none\"");
        clinic.clusterSetting("cluster.routing.allocation.node_concurrent_recoveries", "\"3\"");
        clinic.index("orders", 6, 0, "routing.allocation.include._name", "n1");
        clinic.awaitGreen();
        clinic.fill("orders", 40);
        clinic.indexSetting("orders", "index.routing.allocation.include._name", "null");

        String id = clinic.desk.send("REBALANCE", "'params':{'max_bytes_per_sec':'200kb','timeout_ms':60000}");
        RecoveryResult moving = clinic.desk.await(id, result -> result.message().contains("are moving"));
        assertThat(moving.message()).contains("at stage");
        assertThat(moving.progress().bytesRemaining()).isNotNegative();
        assertThat(persistent().path(BYTES).asText()).isEqualTo("200kb");
        RecoveryResult result = clinic.desk.end(id);

        assertThat(result.status()).as(result.message()).isEqualTo(Status.SUCCEEDED);
        assertThat(result.message()).contains("nothing relocates any more", "former values are back");
        assertThat(persistent().path(BYTES).isMissingNode()).isTrue();
        assertThat(persistent().path("cluster.routing.rebalance.enable").asText())
                .isEqualTo("none");
        assertThat(persistent()
                        .path("cluster.routing.allocation.node_concurrent_recoveries")
                        .asText())
                .isEqualTo("3");
        assertThat(sandbox.http().get("/_cat/shards/orders?format=json").findValuesAsText("node"))
                .contains("n1", "n2", "n3");
    }

    @Test
    void runsWhatNeedsApprovalOnlyOnceASecondPersonAgrees() {
        clinic.index("orders", 1, 1);
        clinic.awaitGreen();
        String unverified = clinic.desk.send("OPTIMIZE_ALLOCATION", "");
        String id = clinic.desk.sendBy("ann", "OPTIMIZE_ALLOCATION", "");
        RecoveryResult waits = clinic.desk.await(id, result -> true);
        assertThat(waits.status()).isEqualTo(Status.AWAITING_APPROVAL);
        assertThat(clinic.desk
                        .end(clinic.desk.send("OPTIMIZE_ALLOCATION", "'dry_run':true"))
                        .status())
                .isEqualTo(Status.DRY_RUN);

        String which = "'params':{'command_id':'" + id + "'}";
        RecoveryResult same = clinic.desk.end(clinic.desk.sendBy("ann", "APPROVE_COMMAND", which));
        RecoveryResult nobody = clinic.desk.end(clinic.desk.send("APPROVE_COMMAND", which));
        RecoveryResult second = clinic.desk.end(clinic.desk.sendBy("bob", "APPROVE_COMMAND", which));
        RecoveryResult again = clinic.desk.end(clinic.desk.sendBy("eve", "APPROVE_COMMAND", which));
        RecoveryResult done = clinic.desk.end(id);

        assertThat(clinic.desk.end(unverified).status()).isEqualTo(Status.REJECTED);
        assertThat(same.status()).isEqualTo(Status.REJECTED);
        assertThat(same.message()).contains("somebody else");
        assertThat(nobody.status()).isEqualTo(Status.REJECTED);
        assertThat(second.status()).as(second.message()).isEqualTo(Status.SUCCEEDED);
        assertThat(again.status()).isEqualTo(Status.NOTHING_TO_DO);
        assertThat(done.status()).as(done.message()).isEqualTo(Status.SUCCEEDED);
        assertThat(done.steps()).anyMatch(step -> step.outcome().contains("by bob"));
        assertThat(persistent()).isEmpty();

        String late = clinic.desk.sendBy(
                "ann", "OPTIMIZE_ALLOCATION", "'expires_at':'" + Instant.now().plusSeconds(3) + "'");
        assertThat(clinic.desk.end(late).status()).isEqualTo(Status.EXPIRED);
        String unwanted = clinic.desk.sendBy("ann", "OPTIMIZE_ALLOCATION", "");
        assertThat(clinic.desk
                        .end(clinic.desk.send("CANCEL_COMMAND", "'params':{'command_id':'" + unwanted + "'}"))
                        .status())
                .isEqualTo(Status.SUCCEEDED);
        assertThat(clinic.desk.end(unwanted).status()).isEqualTo(Status.CANCELLED);
        clinic.desk.eachEndedOnce();
    }
}
