package io.shardsync.processor.trace;

import io.shardsync.schemas.topic.TraceContext;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** The W3C trace context of a record. The other headers are the record's own and do not travel. */
public final class Trace {
    private Trace() {}

    /** Headers for a record that comes of one with these: its {@code traceparent}, if it has one. */
    public static Headers of(Headers cause) {
        Headers carried = new RecordHeaders();
        TraceContext.of(cause).ifPresent(trace -> trace.addTo(carried));
        return carried;
    }

    /** What to remember of a record's trace; null where it has none. */
    public static String parent(Headers headers) {
        return TraceContext.of(headers).map(TraceContext::parent).orElse(null);
    }

    /** Headers for a record of this trace; none where there is no such trace. */
    public static Headers of(String traceparent) {
        Headers carried = new RecordHeaders();
        TraceContext.parse(traceparent).ifPresent(trace -> trace.addTo(carried));
        return carried;
    }
}
