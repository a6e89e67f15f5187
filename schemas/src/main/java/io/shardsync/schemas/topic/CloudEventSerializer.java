package io.shardsync.schemas.topic;

import io.shardsync.schemas.model.Message;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Writes a message as JSON and describes it in the headers as CloudEvents 1.0 (binary mode) asks. Headers that a record
 * inherited from the one it was computed from are replaced; a {@code traceparent} is left to travel on.
 */
public final class CloudEventSerializer<V extends Message> extends JsonSerializer<V> {
    private static final String CONTENT_TYPE = "content-type";
    private static final byte[] SPEC_VERSION = "1.0".getBytes(UTF_8);
    private static final byte[] JSON = "application/json".getBytes(UTF_8);

    private final byte[] type;
    private final byte[] source;

    /**
     * @param type CloudEvents type, such as {@code io.shardsync.alert.v1}
     * @param source CloudEvents source, a URI reference
     */
    public CloudEventSerializer(String type, String source) {
        this.type = type.getBytes(UTF_8);
        this.source = source.getBytes(UTF_8);
    }

    @Override
    public byte[] serialize(String topic, Headers headers, V value) {
        if (value != null && headers != null) {
            forget(headers);
            headers.add("ce_specversion", SPEC_VERSION)
                    .add("ce_id", value.eventId().getBytes(UTF_8))
                    .add("ce_type", type)
                    .add("ce_source", source)
                    .add("ce_time", TimeTexts.of(value.eventTime()).getBytes(UTF_8))
                    .add(CONTENT_TYPE, JSON);
        }
        return serialize(topic, value);
    }

    /** Most records have inherited nothing, and looking for each name by itself costs more than writing the JSON. */
    private static void forget(Headers headers) {
        for (Header header : headers.toArray()) {
            if (header.key().startsWith("ce_") || header.key().equals(CONTENT_TYPE)) {
                headers.remove(header.key());
            }
        }
    }
}
