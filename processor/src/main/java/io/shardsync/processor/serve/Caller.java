package io.shardsync.processor.serve;

import io.javalin.http.Context;

/**
 * Who asks for a change.
 *
 * @param name for the audit
 * @param verified whether a token of that person's own proved it
 */
record Caller(String name, boolean verified) {
    private static final String ATTRIBUTE = "shardsync.caller";

    void attachTo(Context request) {
        request.attribute(ATTRIBUTE, this);
    }

    /** As the {@link Gate} found out. */
    static Caller of(Context request) {
        Caller caller = request.attribute(ATTRIBUTE);
        if (caller == null) {
            throw new IllegalStateException(request.method() + " " + request.path() + " did not pass the gate");
        }
        return caller;
    }

    /** Their own name where it is verified; else the one they claim, if any. */
    String nameOr(String claimed) {
        return verified || claimed == null ? name : claimed;
    }
}
