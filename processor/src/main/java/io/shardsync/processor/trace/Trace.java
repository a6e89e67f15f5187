package io.shardsync.processor.trace;

import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** The W3C trace context of a record. The other headers are the record's own and do not travel. */
public final class Trace {
    private static final String PARENT = "traceparent";

    private Trace() {}

    /** Headers for a record that comes of one with these: its {@code traceparent}, if it has one. */
    public static Headers of(Headers cause) {
        Headers carried = new RecordHeaders();
        Header parent = cause.lastHeader(PARENT);
        return parent == null ? carried : carried.add(parent);
    }
}
