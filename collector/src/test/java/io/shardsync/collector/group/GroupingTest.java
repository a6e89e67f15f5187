package io.shardsync.collector.group;

import io.shardsync.collector.Captures;
import io.shardsync.collector.read.ClusterState;
import io.shardsync.collector.read.ClusterStateReader;
import io.shardsync.collector.read.NodeStats;
import io.shardsync.collector.read.NodeStatsReader;
import io.shardsync.schemas.model.CopyState;
import io.shardsync.schemas.model.ShardSnapshot;
import io.shardsync.schemas.model.ShardSnapshot.Role;
import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

class GroupingTest {
    private static final Stamp STAMP = new Stamp("prod", 42, Instant.EPOCH, "c1", 7);

    private static List<CopyGroup> groups(ClusterState state, NodeStats stats) {
        List<CopyGroup> groups = new ArrayList<>();
        new Grouping(state, stats).forEach(groups::add);
        return groups;
    }

    @Test
    void putsThePrimaryLast() {
        List<CopyGroup> groups = groups(
                Captures.read("cluster-state-routing-2934-copies.json.gz", ClusterStateReader::read),
                Captures.read("nodes-stats-shards-2817-copies.json.gz", NodeStatsReader::read));

        assertThat(groups).hasSize(1467).allSatisfy(group -> {
            List<ShardSnapshot> records = group.records(STAMP);
            assertThat(records).hasSize(group.copies().size()).allMatch(record -> record.groupSize() == records.size());
            assertThat(records.get(records.size() - 1).role()).isEqualTo(Role.PRIMARY);
            assertThat(records.subList(0, records.size() - 1)).allMatch(record -> record.role() == Role.REPLICA);
        });
    }

    @Test
    void copiesOfASilentNodeAreNotAnsweringAndUnassignedOnesAre() {
        ClusterState state = Captures.read("cluster-state-routing-node-left.json", ClusterStateReader::read);
        NodeStats stats =
                Captures.readText("{'nodes':{'DOwS4VEySq2uCf8M79hmEA':{'name':'n1'}}}", NodeStatsReader::read);

        List<Copy> copies = groups(state, stats).stream()
                .flatMap(group -> group.copies().stream())
                .toList();

        assertThat(copies).allSatisfy(copy -> assertThat(copy.answered())
                .isEqualTo(
                        copy.state() == CopyState.UNASSIGNED || copy.nodeName().equals("n1")));
        assertThat(copies).extracting(Copy::state).contains(CopyState.UNASSIGNED);
    }

    @Test
    void anUnassignedPrimaryEndsItsGroup() {
        ClusterState state = Captures.readText(
                """
                {'routing_table':{'indices':{'ix':{'shards':{'0':[
                 {'state':'UNASSIGNED','primary':true,'node':null},
                 {'state':'UNASSIGNED','primary':false,'node':null}]}}}}}
                """,
                ClusterStateReader::read);

        CopyGroup group = groups(state, new NodeStats()).get(0);

        assertThat(group.copies()).extracting(Copy::role).containsExactly(Role.REPLICA, Role.PRIMARY);
        assertThat(group.isSettled()).isFalse();
    }

    @Test
    void aPrimaryThatMovesIsThePrimaryAtItsSource() {
        ClusterState state = Captures.readText(
                """
                {'routing_table':{'indices':{'ix':{'shards':{'0':[
                 {'state':'RELOCATING','primary':true,'node':'A','relocating_node':'B',
                  'allocation_id':{'id':'s','relocation_id':'t'}}]}}}}}
                """,
                ClusterStateReader::read);

        CopyGroup group = groups(state, new NodeStats()).get(0);

        assertThat(group.copies()).extracting(Copy::allocationId).containsExactly("t", "s");
        assertThat(group.primary().role()).isEqualTo(Role.PRIMARY);
        assertThat(group.copies().get(0).role()).isEqualTo(Role.REPLICA);
        assertThat(group.copies().get(0).relocatingNodeId()).isEqualTo("A");
    }
}
