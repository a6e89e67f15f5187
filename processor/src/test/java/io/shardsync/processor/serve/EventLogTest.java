package io.shardsync.processor.serve;

import io.shardsync.processor.serve.EventLog.Event;
import org.junit.jupiter.api.Test;

import java.util.List;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

class EventLogTest {
    @Test
    void eventsAreFoundFromAnyPlaceOn() {
        EventLog log = filled(new EventLog(10_000, Long.MAX_VALUE), 1_000);

        assertThat(log.from(1, 2_000)).hasSize(1_000);
        assertThat(log.from(998, 2_000)).extracting(Event::number).containsExactly(998L, 999L, 1_000L);
        assertThat(log.from(255, 3)).extracting(Event::number).containsExactly(255L, 256L, 257L);
        assertThat(log.from(1_001, 10)).isEmpty();
    }

    @Test
    void whatIsOverTheLimitFallsOffTheEndAndCanNotBeFoundAnyMore() {
        EventLog byCount = filled(new EventLog(500, Long.MAX_VALUE), 2_000);
        EventLog byBytes = filled(new EventLog(Integer.MAX_VALUE, 10_000), 2_000);

        for (EventLog log : List.of(byCount, byBytes)) {
            assertThat(log.from(1, 10)).isNull();
            assertThat(log.from(2_001, 10)).isEmpty();
            assertThat(log.from(1_999, 10)).hasSize(2);
        }
    }

    @Test
    void eventsOfAnyLengthAreReadAsTheyWereWrittenWhileOlderOnesAreForgotten() {
        EventLog log = new EventLog(Integer.MAX_VALUE, 10_000);
        for (int i = 1; i <= 3_000; i++) {
            // Given
            String json = "\"" + i + "x".repeat(i % 100 == 0 ? 4_000 : i % 37) + "\"";
            log.append(i % 2 == 0 ? "status" : "alert", i % 5 == 0 ? "prod" : "staging", json.getBytes(UTF_8));
            // When
            List<Event> newest = log.from(Math.max(1, i - 1), 10);
            // Then
            Event last = newest.get(newest.size() - 1);
            assertThat(last.number()).isEqualTo(i);
            assertThat(last.type()).isEqualTo(i % 2 == 0 ? "status" : "alert");
            assertThat(last.cluster()).isEqualTo(i % 5 == 0 ? "prod" : "staging");
            assertThat(new String(last.json(), UTF_8)).isEqualTo(json);
        }
    }

    @Test
    void anIdBelongsToItsInstance() {
        EventLog log = filled(new EventLog(), 5);
        EventLog other = filled(new EventLog(), 5);

        assertThat(log.numberOf(log.id(3))).isEqualTo(3);
        assertThat(log.numberOf(other.id(3))).isEqualTo(-1);
        assertThat(log.numberOf("x")).isEqualTo(-1);
        assertThat(log.numberOf(null)).isEqualTo(-1);
    }

    @Test
    void aFrameIsAnEventAsBrowsersReadIt() {
        assertThat(new String(EventLog.frame("alert", "a-1", "{}".getBytes(UTF_8)), UTF_8))
                .isEqualTo("event: alert\nid: a-1\ndata: {}\n\n");
    }

    private static EventLog filled(EventLog log, int events) {
        for (int i = 0; i < events; i++) {
            log.append("status", "prod", "{\"why\":\"as long as a short event is\"}".getBytes(UTF_8));
        }
        return log;
    }
}
