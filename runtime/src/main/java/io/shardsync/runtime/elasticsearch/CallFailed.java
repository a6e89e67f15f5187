package io.shardsync.runtime.elasticsearch;

import java.net.URI;
import java.util.Locale;

/** A call brought no usable answer. The message is one line and names host, call and reason. */
public final class CallFailed extends Exception {
    private static final long serialVersionUID = 1L;

    /** What kind of failure it was. */
    public enum Code {
        /** No connection, no TLS, or it broke before an answer came. */
        UNREACHABLE,
        /** No answer, or not all of it, in time. */
        TIMEOUT,
        /** 401. */
        AUTHENTICATION,
        /** 403. */
        AUTHORIZATION,
        /** 429. */
        TOO_MANY_REQUESTS,
        /** Somebody else answered: a proxy's page, no JSON, no product header. */
        NOT_ELASTICSEARCH,
        /** The answer broke off. */
        TRUNCATED,
        /** 5xx, from Elasticsearch itself. */
        SERVER_ERROR,
        /** Any other 4xx. */
        REJECTED;

        /** The code as it is written on topics, for example {@code too_many_requests}. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Code code;
    private final int status;
    private final URI host;
    private final String reason;
    private final String errorType;
    private final boolean mayHaveActed;

    CallFailed(
            Code code,
            int status,
            URI host,
            Call call,
            String reason,
            String errorType,
            boolean mayHaveActed,
            Throwable cause) {
        super(host + " " + call + ": " + (status > 0 ? status + " " : "") + reason, cause);
        this.code = code;
        this.status = status;
        this.host = host;
        this.reason = reason;
        this.errorType = errorType;
        this.mayHaveActed = mayHaveActed;
    }

    /** What kind of failure it was. */
    public Code code() {
        return code;
    }

    /** HTTP status, or 0 where there was no answer. */
    public int status() {
        return status;
    }

    /** Whom we asked last. */
    public URI host() {
        return host;
    }

    /** Why, in one line: {@code error.reason} where Elasticsearch gave one. */
    public String reason() {
        return reason;
    }

    /** {@code error.type} of the answer, for example {@code index_not_found_exception}; empty where there is none. */
    public String errorType() {
        return errorType;
    }

    /**
     * Whether Elasticsearch may have done what was asked although it didn't say so. False only where certainly nothing
     * was sent, or Elasticsearch refused.
     */
    public boolean mayHaveActed() {
        return mayHaveActed;
    }
}
