package io.shardsync.processor.serve;

import io.javalin.http.Context;
import io.shardsync.runtime.config.HttpConfig;
import io.shardsync.runtime.config.Secret;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who may change something. With tokens: whoever has one. Without, a service listens on loopback only, and the danger
 * is a foreign web page in the browser of somebody who sits at this machine: so a change needs a loopback Host (a
 * foreign name that was made to point here has another), an Origin that is absent or our own, and a JSON body, which no
 * form can send.
 */
final class Gate {
    private static final Set<String> CHANGING = Set.of("POST", "PUT", "PATCH", "DELETE");
    private static final String SCHEME = "bearer ";

    private final HttpConfig config;
    private final RateLimit changes = new RateLimit(100, 20, System::nanoTime);
    private final RateLimit questions = new RateLimit(2_000, 500, System::nanoTime);

    Gate(HttpConfig config) {
        this.config = config;
    }

    /** @throws Problem if the request may not go on */
    void check(Context request) {
        boolean changing = CHANGING.contains(request.method().name());
        if (!(changing ? changes : questions).allows(request.ip())) {
            throw Problem.tooMany("too many requests from " + request.ip() + "; try again in a second");
        }
        if (changing) {
            caller(request).attachTo(request);
            jsonOnly(request);
        }
    }

    /** Whether a token is needed, for the dashboard. */
    boolean needsToken() {
        return config.token().isPresent() || !config.principals().isEmpty();
    }

    private Caller caller(Context request) {
        if (needsToken()) {
            return byToken(request);
        }
        requireOurOwn(request);
        return new Caller("loopback", false);
    }

    private Caller byToken(Context request) {
        String header = request.header("Authorization");
        if (header == null || !header.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
            throw Problem.unauthorized("changes need the header 'Authorization: Bearer TOKEN', with http.token or the"
                    + " token of a person, http.token.NAME");
        }
        String token = header.substring(SCHEME.length()).trim();
        Caller found = null;
        // All are compared, whichever matches: the time tells nothing about the tokens.
        for (Map.Entry<String, Secret> each : config.principals().entrySet()) {
            if (each.getValue().matches(token)) {
                found = new Caller(each.getKey(), true);
            }
        }
        Optional<Secret> shared = config.token();
        if (shared.isPresent() && shared.get().matches(token) && found == null) {
            found = new Caller("http.token", false);
        }
        if (found == null) {
            throw Problem.unauthorized("the token is not one of the configured ones");
        }
        return found;
    }

    private void requireOurOwn(Context request) {
        String host = request.header("Host");
        if (host == null || !isLoopback(name(host))) {
            throw Problem.forbidden("Host is '" + host + "'; without a configured http.token changes are allowed only"
                    + " under 127.0.0.1, localhost or [::1]");
        }
        String origin = request.header("Origin");
        if (origin != null && !origin.equals("http://" + host) && !origin.equals("https://" + host)) {
            throw Problem.forbidden("Origin is '" + origin + "'; without a configured http.token changes are allowed"
                    + " only from http://" + host);
        }
        String site = request.header("Sec-Fetch-Site");
        if (site != null && !site.equals("same-origin") && !site.equals("none")) {
            throw Problem.forbidden("Sec-Fetch-Site is '" + site + "'; without a configured http.token changes are"
                    + " allowed only from our own page");
        }
    }

    private static String name(String host) {
        int port = host.lastIndexOf(':');
        return port > host.lastIndexOf(']') ? host.substring(0, port) : host;
    }

    private static boolean isLoopback(String name) {
        return List.of("127.0.0.1", "localhost", "[::1]").contains(name.toLowerCase(Locale.ROOT));
    }

    private static void jsonOnly(Context request) {
        String type = request.header("Content-Type");
        boolean empty =
                request.header("Transfer-Encoding") == null && request.req().getContentLengthLong() <= 0;
        if (type == null && empty) {
            return;
        }
        String media = type == null ? "" : type.split(";", 2)[0].trim().toLowerCase(Locale.ROOT);
        if (!media.equals("application/json")) {
            throw Problem.notJson("Content-Type is '" + type + "', allowed: application/json");
        }
    }
}
