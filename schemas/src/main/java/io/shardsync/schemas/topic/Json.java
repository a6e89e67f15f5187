package io.shardsync.schemas.topic;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import com.fasterxml.jackson.datatype.jsr310.deser.InstantDeserializer;
import org.apache.kafka.common.serialization.Serde;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.DateTimeException;
import java.time.Instant;

import static java.nio.charset.StandardCharsets.UTF_8;

/** How records become JSON: snake_case, ISO-8601 in UTC, unknown fields ignored. */
public final class Json {
    /** Length of an escaped UTF-16 unit: backslash, u, four digits. */
    private static final int ESCAPE = 6;
    /** What Java makes of bytes that are no UTF-8. */
    private static final char REPLACEMENT = '\uFFFD';

    /** Shared and never reconfigured; mappers are safe to share between threads. */
    public static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    // Names of maps' fields are without number, and what is interned is never forgotten.
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .build())
            .addModule(new JavaTimeModule()
                    .addDeserializer(Instant.class, new TimeReader())
                    .addSerializer(Instant.class, new TimeWriter()))
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.ALWAYS, JsonInclude.Include.ALWAYS))
            .build();

    private Json() {}

    /**
     * The text of a value. Stricter than the parser, which lets pass what could not be written again: bytes that are no
     * UTF-8, UTF-16 where UTF-8 is promised, and halves of surrogate pairs. A store that holds such a text can't be
     * read any more.
     *
     * @throws JsonParseException saying what is wrong with it
     */
    static String text(byte[] utf8) throws JsonParseException {
        try {
            String text = new String(utf8, UTF_8);
            if (text.indexOf(REPLACEMENT) >= 0) {
                // It may stand for what is no UTF-8, or for itself.
                UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8));
            }
            int lone = loneSurrogate(text);
            if (lone >= 0) {
                throw new JsonParseException(null, "half of a surrogate pair at character " + lone);
            }
            return text;
        } catch (CharacterCodingException e) {
            throw new JsonParseException(null, "not UTF-8: " + e.getMessage(), e);
        }
    }

    /**
     * A tree, for those who go through it field by field.
     *
     * @return null for an empty text
     * @throws JsonProcessingException saying what is wrong with it
     */
    public static JsonNode tree(byte[] utf8) throws JsonProcessingException {
        return MAPPER.readTree(text(utf8));
    }

    /** Where an escape stands that is half of a pair; the decoder has seen to all that is not escaped. */
    private static int loneSurrogate(String text) {
        for (int at = text.indexOf('\\'); at >= 0; at = text.indexOf('\\', at)) {
            int unit = escaped(text, at);
            if (unit >= 0 && Character.isHighSurrogate((char) unit)) {
                if (escaped(text, at + ESCAPE) < 0 || !Character.isLowSurrogate((char) escaped(text, at + ESCAPE))) {
                    return at;
                }
                at += 2 * ESCAPE;
            } else if (unit >= 0 && Character.isLowSurrogate((char) unit)) {
                return at;
            } else {
                // The backslash and what it escapes, which may be another backslash.
                at += 2;
            }
        }
        return -1;
    }

    /** The UTF-16 unit that is escaped there; -1 where there is none. */
    private static int escaped(String text, int at) {
        if (at + ESCAPE > text.length() || text.charAt(at) != '\\' || text.charAt(at + 1) != 'u') {
            return -1;
        }
        int unit = 0;
        for (int i = at + 2; i < at + ESCAPE; i++) {
            int digit = Character.digit(text.charAt(i), 16);
            if (digit < 0) {
                return -1;
            }
            unit = unit * 16 + digit;
        }
        return unit;
    }

    /** A serde without CloudEvents headers, for state stores and internal topics: only who wrote it reads it. */
    public static <V> Serde<V> serde(Class<V> type) {
        return StoredJson.serde(type);
    }

    /**
     * Times as RFC 3339 has them, of the years 0 to 9999. What Java knows beyond overflows as soon as it is counted in
     * milliseconds, wherever that may be.
     */
    static final class TimeReader extends StdScalarDeserializer<Instant> {
        private static final long serialVersionUID = 1;
        private static final Instant FIRST = Instant.parse("0000-01-01T00:00:00Z");
        private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999999Z");

        TimeReader() {
            super(Instant.class);
        }

        @Override
        public Instant deserialize(JsonParser json, DeserializationContext context) throws IOException {
            if (!json.hasToken(JsonToken.VALUE_STRING)) {
                return read(json, context);
            }
            String text = json.getText();
            Instant known = TimeTexts.known(text);
            if (known != null) {
                return known;
            }
            Instant time = read(json, context);
            if (time != null) {
                TimeTexts.remember(text, time);
            }
            return time;
        }

        private static Instant read(JsonParser json, DeserializationContext context) throws IOException {
            Instant time;
            try {
                time = InstantDeserializer.INSTANT.deserialize(json, context);
            } catch (DateTimeException | ArithmeticException beyondWhatJavaKnows) {
                throw refused(json, json.getText());
            }
            if (time != null && (time.isBefore(FIRST) || time.isAfter(LAST))) {
                throw refused(json, time);
            }
            return time;
        }

        private static JsonParseException refused(JsonParser json, Object found) {
            return new JsonParseException(json, "found the time " + found + ", allowed are the years 0 to 9999");
        }
    }

    private static final class TimeWriter extends StdScalarSerializer<Instant> {
        private static final long serialVersionUID = 1;

        TimeWriter() {
            super(Instant.class);
        }

        @Override
        public void serialize(Instant time, JsonGenerator json, SerializerProvider provider) throws IOException {
            json.writeString(TimeTexts.of(time));
        }
    }
}
