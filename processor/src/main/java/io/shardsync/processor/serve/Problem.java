package io.shardsync.processor.serve;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.javalin.http.Context;

/** A request that can't be answered, told as RFC 9457 asks. */
final class Problem extends RuntimeException {
    static final String MEDIA_TYPE = "application/problem+json";

    private static final long serialVersionUID = 1;
    private static final int MOST_DETAIL = 2_000;

    private final int status;
    private final String title;

    private Problem(int status, String title, String detail) {
        // A refused request is an answer, not a failure of ours: nobody reads its stack.
        super(detail, null, false, false);
        this.status = status;
        this.title = title;
    }

    static Problem badRequest(String detail) {
        return new Problem(400, "Bad request", detail);
    }

    static Problem unauthorized(String detail) {
        return new Problem(401, "Unauthorized", detail);
    }

    static Problem forbidden(String detail) {
        return new Problem(403, "Forbidden", detail);
    }

    static Problem notFound(String detail) {
        return new Problem(404, "Not found", detail);
    }

    static Problem conflict(String detail) {
        return new Problem(409, "Conflict", detail);
    }

    static Problem tooLarge(String detail) {
        return new Problem(413, "Content too large", detail);
    }

    static Problem notJson(String detail) {
        return new Problem(415, "Unsupported media type", detail);
    }

    static Problem tooMany(String detail) {
        return new Problem(429, "Too many requests", detail);
    }

    static Problem unavailable(String detail) {
        return new Problem(503, "Not ready", detail);
    }

    /** Anything else that HTTP has a number for. */
    static Problem of(int status, String title, String detail) {
        return new Problem(status, title, detail);
    }

    int status() {
        return status;
    }

    void answer(Context context) {
        if (status == 401) {
            context.header("WWW-Authenticate", "Bearer realm=\"shardsync\"");
        }
        if (status == 429 || status == 503) {
            context.header("Retry-After", "1");
        }
        if (status == 413) {
            // What is still to come of the body is not read: who sent the next request this way would get no answer.
            context.header("Connection", "close");
        }
        context.status(status)
                .header("Cache-Control", "no-store")
                .contentType(MEDIA_TYPE)
                .result(body(context.path()));
    }

    /** @param path of the request */
    String body(String path) {
        String detail = String.valueOf(getMessage());
        return JsonNodeFactory.instance
                .objectNode()
                .put("type", "about:blank")
                .put("title", title)
                .put("status", status)
                .put("detail", detail.length() > MOST_DETAIL ? detail.substring(0, MOST_DETAIL) + "…" : detail)
                .put("instance", path)
                .toString();
    }
}
