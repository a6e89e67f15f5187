package io.shardsync.runtime.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * A password, token or key that is never printed.
 *
 * @param reveal the secret itself, for the one place that hands it over
 */
public record Secret(String reveal) {
    /** Whether both are the same, in a time that doesn't depend on how many characters agree. */
    public boolean matches(String candidate) {
        return MessageDigest.isEqual(
                reveal.getBytes(StandardCharsets.UTF_8), candidate.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return "[hidden]";
    }
}
