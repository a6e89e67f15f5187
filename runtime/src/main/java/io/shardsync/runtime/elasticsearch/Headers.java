package io.shardsync.runtime.elasticsearch;

import io.shardsync.runtime.config.Credentials;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** What goes out and comes in beside the body. */
final class Headers {
    /** Understood by 8.x and by 9.x; 8.x refuses what the 9.x client sends by itself. */
    static final String COMPATIBLE_JSON = "application/vnd.elasticsearch+json; compatible-with=8";

    /** In each answer of Elasticsearch since 7.14, and in hardly anybody else's. */
    static final String PRODUCT = "X-Elastic-Product";

    private Headers() {}

    static Optional<String> authorization(Credentials credentials) {
        if (credentials instanceof Credentials.ApiKey key) {
            return Optional.of("ApiKey " + key.encoded().reveal());
        }
        if (credentials instanceof Credentials.Basic basic) {
            String pair = basic.username() + ":" + basic.password().reveal();
            return Optional.of("Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
        }
        return Optional.empty();
    }
}
