package io.shardsync.processor.heal;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardsync.schemas.model.RecoveryResult.Status;
import io.shardsync.schemas.topic.Json;
import org.junit.jupiter.api.Test;

import java.time.Instant;

import static org.assertj.core.api.Assertions.assertThat;

class HealStateTest {
    private static final Instant START = Instant.parse("2026-11-23T02:00:00Z");

    @Test
    void anEarlierVersionDidNotRememberWhenItHeardOfACommand() throws Exception {
        HealState running = HealState.begin(START, "fingerprint")
                .asking("command", START.plusSeconds(60))
                .answered(Status.RUNNING, START.plusSeconds(90), "at work", null);
        ObjectNode former = Json.MAPPER.valueToTree(running);
        assertThat(former.remove("heard_at").textValue()).isEqualTo("2026-11-23T02:01:30Z");

        HealState read = Json.MAPPER.treeToValue(former, HealState.class);

        assertThat(read.heardAt()).isEqualTo(START.plusSeconds(60));
        assertThat(read.status()).isEqualTo(Status.RUNNING);
    }
}
