package io.shardsync.actuator.diagnose;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardsync.actuator.Captures;
import io.shardsync.schemas.topic.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

class CauseClassifierTest {
    private static final Map<String, String> NAMES = Map.of("DOwS4VEySq2uCf8M79hmEA", "n1");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "allocation-failed-corrupt         | corrupt_copy           | [n1]: shard failure, reason [merge failed]",
                "disk-watermark-low                | disk_watermark         | free: [74.5gb]",
                "enable-none-primary               | cluster_allocation_off | cluster.routing.allocation.enable=none",
                "enable-none-replica               | cluster_allocation_off | cluster.routing.allocation.enable=none",
                "enable-none-transient             | cluster_allocation_off | cluster.routing.allocation.enable=none",
                "enable-primaries-replica          | cluster_allocation_off | cluster.routing.allocation.enable=primaries",
                "filter-require                    | filter                 | index.routing.allocation.require",
                "index-enable-primaries            | index_allocation_off   | index.routing.allocation.enable=primaries",
                "initializing                      | initializing           | node n3",
                "max-retry                         | max_retries            | AccessDeniedException",
                "node-left-delayed                 | filter                 | n3: node does not match",
                "primary-lost-node-left            | no_valid_copy          | node_left [n1]",
                "primary-stale-copy-only           | stale_copy_only        | on n3",
                "replica-of-lost-primary           | waits_for_primary      | primary is not active",
                "same-shard-too-few-nodes          | too_few_nodes          | each of the 3 data nodes",
                "throttled                         | throttled              | node_concurrent_incoming_recoveries=1",
                "total-shards-per-node             | shards_limit           | total_shards_per_node=1",
            })
    void namesTheCauseOfEveryCapture(String capture, String cause, String mentioned) {
        Reason reason = CauseClassifier.classify(Captures.read("allocation-explain-" + capture), false, NAMES)
                .orElseThrow();

        assertThat(reason.cause().code()).isEqualTo(cause);
        assertThat(reason.text()).contains(mentioned).doesNotContain("\n");
    }

    @Test
    void believesTheRoutingTableThatItWaitsForTheNode() {
        Reason reason = CauseClassifier.classify(Captures.read("allocation-explain-node-left-delayed"), true, NAMES)
                .orElseThrow();

        assertThat(reason.cause()).isEqualTo(Cause.NODE_LEFT_DELAYED);
    }

    @Test
    void tellsTheTimeLeft() throws Exception {
        JsonNode explain = Json.MAPPER.readTree("{\"current_state\":\"unassigned\",\"can_allocate\":"
                + "\"allocation_delayed\",\"configured_delay_in_millis\":60000,\"remaining_delay_in_millis\":51548}");

        assertThat(CauseClassifier.classify(explain, true, NAMES).orElseThrow().text())
                .contains("another 51 s of 60 s");
    }

    @Test
    void hasNothingToSayAboutAStartedCopy() throws Exception {
        assertThat(CauseClassifier.classify(Json.MAPPER.readTree("{\"current_state\":\"started\"}"), false, NAMES))
                .isEmpty();
    }

    @Test
    void keepsWhatItDoesNotKnowInElasticsearchsOwnWords() {
        ObjectNode explain = (ObjectNode) Captures.read("allocation-explain-disk-watermark-low");
        explain.path("node_allocation_decisions").forEach(node -> node.path("deciders")
                .forEach(decider ->
                        ((ObjectNode) decider).put("decider", "moon_phase").put("explanation", "the moon is full")));

        Reason reason = CauseClassifier.classify(explain, false, NAMES).orElseThrow();

        assertThat(reason.cause()).isEqualTo(Cause.OTHER);
        assertThat(reason.decider()).isEqualTo("moon_phase");
        assertThat(reason.text()).contains("the moon is full");
    }
}
