package io.shardsync.processor.serve;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import io.shardsync.schemas.topic.Json;

import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** A request's JSON object, read strictly: what is not understood is refused, not ignored. */
final class Fields {
    private static final int MOST_BYTES = 64 * 1024;
    private static final int MOST_SKIPPED = 1 << 20;
    private static final int LONGEST_TEXT = 2_000;
    private static final Pattern CONTROL_CHARACTERS = Pattern.compile("[\\p{Cntrl}&&[^\\n\\t]]");
    private static final ObjectReader READER =
            Json.MAPPER.readerFor(JsonNode.class).with(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

    private final ObjectNode object;

    private Fields(ObjectNode object) {
        this.object = object;
    }

    /**
     * The body of a request; an empty one is an empty object.
     *
     * @param allowed the fields there may be
     * @throws Problem 400 or 413, saying what is wrong and what is allowed
     */
    static Fields of(Context request, List<String> allowed) {
        byte[] body = body(request);
        ObjectNode object = body.length == 0 ? Json.MAPPER.createObjectNode() : parse(body);
        object.fieldNames().forEachRemaining(name -> {
            if (!allowed.contains(name)) {
                throw Problem.badRequest(
                        "there is no field '" + shortened(name) + "' here, allowed: " + String.join(", ", allowed));
            }
        });
        return new Fields(object);
    }

    private static byte[] body(Context request) {
        try (InputStream in = request.req().getInputStream()) {
            byte[] body = in.readNBytes(MOST_BYTES + 1);
            if (body.length > MOST_BYTES) {
                // An answer to who is still sending is lost with the connection.
                in.skip(MOST_SKIPPED);
                throw tooLarge();
            }
            return body;
        } catch (IOException e) {
            throw Problem.badRequest("the body could not be read to its end");
        }
    }

    private static Problem tooLarge() {
        return Problem.tooLarge("the body has more than " + MOST_BYTES + " bytes, which is the most allowed");
    }

    private static ObjectNode parse(byte[] body) {
        JsonNode node;
        try {
            node = READER.readValue(body);
        } catch (JsonProcessingException e) {
            throw Problem.badRequest("the body is not JSON: " + shortened(e.getOriginalMessage()));
        } catch (IOException e) {
            throw Problem.badRequest("the body is not JSON");
        }
        if (node == null || !node.isObject()) {
            throw Problem.badRequest("the body is a JSON "
                    + (node == null ? "null" : node.getNodeType().name().toLowerCase(Locale.ROOT))
                    + ", allowed: an object");
        }
        return (ObjectNode) node;
    }

    /** Null if it is absent or null. */
    String text(String name) {
        JsonNode node = node(name);
        if (node == null) {
            return null;
        }
        if (!node.isTextual()) {
            throw wrong(name, node, "a text");
        }
        String text = node.textValue();
        if (text.isBlank()
                || text.length() > LONGEST_TEXT
                || CONTROL_CHARACTERS.matcher(text).find()) {
            throw wrong(name, node, "a text of 1 to " + LONGEST_TEXT + " characters without control characters");
        }
        return text;
    }

    /** Null if it is absent or null. */
    Integer wholeNumber(String name, int least) {
        JsonNode node = node(name);
        if (node == null) {
            return null;
        }
        if (!node.isInt() || node.intValue() < least) {
            throw wrong(name, node, "a whole number from " + least);
        }
        return node.intValue();
    }

    boolean flag(String name) {
        JsonNode node = node(name);
        if (node == null) {
            return false;
        }
        if (!node.isBoolean()) {
            throw wrong(name, node, "true or false");
        }
        return node.booleanValue();
    }

    /** Null if it is absent or null. */
    Instant time(String name) {
        String text = text(name);
        if (text == null) {
            return null;
        }
        try {
            Instant time = OffsetDateTime.parse(text).toInstant();
            // Within what can be counted in milliseconds everywhere.
            if (Math.abs(time.getEpochSecond()) < 253_402_300_800L) {
                return time;
            }
        } catch (DateTimeException e) {
            throw wrong(name, object.get(name), "a time such as 2026-11-23T04:00:00Z");
        }
        throw wrong(name, object.get(name), "a time such as 2026-11-23T04:00:00Z");
    }

    /** Empty if it is absent or null. */
    Map<String, Object> map(String name) {
        JsonNode node = node(name);
        if (node == null) {
            return Map.of();
        }
        if (!node.isObject()) {
            throw wrong(name, node, "an object");
        }
        Map<String, Object> map = new LinkedHashMap<>();
        node.fields()
                .forEachRemaining(
                        each -> map.put(each.getKey(), Json.MAPPER.convertValue(each.getValue(), Object.class)));
        return map;
    }

    private JsonNode node(String name) {
        JsonNode node = object.get(name);
        return node == null || node.getNodeType() == JsonNodeType.NULL ? null : node;
    }

    static Problem wrong(String name, Object found, String allowed) {
        return Problem.badRequest(
                "field '" + name + "' is " + shortened(String.valueOf(found)) + ", allowed: " + allowed);
    }

    private static String shortened(String text) {
        return text == null || text.length() <= 200 ? text : text.substring(0, 200) + "…";
    }
}
