package io.shardsync.runtime.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import co.elastic.logging.JsonUtils;
import co.elastic.logging.logback.EcsEncoder;
import org.slf4j.event.KeyValuePair;

import java.util.List;

/**
 * A line of JSON a record, with the names of the Elastic Common Schema. Elastic's encoder knows nothing of SLF4J's
 * key-values: ours go under {@code shardsync.}, so that none is taken for a field of ECS; one with a dot in its name is
 * a field of ECS, such as {@code trace.id}.
 */
final class EcsLines extends EcsEncoder {
    private static final String OURS = "shardsync.";

    @Override
    protected void addCustomFields(ILoggingEvent event, StringBuilder line) {
        List<KeyValuePair> pairs = event.getKeyValuePairs();
        if (pairs == null) {
            return;
        }
        for (KeyValuePair pair : pairs) {
            line.append('"');
            JsonUtils.quoteAsString(pair.key.contains(".") ? pair.key : OURS + pair.key, line);
            line.append("\":");
            append(pair.value, line);
            line.append(',');
        }
    }

    private static void append(Object value, StringBuilder line) {
        if (value == null || value instanceof Boolean || value instanceof Integer || value instanceof Long) {
            line.append(value);
            return;
        }
        line.append('"');
        JsonUtils.quoteAsString(String.valueOf(value), line);
        line.append('"');
    }
}
