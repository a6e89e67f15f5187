package io.shardsync.processor.serve;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.javalin.http.Context;
import io.shardsync.schemas.topic.Json;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

import static java.nio.charset.StandardCharsets.UTF_8;

/** How answers are written. */
final class Answer {
    private static final int TAG_BYTES = 12;
    private static final int NOT_MODIFIED = 304;

    private Answer() {}

    static void json(Context context, Object value) {
        try {
            json(context, Json.MAPPER.writeValueAsBytes(value));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(value.getClass().getSimpleName() + " can't be written as JSON", e);
        }
    }

    static void json(Context context, byte[] json) {
        tagged(context, "application/json", json, tag(json));
    }

    /**
     * With an entity tag made of the content, so that it is the same from every instance and over restarts: asking
     * again for what has not changed costs a few bytes.
     */
    static void tagged(Context context, String type, byte[] body, String tag) {
        context.header("ETag", tag).header("Cache-Control", "no-cache").header("Vary", "Accept-Encoding");
        if (context.status().getCode() == 200 && matches(context.header("If-None-Match"), tag)) {
            context.status(NOT_MODIFIED);
            return;
        }
        context.contentType(type).result(body);
    }

    /** Weak: the same content may travel compressed or not. */
    static String tag(byte[] body) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(body);
            return "W/\""
                    + Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(digest, TAG_BYTES))
                    + "\"";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static boolean matches(String header, String tag) {
        if (header == null) {
            return false;
        }
        return Arrays.stream(header.split(","))
                .map(String::trim)
                .anyMatch(one -> one.equals("*") || strong(one).equals(strong(tag)));
    }

    private static String strong(String tag) {
        return tag.startsWith("W/") ? tag.substring(2) : tag;
    }

    static byte[] utf8(String text) {
        return text.getBytes(UTF_8);
    }
}
