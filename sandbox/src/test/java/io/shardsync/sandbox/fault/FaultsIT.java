package io.shardsync.sandbox.fault;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.junit.WithSandbox;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

@Tag("long")
@WithSandbox
class FaultsIT {
    private static final Duration SOON = Duration.ofSeconds(60);

    private final Sandbox sandbox;
    private final Faults faults;

    FaultsIT(Sandbox sandbox) {
        this.sandbox = sandbox;
        this.faults = new Faults(sandbox);
    }

    @BeforeEach
    void asNew() {
        sandbox.reset();
    }

    @AfterEach
    void undoWhatIsLeft() {
        faults.close();
    }

    @Test
    void killsANodeAndBringsItBack() {
        // When
        Injected injected = faults.apply(new KillNode("n1"));

        // Then
        assertThat(sandbox.elasticsearch("n1").isAlive()).isFalse();

        // When
        injected.undo();

        // Then
        sandbox.http().awaitNodes(3);
    }

    @Test
    void stopsANodeInOrder() {
        // When
        faults.apply(new StopNode("n2"));

        // Then
        assertThat(sandbox.elasticsearch("n2").isAlive()).isFalse();
        sandbox.http().awaitNodes(2);
    }

    @Test
    void freezesANodeUntilItIsUndone() {
        try (Injected injected = faults.apply(new FreezeNode("n3"))) {
            assertThat(sandbox.elasticsearch("n3").isFrozen()).isTrue();
            assertThat(injected.fault()).isEqualTo(new FreezeNode("n3"));
        }
        assertThat(sandbox.elasticsearch("n3").isFrozen()).isFalse();
    }

    @Test
    void makesElasticsearchGiveUpOnCopiesOfANodeThatCannotWrite() {
        // Given
        Injected injected = faults.apply(new ReadOnlyDataPath("n2"));

        // When
        sandbox.http()
                .createIndex(
                        "orders",
                        Map.of(
                                "number_of_shards", 1,
                                "number_of_replicas", 1,
                                "routing.allocation.include._name", "n1,n2"));

        // Then
        await().atMost(SOON).untilAsserted(() -> assertThat(failedAttempts()).isEqualTo(5));

        // When
        injected.undo();
        sandbox.http().post("/_cluster/reroute?retry_failed=true&metric=none", null);

        // Then
        sandbox.http().awaitHealth("green", SOON);
    }

    @Test
    void switchesAllocationOffForTheCluster() {
        // Given
        Injected injected = faults.apply(SwitchOffAllocation.inCluster("none"));

        // When
        sandbox.http().createIndex("orders", 1, 1);

        // Then
        assertThat(unassigned()).isEqualTo(2);

        // When
        injected.undo();
        injected.undo();

        // Then
        sandbox.http().awaitHealth("green", SOON);
    }

    @Test
    void switchesAllocationOffForOneIndex() {
        // Given
        sandbox.http().createIndex("orders", 1, 0);
        sandbox.http().createIndex("users", 1, 1);
        sandbox.http().awaitHealth("green", SOON);

        // When
        Injected injected = faults.apply(SwitchOffAllocation.ofIndex("orders", "primaries"));
        sandbox.http().put("/orders/_settings", "{\"index.number_of_replicas\":1}");

        // Then
        assertThat(unassigned()).isEqualTo(1);

        // When
        injected.undo();

        // Then
        sandbox.http().awaitHealth("green", SOON);
    }

    @Test
    void refusesAValueThatAllocationDoesNotKnow() {
        assertThatThrownBy(() -> SwitchOffAllocation.inCluster("off"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'off'");
    }

    @Test
    void killsABrokerAndBringsItBack() {
        // When
        Injected injected = faults.apply(new KillBroker(1));

        // Then
        assertThat(sandbox.kafka().broker(1).isAlive()).isFalse();

        // When
        injected.undo();

        // Then
        assertThat(sandbox.kafka().broker(1).isAlive()).isTrue();
    }

    private int unassigned() {
        return sandbox.http().get("/_cluster/health").path("unassigned_shards").asInt();
    }

    /** Of the primary or of the replica: whichever was tried on the node that cannot write. */
    private int failedAttempts() {
        JsonNode state = sandbox.http().get("/_cluster/state/routing_table/orders");
        return state.findValues("failed_attempts").stream()
                .mapToInt(JsonNode::asInt)
                .max()
                .orElse(0);
    }
}
