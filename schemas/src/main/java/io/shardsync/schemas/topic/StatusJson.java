package io.shardsync.schemas.topic;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import io.shardsync.schemas.model.ReplicationStatus;

import java.io.IOException;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * A status as its topic has it. The thread that stores what it remembers of a shard, a status within it, publishes the
 * same status in the next moment: it is turned into JSON once for both.
 */
final class StatusJson {
    private static final ThreadLocal<Written> LAST = new ThreadLocal<>();

    private record Written(ReplicationStatus status, byte[] json) {}

    private StatusJson() {}

    /** @return not to be changed */
    static byte[] of(ReplicationStatus status) throws JsonProcessingException {
        Written last = LAST.get();
        if (last == null || last.status() != status) {
            last = new Written(status, Json.MAPPER.writeValueAsBytes(status));
            LAST.set(last);
        }
        return last.json();
    }

    /** Writes it into what is stored. */
    static final class Writer extends StdSerializer<ReplicationStatus> {
        private static final long serialVersionUID = 1;

        Writer() {
            super(ReplicationStatus.class);
        }

        @Override
        public void serialize(ReplicationStatus status, JsonGenerator json, SerializerProvider provider)
                throws IOException {
            json.writeRawValue(new Utf8(of(status)));
        }
    }

    /** Text whose bytes are there already. */
    private static final class Utf8 extends SerializedString {
        private static final long serialVersionUID = 1;

        Utf8(byte[] bytes) {
            super(new String(bytes, UTF_8));
            _unquotedUTF8Ref = bytes;
        }
    }
}
