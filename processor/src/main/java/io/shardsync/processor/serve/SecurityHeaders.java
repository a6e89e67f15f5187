package io.shardsync.processor.serve;

import java.util.function.BiConsumer;

/** What tells a browser not to trust anything but us. */
final class SecurityHeaders {
    /** Scripts, styles and calls from here alone, nothing inline; nobody frames us. */
    private static final String CONTENT_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; "
            + "img-src 'self' data:; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; "
            + "frame-ancestors 'none'";

    private SecurityHeaders() {}

    static void set(BiConsumer<String, String> header) {
        header.accept("Content-Security-Policy", CONTENT_POLICY);
        header.accept("X-Content-Type-Options", "nosniff");
        header.accept("X-Frame-Options", "DENY");
        header.accept("Referrer-Policy", "no-referrer");
        header.accept("Cross-Origin-Opener-Policy", "same-origin");
        header.accept("Cross-Origin-Resource-Policy", "same-origin");
        header.accept("Permissions-Policy", "camera=(), geolocation=(), microphone=()");
    }
}
