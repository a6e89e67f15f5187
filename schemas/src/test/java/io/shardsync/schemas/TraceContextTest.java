package io.shardsync.schemas;

import io.shardsync.schemas.topic.TraceContext;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

class TraceContextTest {
    /** The example of the specification. */
    private static final String PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    @Test
    void whatBeginsHereIsValidUnsampledAndEachTimeAnother() {
        TraceContext one = TraceContext.begin();
        assertThat(TraceContext.parse(one.parent())).contains(one);
        assertThat(one.parent()).startsWith("00-").endsWith("-00");
        assertThat(TraceContext.begin().traceId()).isNotEqualTo(one.traceId());
    }

    @Test
    void aRecordCarriesOneTraceAsItCame() {
        RecordHeaders headers = new RecordHeaders();
        headers.add("traceparent", TraceContext.begin().parent().getBytes(UTF_8));
        TraceContext.parse(PARENT).orElseThrow().addTo(headers);
        assertThat(headers.headers("traceparent")).hasSize(1);
        assertThat(TraceContext.of(headers).orElseThrow().parent()).isEqualTo(PARENT);
        assertThat(TraceContext.of(headers).orElseThrow().traceId()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
        assertThat(TraceContext.of(new RecordHeaders())).isEmpty();
        assertThat(TraceContext.of(new RecordHeaders().add("traceparent", null)))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\n",
            })
    void whatIsNotValidIsNotCarriedOn(String value) {
        assertThat(TraceContext.parse(value)).isEmpty();
        assertThat(TraceContext.parse(null)).isEmpty();
    }
}
