package io.shardsync.runtime.config;

import java.util.Map;
import java.util.Optional;

/**
 * Where a service listens for HTTP, and who may change something there.
 *
 * @param host address to bind
 * @param port 1–65535, or 0 for any free port
 * @param token {@code http.token}: allows changes, but tells nobody apart
 * @param principals {@code http.token.PRINCIPAL}: one token for each person
 */
public record HttpConfig(String host, int port, Optional<Secret> token, Map<String, Secret> principals) {
    /** Copies the map. */
    public HttpConfig {
        principals = Map.copyOf(principals);
    }
}
