package io.shardsync.collector.read;

import com.fasterxml.jackson.core.io.JsonEOFException;
import io.shardsync.collector.Captures;
import io.shardsync.schemas.model.CopyState;
import org.junit.jupiter.api.Test;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ClusterStateReaderTest {

    private static Stream<CopyRouting> copies(ClusterState state) {
        return state.indices().stream()
                .flatMap(index -> index.shards().stream())
                .flatMap(shard -> shard.copies().stream());
    }

    @Test
    void readsEveryCopyOfABigCluster() {
        ClusterState state = Captures.read("cluster-state-routing-2934-copies.json.gz", ClusterStateReader::read);

        assertThat(copies(state)).hasSize(2934).allMatch(copy -> copy.state() == CopyState.STARTED);
        assertThat(copies(state).filter(CopyRouting::primary)).hasSize(1467);
        assertThat(state.indices()).hasSize(101);
        assertThat(state.nodes()).hasSize(3);
        assertThat(state.clusterUuid()).isEqualTo("EAo5sWMRSv-Kz4cKShjPvg");
        assertThat(state.version()).isEqualTo(1074);
        assertThat(state.nodeName(state.masterNode())).isEqualTo("n3");
    }

    @Test
    void readsWhyACopyIsUnassigned() {
        ClusterState state = Captures.read("cluster-state-routing-node-left.json", ClusterStateReader::read);

        CopyRouting gone = copies(state)
                .filter(copy -> copy.state() == CopyState.UNASSIGNED)
                .findFirst()
                .orElseThrow();
        assertThat(gone.node()).isNull();
        assertThat(gone.allocationId()).isNull();
        assertThat(gone.recoverySource()).isEqualTo("PEER");
        assertThat(gone.unassigned().reason()).isEqualTo("NODE_LEFT");
        assertThat(gone.unassigned().at()).isEqualTo(Instant.parse("2026-11-22T21:43:01.688Z"));
        assertThat(gone.unassigned().delayed()).isTrue();
        assertThat(gone.unassigned().details()).isEqualTo("node_left [HiPtL_EjSR-Ao7hkUiGbJg]");
        assertThat(gone.unassigned().allocationStatus()).isEqualTo("no_attempt");
    }

    static final String MOVING =
            """
            {'cluster_uuid':'u','version':7,'state_uuid':'s','master_node':'A','new_field':{'x':[1,{'y':2}]},
             'nodes':{'A':{'name':'n1','ephemeral_id':'e','roles':['data','master']},'B':{'name':'n2'}},
             'routing_table':{'indices':{'ix':{'shards':{'0':[
               {'state':'RELOCATING','primary':true,'node':'A','relocating_node':'B','expected_shard_size_in_bytes':9,
                'allocation_id':{'id':'source','relocation_id':'target'},'relocation_failure_info':{'failed_attempts':2}},
               {'state':'INITIALIZING','primary':false,'node':'B','relocating_node':null,'allocation_id':{'id':'new'},
                'recovery_source':{'type':'PEER'},
                'unassigned_info':{'reason':'RESHARD_ADDED','at':'2026-11-22T21:43:01.688Z','failed_attempts':3}},
               {'state':'TELEPORTING','primary':false,'node':'B','allocation_id':{'id':'odd'}}]}}}},
             'metadata':{'indices':{'ix':{'in_sync_allocations':{'0':['source']},'primary_terms':{'0':4},
               'settings':{'index':{'uuid':'ixid','blocks':{'read_only':'true'},
                 'routing':{'allocation':{'enable':'none','include':{'_tier_preference':'data_content'}}},
                 'unassigned':{'node_left':{'delayed_timeout':'5m'}}}}}},
               'node_shutdown':{'nodes':{'B':{'node_id':'B','node_ephemeral_id':'f','type':'RESTART','reason':'upgrade',
                 'shutdown_started_millis':1795383781688,'node_seen':true}}}}}
            """;

    @Test
    void addsTheTargetOfAMove() {
        ClusterState state = Captures.readText(MOVING, ClusterStateReader::read);

        List<CopyRouting> copies = copies(state).toList();
        assertThat(copies).extracting(CopyRouting::allocationId).containsExactly("source", "target", "new", "odd");
        CopyRouting target = copies.get(1);
        assertThat(target.state()).isEqualTo(CopyState.INITIALIZING);
        assertThat(target.node()).isEqualTo("B");
        assertThat(target.relocatingNode()).isEqualTo("A");
        assertThat(target.inSync()).isFalse();
        assertThat(copies.get(0).inSync()).isTrue();
    }

    @Test
    void letsUnknownWordsAndFieldsPass() {
        ClusterState state = Captures.readText(MOVING, ClusterStateReader::read);

        List<CopyRouting> copies = copies(state).toList();
        assertThat(copies.get(2).unassigned().reason()).isEqualTo("RESHARD_ADDED");
        assertThat(copies.get(2).unassigned().failedAttempts()).isEqualTo(3);
        assertThat(copies.get(3).state()).isEqualTo(CopyState.INITIALIZING);
    }

    @Test
    void readsWhatTheMetadataSaysOfAnIndexAndANode() {
        ClusterState state = Captures.readText(MOVING, ClusterStateReader::read);

        IndexRouting index = state.indices().get(0);
        assertThat(index.uuid()).isEqualTo("ixid");
        assertThat(index.shards().get(0).primaryTerm()).isEqualTo(4);
        assertThat(index.delayedTimeout()).isEqualTo(Duration.ofMinutes(5));
        assertThat(index.settings()).containsOnlyKeys("index.blocks.read_only", "index.routing.allocation.enable");
        assertThat(state.nodes().get("A").roles()).containsExactly("data", "master");
        assertThat(state.nodes().get("A").shutdownType()).isNull();
        assertThat(state.nodes().get("B").shutdownType()).isEqualTo("RESTART");
    }

    /**
     * Nodes are rendered by id, as Elasticsearch 8.19's own classes do it; not run on a real one, which lacks the
     * module.
     */
    @Test
    void aShutdownThatWasTakenBackIsNone() {
        ClusterState state = Captures.readText(
                "{'nodes':{'A':{'name':'n1'}},'metadata':{'node_shutdown':{'nodes':{}}}}", ClusterStateReader::read);

        assertThat(state.nodes().get("A").shutdownType()).isNull();
    }

    @Test
    void aClusterThatHasNotFormedHasNoUuid() {
        ClusterState state = Captures.readText("{'cluster_uuid':'_na_','version':0}", ClusterStateReader::read);

        assertThat(state.clusterUuid()).isNull();
        assertThat(state.masterNode()).isNull();
    }

    static final String NOT_RECOVERED =
            """
            {'cluster_uuid':'u','version':3,'state_uuid':'s3','master_node':'A','nodes':{'A':{'name':'n1'}},
             'blocks':{'global':{'1':{'description':'state not recovered / initialized','retryable':true,
               'disable_state_persistence':true,'levels':['read','write','metadata_read','metadata_write']}}},
             'routing_table':{'indices':{}},'metadata':{'indices':{}}}
            """;

    @Test
    void aStateThatIsNotRecoveredHidesItsIndices() {
        ClusterState state = Captures.readText(NOT_RECOVERED, ClusterStateReader::read);

        assertThat(state.indices()).isEmpty();
        assertThat(state.hiddenBecause()).isEqualTo("state not recovered / initialized");
    }

    @Test
    void aBlockOfWritesHidesNothing() {
        ClusterState state = Captures.readText(
                "{'blocks':{'global':{'6':{'description':'cluster read-only (api)',"
                        + "'levels':['write','metadata_write']}}}}",
                ClusterStateReader::read);

        assertThat(state.hiddenBecause()).isNull();
    }

    @Test
    void anAnswerThatBreaksOffIsNoAnswer() {
        assertThatThrownBy(() -> Captures.readText(MOVING.substring(0, 700), ClusterStateReader::read))
                .isInstanceOf(UncheckedIOException.class)
                .hasCauseInstanceOf(JsonEOFException.class);
    }
}
