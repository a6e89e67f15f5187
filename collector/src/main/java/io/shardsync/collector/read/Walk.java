package io.shardsync.collector.read;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;

import java.io.IOException;

/**
 * Walks JSON as it streams in. Whatever a visitor leaves unread is skipped, so fields that are new to us pass by; a
 * value of another kind than expected reads as absent.
 */
final class Walk {
    private Walk() {}

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

    static long number(JsonParser json, long otherwise) throws IOException {
        return json.getValueAsLong(otherwise);
    }

    static int number(JsonParser json, int otherwise) throws IOException {
        return json.getValueAsInt(otherwise);
    }
}
