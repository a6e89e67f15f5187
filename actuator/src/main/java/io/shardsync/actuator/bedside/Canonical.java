package io.shardsync.actuator.bedside;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;

import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * JSON written in one way only: members sorted, no white space. Numbers keep the text they have, for a parsed one may
 * have lost digits.
 */
final class Canonical {
    private Canonical() {}

    /** The value that begins at the parser's current token; the parser stands at its last token afterwards. */
    static String text(JsonParser parser) throws IOException {
        StringBuilder text = new StringBuilder();
        write(parser, text);
        return text.toString();
    }

    private static void write(JsonParser parser, StringBuilder to) throws IOException {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.START_OBJECT) {
            Map<String, String> members = new TreeMap<>();
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                parser.nextToken();
                // Of two members with one name, which JSON allows, both count.
                members.merge(name, text(parser), (one, other) -> one + "," + other);
            }
            to.append('{');
            members.forEach((name, value) -> to.append(name.length())
                    .append(':')
                    .append(name)
                    .append('=')
                    .append(value));
            to.append('}');
        } else if (token == JsonToken.START_ARRAY) {
            to.append('[');
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                write(parser, to);
                to.append(';');
            }
            to.append(']');
        } else if (token == JsonToken.VALUE_STRING) {
            String value = parser.getText();
            to.append(value.length()).append('"').append(value);
        } else {
            to.append(parser.getText());
        }
    }

    /** A short name for a text; two texts with the same one are taken for equal. */
    static String digest(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
            return HexFormat.of().formatHex(digest, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
