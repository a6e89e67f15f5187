package io.shardsync.processor.serve;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;

/** A request that can't be answered, told as RFC 9457 asks. */
final class Problem extends RuntimeException {
    private static final long serialVersionUID = 1;
    private static final int BAD_REQUEST = 400;
    private static final int NOT_FOUND = 404;
    private static final int UNAVAILABLE = 503;

    private final int status;
    private final String title;

    private Problem(int status, String title, String detail) {
        super(detail);
        this.status = status;
        this.title = title;
    }

    static Problem badRequest(String detail) {
        return new Problem(BAD_REQUEST, "Bad request", detail);
    }

    static Problem notFound(String detail) {
        return new Problem(NOT_FOUND, "Not found", detail);
    }

    static Problem unavailable(String detail) {
        return new Problem(UNAVAILABLE, "Not ready", detail);
    }

    void answer(Context context) {
        ObjectNode body = JsonNodeFactory.instance
                .objectNode()
                .put("type", "about:blank")
                .put("title", title)
                .put("status", status)
                .put("detail", getMessage())
                .put("instance", context.path());
        context.status(status).contentType("application/problem+json").result(body.toString());
    }
}
