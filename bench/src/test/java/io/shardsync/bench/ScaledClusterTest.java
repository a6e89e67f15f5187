package io.shardsync.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.zip.GZIPInputStream;

import static org.assertj.core.api.Assertions.assertThat;

class ScaledClusterTest {
    private static final Path CAPTURE =
            Path.of("../collector/src/test/resources/captures/cluster-state-routing-2934-copies.json.gz");

    private final ScaledCluster cluster = new ScaledCluster(CAPTURE, 7_000);

    private static JsonNode json(byte[] body) throws IOException {
        return new ObjectMapper().readTree(new GZIPInputStream(new ByteArrayInputStream(body)));
    }

    @Test
    void hasAsManyCopiesAsWantedEachWithItsStatistics() throws IOException {
        int routed = 0;
        Set<String> ids = new HashSet<>();
        for (JsonNode index : json(cluster.state(1)).path("routing_table").path("indices")) {
            for (JsonNode group : index.path("shards")) {
                routed += group.size();
                group.forEach(
                        copy -> ids.add(copy.path("allocation_id").path("id").asText()));
            }
        }
        int counted = 0;
        for (JsonNode node : json(cluster.stats(0)).path("nodes")) {
            for (JsonNode index : node.path("indices").path("shards")) {
                counted += index.size();
            }
        }

        assertThat(routed).isEqualTo(cluster.copies()).isEqualTo(counted).isBetween(7_000, 7_002);
        assertThat(ids).hasSize(routed);
    }
}
