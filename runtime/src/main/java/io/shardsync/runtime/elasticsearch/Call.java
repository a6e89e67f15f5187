package io.shardsync.runtime.elasticsearch;

import com.fasterxml.jackson.databind.JsonNode;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * One request, as a value: what a plan shows is exactly what is sent.
 *
 * @param method GET, POST, PUT, DELETE or HEAD
 * @param target path and query as they are sent, beginning with {@code /}; names in it must already be encoded, see
 *     {@link #segment}
 * @param body JSON, if there is one
 * @param timeout how long the answer may take, at least 1 ms; the connection has a second of its own
 * @param compressed whether the answer may come compressed; one of a few hundred bytes costs both sides less without
 */
public record Call(String method, String target, Optional<JsonNode> body, Duration timeout, boolean compressed) {
    /** Long enough for a busy master, short enough to notice. */
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

    /** Checks target and timeout. */
    public Call {
        if (!target.startsWith("/")) {
            throw new IllegalArgumentException("path \"" + target + "\" must begin with /");
        }
        if (timeout.toMillis() < 1) {
            throw new IllegalArgumentException("timeout " + timeout + " must be at least 1 ms");
        }
    }

    /** A GET without parameters, with the default timeout. */
    public static Call get(String path) {
        return of("GET", path);
    }

    /** A POST without parameters and body, with the default timeout. */
    public static Call post(String path) {
        return of("POST", path);
    }

    /** A PUT without parameters and body, with the default timeout. */
    public static Call put(String path) {
        return of("PUT", path);
    }

    /** Any method, without parameters and body, with the default timeout. */
    public static Call of(String method, String path) {
        return new Call(method, path, Optional.empty(), DEFAULT_TIMEOUT, true);
    }

    /** A name, encoded to stand between two slashes of a path. */
    public static String segment(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** The same with one more parameter, not encoded yet. */
    public Call with(String param, Object value) {
        String query = (target.contains("?") ? "&" : "?") + encode(param) + "=" + encode(String.valueOf(value));
        return new Call(method, target + query, body, timeout, compressed);
    }

    /** The same with this body. */
    public Call sending(JsonNode json) {
        return new Call(method, target, Optional.of(json), timeout, compressed);
    }

    /** The same with this timeout. */
    public Call within(Duration limit) {
        return new Call(method, target, body, limit, compressed);
    }

    /** The same with an answer that comes as it is. */
    public Call uncompressed() {
        return new Call(method, target, body, timeout, false);
    }

    /** Whether the call changes nothing, so that asking another host instead does no harm. */
    public boolean isRead() {
        return method.equals("GET") || method.equals("HEAD");
    }

    private static String encode(String text) {
        // Legal in a query, and much easier to read in a plan.
        return segment(text).replace("%2C", ",").replace("%2F", "/").replace("%3A", ":");
    }

    /** Method, path and query, without the body. */
    @Override
    public String toString() {
        return method + " " + target;
    }
}
