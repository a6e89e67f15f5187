package io.shardsync.schemas.topic;

import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * The W3C trace context that a record carries as OpenTelemetry's instrumentation of Kafka does, in the header
 * {@code traceparent}. It is passed on as it came: ShardSync records no spans of its own.
 *
 * @param parent the header's value: version, trace id, parent id and flags
 * @see <a href="https://www.w3.org/TR/trace-context/#traceparent-header">W3C Trace Context</a>
 */
public record TraceContext(String parent) {
    /** The header's name, on records and in HTTP. */
    public static final String HEADER = "traceparent";

    /** The name of the trace id in what is logged, as the Elastic Common Schema has it. */
    public static final String LOGGED = "trace.id";

    private static final Pattern VALID =
            Pattern.compile("(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");
    private static final int TRACE_ID_BEGINS = 3;
    private static final int TRACE_ID_ENDS = 35;

    /**
     * A trace that begins here. It is not marked as sampled: nobody recorded its beginning, and what reads every
     * snapshot shall not be made to record them all.
     */
    public static TraceContext begin() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return new TraceContext(
                String.format("00-%016x%016x-%016x-00", random.nextLong(), nonZero(random), nonZero(random)));
    }

    private static long nonZero(ThreadLocalRandom random) {
        return random.nextLong() | 1;
    }

    /** What a header says; empty where there is none, or it is not valid. */
    public static Optional<TraceContext> parse(String value) {
        return value != null && VALID.matcher(value).matches()
                ? Optional.of(new TraceContext(value))
                : Optional.empty();
    }

    /** What a record says; empty where it says nothing valid. */
    public static Optional<TraceContext> of(Headers headers) {
        Header header = headers.lastHeader(HEADER);
        return header == null || header.value() == null
                ? Optional.empty()
                : parse(new String(header.value(), US_ASCII));
    }

    /** Makes a record part of this trace, and of no other. */
    public void addTo(Headers headers) {
        headers.remove(HEADER).add(HEADER, parent.getBytes(US_ASCII));
    }

    /** What all records of the trace have in common, 32 hexadecimal digits. */
    public String traceId() {
        return parent.substring(TRACE_ID_BEGINS, TRACE_ID_ENDS);
    }
}
