package io.shardsync.processor.judge;

import io.shardsync.processor.Copies;
import io.shardsync.schemas.model.ClusterSnapshot.Scope;
import io.shardsync.schemas.model.ClusterSnapshot.Switch;
import io.shardsync.schemas.model.ShardSnapshot;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

class CauseTest {
    private static final String CLUSTER = "cluster.routing.allocation.enable";
    private static final String INDEX = "index.routing.allocation.enable";

    @ParameterizedTest
    @CsvSource({
        "NODE_LEFT, NODE_LEFT",
        "NODE_RESTARTING, NODE_LEFT",
        "ALLOCATION_FAILED, ALLOCATION_FAILED",
        "INDEX_CREATED, NEW_OR_RESTORED",
        "REPLICA_ADDED, NEW_OR_RESTORED",
        "EXISTING_INDEX_RESTORED, NEW_OR_RESTORED",
        "RESHARD_ADDED, OTHER"
    })
    void elasticsearchsReasonTellsTheCause(String reason, Cause cause) {
        assertThat(Cause.of(replica(reason, false), List.of())).isEqualTo(cause);
    }

    @Test
    void aReplicaWhoseRetriesAreUsedUpFailedWhateverBeganIt() {
        ShardSnapshot exhausted =
                Copies.of("orders", Copies.START).exhausted().primary("n1", 1).get(0);
        assertThat(Cause.of(exhausted, List.of())).isEqualTo(Cause.ALLOCATION_FAILED);
    }

    @Test
    void aSwitchThatForbidsItIsTheCause() {
        assertThat(Cause.of(replica("NODE_LEFT", false), List.of(cluster("primaries", Scope.PERSISTENT))))
                .isEqualTo(Cause.SWITCH_OFF);
    }

    @Test
    void whileElasticsearchWaitsForTheNodeTheSwitchIsNotYetTheCause() {
        assertThat(Cause.of(replica("NODE_LEFT", true), List.of(cluster("none", Scope.PERSISTENT))))
                .isEqualTo(Cause.NODE_LEFT);
    }

    @Test
    void transientBeatsPersistent() {
        assertThat(Cause.of(
                        replica("NODE_LEFT", false),
                        List.of(cluster("none", Scope.PERSISTENT), cluster("all", Scope.TRANSIENT))))
                .isEqualTo(Cause.NODE_LEFT);
    }

    @Test
    void anIndexsOwnSettingBeatsTheClusters() {
        Switch own = new Switch(INDEX, "all", Scope.INDEX, "orders");
        assertThat(Cause.of(replica("NODE_LEFT", false), List.of(cluster("none", Scope.TRANSIENT), own)))
                .isEqualTo(Cause.NODE_LEFT);
    }

    @Test
    void anotherIndexsSettingDoesNotMatter() {
        Switch other = new Switch(INDEX, "none", Scope.INDEX, "users");
        assertThat(Cause.of(replica("NODE_LEFT", false), List.of(other))).isEqualTo(Cause.NODE_LEFT);
    }

    private static Switch cluster(String value, Scope scope) {
        return new Switch(CLUSTER, value, scope, null);
    }

    private static ShardSnapshot replica(String reason, boolean delayed) {
        return Copies.of("orders", Copies.START)
                .unassigned(reason, delayed)
                .primary("n1", 1)
                .get(0);
    }
}
