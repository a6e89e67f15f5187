package io.shardsync.collector.read;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;

import java.io.IOException;

/**
 * Walks JSON as it streams in. Whatever a visitor leaves unread is skipped, so fields that are new to us pass by; a
 * value of another kind than expected reads as absent.
 */
final class Walk {
    /** Far above Elasticsearch's own limit of 1,024 shards; statistics are kept in arrays of that length. */
    private static final int HIGHEST_SHARD = 99_999;

    private static final int MOST_SHOWN = 80;

    private Walk() {}

    interface MemberOf<T> {
        void at(T whole, String name, JsonParser json) throws IOException;
    }

    interface Member {
        void at(String name, JsonParser json) throws IOException;
    }

    interface Element {
        void at(JsonParser json) throws IOException;
    }

    /** Visits an object's members, the parser standing on each value's first token. */
    static void members(JsonParser json, Member member) throws IOException {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            return;
        }
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            json.nextToken();
            member.at(name, json);
            json.skipChildren();
        }
    }

    /**
     * The same for what is visited by the hundred thousand: with what is being read as an argument the visitor is made
     * once, and not once more for each object, which without the second compiler takes longer than the visit.
     */
    static <T> T members(JsonParser json, T whole, MemberOf<T> member) throws IOException {
        if (json.currentToken() == JsonToken.START_OBJECT) {
            for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
                json.nextToken();
                member.at(whole, name, json);
                json.skipChildren();
            }
        }
        return whole;
    }

    /** Visits an array's elements, the parser standing on each one's first token. */
    static void elements(JsonParser json, Element element) throws IOException {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            return;
        }
        while (json.nextToken() != JsonToken.END_ARRAY) {
            element.at(json);
            json.skipChildren();
        }
    }

    /** Text of a scalar; null for JSON null, objects and arrays. */
    static String text(JsonParser json) throws IOException {
        return json.currentToken().isScalarValue() && json.currentToken() != JsonToken.VALUE_NULL
                ? json.getText()
                : null;
    }

    /**
     * The number of a shard, which comes as the name of a member.
     *
     * @throws JsonParseException when it is none, so that an answer which is not what it should be counts as no answer
     */
    static int shard(String name, JsonParser json) throws IOException {
        try {
            int shard = Integer.parseInt(name);
            if (shard >= 0 && shard <= HIGHEST_SHARD) {
                return shard;
            }
        } catch (NumberFormatException none) {
            // Told below, like a number that is out of bounds.
        }
        throw new JsonParseException(
                json,
                "found '" + (name.length() > MOST_SHOWN ? name.substring(0, MOST_SHOWN) + "…" : name)
                        + "' for a shard, allowed is a number from 0 to " + HIGHEST_SHARD);
    }

    static long number(JsonParser json, long otherwise) throws IOException {
        return json.getValueAsLong(otherwise);
    }

    static int number(JsonParser json, int otherwise) throws IOException {
        return json.getValueAsInt(otherwise);
    }
}
