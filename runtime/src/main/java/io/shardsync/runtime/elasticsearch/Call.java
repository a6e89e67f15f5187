package io.shardsync.runtime.elasticsearch;

import com.fasterxml.jackson.databind.JsonNode;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * One request, as a value: what a plan shows is exactly what is sent.
 *
 * @param method GET, POST, PUT, DELETE or HEAD
 * @param path begins with {@code /}; names in it must already be encoded, see {@link #segment}
 * @param params query parameters, not encoded, in their order
 * @param body JSON, if there is one
 * @param timeout how long the answer may take, at least 1 ms; the connection has a second of its own
 * @param compressed whether the answer may come compressed; one of a few hundred bytes costs both sides less without
 */
public record Call(
        String method,
        String path,
        Map<String, String> params,
        Optional<JsonNode> body,
        Duration timeout,
        boolean compressed) {
    /** Long enough for a busy master, short enough to notice. */
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

    /** Keeps the parameters' order. */
    public Call {
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("path \"" + path + "\" must begin with /");
        }
        if (timeout.toMillis() < 1) {
            throw new IllegalArgumentException("timeout " + timeout + " must be at least 1 ms");
        }
        params = Collections.unmodifiableMap(new LinkedHashMap<>(params));
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
        return new Call(method, path, Map.of(), Optional.empty(), DEFAULT_TIMEOUT, true);
    }

    /** A name, encoded to stand between two slashes of a path. */
    public static String segment(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** The same with one more parameter. */
    public Call with(String param, Object value) {
        Map<String, String> more = new LinkedHashMap<>(params);
        more.put(param, String.valueOf(value));
        return new Call(method, path, more, body, timeout, compressed);
    }

    /** The same with this body. */
    public Call sending(JsonNode json) {
        return new Call(method, path, params, Optional.of(json), timeout, compressed);
    }

    /** The same with this timeout. */
    public Call within(Duration limit) {
        return new Call(method, path, params, body, limit, compressed);
    }

    /** The same with an answer that comes as it is. */
    public Call uncompressed() {
        return new Call(method, path, params, body, timeout, false);
    }

    /** Whether the call changes nothing, so that asking another host instead does no harm. */
    public boolean isRead() {
        return method.equals("GET") || method.equals("HEAD");
    }

    /** Path and query as they are sent. */
    public String target() {
        return params.isEmpty()
                ? path
                : path
                        + params.entrySet().stream()
                                .map(param -> encode(param.getKey()) + "=" + encode(param.getValue()))
                                .collect(Collectors.joining("&", "?", ""));
    }

    private static String encode(String text) {
        // Legal in a query, and much easier to read in a plan.
        return segment(text).replace("%2C", ",").replace("%2F", "/").replace("%3A", ":");
    }

    /** Method, path and query, without the body. */
    @Override
    public String toString() {
        return method + " " + target();
    }
}
