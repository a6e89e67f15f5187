package io.shardsync.processor.alert;

import io.shardsync.schemas.model.ClusterSnapshot;
import io.shardsync.schemas.model.ClusterSnapshot.Copies;
import io.shardsync.schemas.model.ClusterSnapshot.Delayed;
import io.shardsync.schemas.model.ClusterSnapshot.Master;
import io.shardsync.schemas.model.ClusterSnapshot.Node;
import io.shardsync.schemas.model.ClusterSnapshot.View;
import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

class ClusterMemoryTest {
    private static final Instant START = Instant.parse("2026-11-23T02:00:00Z");
    private static final long WALL = START.toEpochMilli();

    private static ClusterSnapshot collection(int second, int unassigned, Node... nodes) {
        Instant at = START.plusSeconds(second);
        return new ClusterSnapshot(
                "prod",
                "uuid",
                at.toEpochMilli(),
                "c",
                at,
                at,
                1,
                false,
                Map.of(),
                "yellow",
                View.MASTER,
                new Master("id-n1", START, 0),
                0,
                List.of(nodes),
                new Copies(2, 1, 1, 2 - unassigned, 0, 0, unassigned),
                new Delayed(0, null),
                List.of(),
                1000,
                true,
                null);
    }

    private static Node node(String name, String role, int shards) {
        return new Node("id-" + name, "e", name, List.of(role), true, null, null, shards, 1L, null);
    }

    @Test
    void aNodeThatGotItsFirstCopyAndDiedBetweenTwoCollectionsIsLost() {
        ClusterMemory memory = ClusterMemory.empty()
                .with(collection(0, 0, node("n1", "data", 1), node("n3", "data", 0)), WALL)
                .with(collection(1, 1, node("n1", "data", 1)), WALL);

        assertThat(memory.lost().values())
                .extracting(ClusterMemory.LostNode::name, ClusterMemory.LostNode::copies)
                .containsExactly(tuple("n3", 1));
    }

    @Test
    void aNodeWithoutCopiesMayLeave() {
        ClusterMemory memory = ClusterMemory.empty()
                .with(collection(0, 1, node("n1", "data", 1), node("n3", "data", 0), node("m", "master", 0)), WALL)
                .with(collection(1, 1, node("n1", "data", 1)), WALL);

        assertThat(memory.lost()).isEmpty();
    }
}
