package io.shardsync.actuator;

import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.fault.Injected;
import io.shardsync.sandbox.fault.KillNode;
import io.shardsync.sandbox.fault.ReadOnlyDataPath;
import io.shardsync.sandbox.junit.WithSandbox;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.RecoveryResult.PlannedCall;
import io.shardsync.schemas.model.RecoveryResult.Status;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** One lost node takes hundreds of replicas with it, and nobody else can take them in until it is too late. */
@Tag("long")
@WithSandbox(nodes = 3)
class ManyReplicasIT {
    private static final int INDICES = 8;
    private static final int SHARDS = 50;

    @Test
    void healsFourHundredReplicasWithFewQuestionsAndOneCall(Sandbox sandbox) {
        try (Clinic clinic = new Clinic(sandbox, Map.of())) {
            clinic.clusterSetting("cluster.routing.allocation.node_concurrent_recoveries", "50");
            clinic.clusterSetting("cluster.routing.rebalance.enable", "\"none\"");
            for (int i = 0; i < INDICES; i++) {
                clinic.index(
                        "orders-" + i,
                        SHARDS,
                        0,
                        "routing.allocation.include._name",
                        "n1",
                        "unassigned.node_left.delayed_timeout",
                        "0s",
                        "allocation.max_retries",
                        "1");
            }
            sandbox.http().awaitHealth("green", Duration.ofMinutes(3));
            sandbox.http()
                    .put(
                            "/orders-*/_settings",
                            "{\"index.routing.allocation.include._name\":\"n1,n3\",\"index.number_of_replicas\":1}");
            sandbox.http().awaitHealth("green", Duration.ofMinutes(5));
            Injected readOnly = clinic.faults.apply(new ReadOnlyDataPath("n2"));
            sandbox.http().put("/orders-*/_settings", "{\"index.routing.allocation.include._name\":\"n1,n2,n3\"}");
            clinic.faults.apply(new KillNode("n3"));
            await().atMost(5, TimeUnit.MINUTES)
                    .pollInterval(2, TimeUnit.SECONDS)
                    .until(() -> sandbox.http().get("/_cluster/state/routing_table").findValuesAsText("reason").stream()
                                    .filter("ALLOCATION_FAILED"::equals)
                                    .count()
                            == INDICES * SHARDS);
            readOnly.undo();

            RecoveryResult healed = clinic.desk.end(clinic.desk.send("RECOVER", "'cause':'allocation_failed'"));

            assertThat(healed.status()).as(healed.message()).isEqualTo(Status.SUCCEEDED);
            assertThat(healed.verified()).isTrue();
            assertThat(healed.message()).contains("of 400 shards are STARTED");
            assertThat(healed.plan()).extracting(PlannedCall::action).containsExactly("retry_failed");
            assertThat(healed.plan().get(0).affects()).hasSize(INDICES * SHARDS);
            assertThat(healed.diagnosis().get(0).copies()).isEqualTo(INDICES * SHARDS);
            assertThat(healed.diagnosis().get(0).explanation()).containsPattern("explained for \\d{1,2} of 400");
        }
    }
}
