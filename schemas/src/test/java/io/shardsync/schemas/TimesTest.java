package io.shardsync.schemas;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.shardsync.schemas.topic.Json;
import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.List;
import java.util.Random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Times in JSON, of which the last few are remembered. */
class TimesTest {
    private static final long LAST_SECOND = 253_402_300_799L;

    /** Far more times than are remembered, so that most push another one out. */
    @Test
    void everyTimeIsWrittenAsJavaHasItAndReadAgain() throws JsonProcessingException {
        Random random = new Random(1);
        for (int i = 0; i < 2_000; i++) {
            Instant time =
                    Instant.ofEpochSecond((long) (random.nextDouble() * LAST_SECOND), random.nextInt(1_000_000_000));
            for (int again = 0; again < 2; again++) {
                String json = Json.MAPPER.writeValueAsString(time);
                assertThat(json).isEqualTo('"' + time.toString() + '"');
                assertThat(Json.MAPPER.readValue(json, Instant.class)).isEqualTo(time);
            }
        }
    }

    @Test
    void aTextThatIsNoTimeIsRefusedHoweverOftenItComes() {
        for (int again = 0; again < 2; again++) {
            assertThatThrownBy(() -> Json.MAPPER.readValue("\"2026-02-30T00:00:00Z\"", Instant.class))
                    .isInstanceOf(JsonProcessingException.class);
            assertThatThrownBy(() -> Json.MAPPER.readValue("\"+10000-01-01T00:00:00Z\"", Instant.class))
                    .hasMessageContaining("allowed are the years 0 to 9999");
        }
    }

    @Test
    void aNumberThatIsNoTimeIsRefusedAsWell() {
        for (String number : List.of("9223372036854775807", "-9223372036854775808", "1e30", "999999999999")) {
            assertThatThrownBy(() -> Json.MAPPER.treeToValue(Json.MAPPER.readTree(number), Instant.class))
                    .as(number)
                    .isInstanceOf(JsonProcessingException.class);
        }
    }
}
