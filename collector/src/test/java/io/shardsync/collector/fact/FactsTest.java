package io.shardsync.collector.fact;

import io.shardsync.collector.Captures;
import io.shardsync.collector.read.Activity;
import io.shardsync.collector.read.ClusterSettings;
import io.shardsync.collector.read.ClusterState;
import io.shardsync.collector.read.ClusterStateReader;
import io.shardsync.collector.read.NodeStats;
import io.shardsync.schemas.model.ClusterSnapshot.Copies;
import io.shardsync.schemas.model.ClusterSnapshot.Node;
import io.shardsync.schemas.model.ClusterSnapshot.Scope;
import io.shardsync.schemas.model.ClusterSnapshot.Switch;
import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.Map;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;

class FactsTest {
    private static final ClusterState EMPTY = Captures.readText("{}", ClusterStateReader::read);

    @Test
    void countsCopiesAndWaitingOnes() {
        ClusterState state = Captures.read("cluster-state-routing-node-left.json", ClusterStateReader::read);

        Census census = Census.of(state, new NodeStats(), Activity.NONE, Set.of("DOwS4VEySq2uCf8M79hmEA"), Map.of());

        Copies copies = census.copies();
        assertThat(copies.total()).isEqualTo(copies.primaries() + copies.replicas());
        assertThat(copies.total())
                .isEqualTo(copies.started() + copies.initializing() + copies.relocating() + copies.unassigned());
        assertThat(census.delayed().copies()).isEqualTo(copies.unassigned()).isPositive();
        assertThat(census.delayed().nextExpiry()).isEqualTo(Instant.parse("2026-11-22T21:44:01.688Z"));
        assertThat(census.nodes()).extracting(Node::name).containsExactly("n1", "n3");
        assertThat(census.nodes()).extracting(Node::answered).containsExactly(true, false);
        assertThat(census.nodes().stream().mapToInt(Node::shards).sum()).isEqualTo(copies.started());
    }

    @Test
    void aCopyThatMovesCountsOnce() {
        ClusterState state = Captures.readText(
                """
                {'routing_table':{'indices':{'ix':{'shards':{'0':[
                 {'state':'RELOCATING','primary':true,'node':'A','relocating_node':'B',
                  'allocation_id':{'id':'s','relocation_id':'t'}}]}}}}}
                """,
                ClusterStateReader::read);

        assertThat(Census.of(state, new NodeStats(), Activity.NONE, Set.of(), Map.of())
                        .copies())
                .isEqualTo(new Copies(1, 1, 0, 0, 0, 1, 0));
    }

    @Test
    void namesSwitchesThatAreOffTheirDefault() {
        ClusterSettings settings = new ClusterSettings(
                Map.of(
                        "cluster.routing.allocation.enable", "all",
                        "cluster.routing.allocation.exclude._name", "n1",
                        "cluster.max_shards_per_node", "500"),
                Map.of("cluster.routing.allocation.enable", "primaries", "cluster.blocks.read_only", "false"));
        ClusterState state = Captures.readText(
                """
                {'routing_table':{'indices':{'ix':{'shards':{}}}},
                 'metadata':{'indices':{'ix':{'settings':{'index':{'uuid':'u',
                   'blocks':{'read_only_allow_delete':'true'},
                   'routing':{'allocation':{'enable':'none','include':{'_tier_preference':'data_hot'}}}}}}}}}
                """,
                ClusterStateReader::read);

        assertThat(Switches.of(settings, state))
                .containsExactly(
                        new Switch("cluster.routing.allocation.enable", "primaries", Scope.TRANSIENT, null),
                        new Switch("cluster.routing.allocation.exclude._name", "n1", Scope.PERSISTENT, null),
                        new Switch("index.blocks.read_only_allow_delete", "true", Scope.INDEX, "ix"),
                        new Switch("index.routing.allocation.enable", "none", Scope.INDEX, "ix"));
        assertThat(Switches.maxShardsPerNode(settings)).isEqualTo(500);
        assertThat(Switches.of(new ClusterSettings(Map.of(), Map.of()), EMPTY)).isEmpty();
    }

    @Test
    void remembersTheMastersOfAnHour() {
        Instant noon = Instant.parse("2026-11-22T12:00:00Z");
        MasterHistory history = MasterHistory.after(null)
                .seen("A", noon)
                .seen("A", noon.plusSeconds(10))
                .seen(null, noon.plusSeconds(15))
                .seen("B", noon.plusSeconds(20));

        assertThat(history.published("B").since()).isEqualTo(noon.plusSeconds(20));
        assertThat(history.published("B").changes1h()).isEqualTo(1);
        assertThat(history.published(null)).isNull();
        assertThat(history.seen("B", noon.plusSeconds(4_000)).published("B").changes1h())
                .isZero();
    }
}
