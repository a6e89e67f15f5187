package io.shardsync.processor.alert;

import io.shardsync.schemas.model.ClusterSnapshot;
import io.shardsync.schemas.model.ClusterSnapshot.Copies;
import io.shardsync.schemas.model.ClusterSnapshot.Delayed;
import io.shardsync.schemas.model.ClusterSnapshot.Master;
import io.shardsync.schemas.model.ClusterSnapshot.Node;
import io.shardsync.schemas.model.ClusterSnapshot.View;
import io.shardsync.schemas.topic.Json;
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

    @Test
    void aLostNodeIsHistoryOnceNoMoreIsMissingThanBefore() {
        Node n1 = node("n1", "data", 4);
        ClusterMemory lost = ClusterMemory.empty()
                .with(collection(0, 1, n1, node("n4", "data", 4)), WALL)
                .with(collection(1, 5, n1), WALL);

        assertThat(lost.with(collection(700, 2, n1, node("n5", "data", 3)), WALL)
                        .lost())
                .hasSize(1);
        assertThat(lost.with(collection(500, 1, n1, node("n5", "data", 4)), WALL)
                        .lost())
                .hasSize(1);
        assertThat(lost.with(collection(700, 1, n1, node("n5", "data", 4)), WALL)
                        .lost())
                .isEmpty();
    }

    @Test
    void whatANodeLostEarlierLeftBehindHidesNothingOfTheNext() {
        Node n1 = node("n1", "data", 4);
        ClusterMemory memory = ClusterMemory.empty()
                .with(collection(0, 1, n1, node("n3", "data", 2), node("n4", "data", 4)), WALL)
                .with(collection(1, 5, n1, node("n3", "data", 2)), WALL)
                .with(collection(2, 7, n1), WALL);

        assertThat(memory.with(collection(700, 5, n1), WALL).lost()).hasSize(2);
        assertThat(memory.with(collection(700, 1, n1), WALL).lost()).isEmpty();
    }

    @Test
    void aLostNodeRememberedByAnEarlierVersionIsOverWhenNothingIsMissing() throws Exception {
        ClusterMemory.LostNode former = Json.MAPPER.readValue(
                "{\"name\":\"n4\",\"copies\":4,\"at\":\"" + START + "\"}", ClusterMemory.LostNode.class);

        assertThat(former).isEqualTo(new ClusterMemory.LostNode("n4", 4, 0, START));
    }
}
