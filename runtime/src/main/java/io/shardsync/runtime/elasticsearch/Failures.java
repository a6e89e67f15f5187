package io.shardsync.runtime.elasticsearch;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.shardsync.runtime.elasticsearch.CallFailed.Code;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ConnectionRequestTimeoutException;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;

import javax.net.ssl.SSLException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.URI;
import java.net.UnknownHostException;

/** Gives each failure of a call its code and a sentence. */
final class Failures {
    /** A proxy's page can be of any size; a reason never is. */
    private static final int MOST_ERROR_BYTES = 64 * 1024;

    private final ObjectMapper mapper;
    private final URI host;
    private final Call call;

    Failures(ObjectMapper mapper, URI host, Call call) {
        this.mapper = mapper;
        this.host = host;
        this.call = call;
    }

    /** Before the answer's first line. */
    CallFailed beforeAnswer(IOException e) {
        if (e instanceof ConnectTimeoutException) {
            return failed(Code.UNREACHABLE, "no connection within a second", false, e);
        }
        if (e instanceof UnknownHostException) {
            return failed(Code.UNREACHABLE, "unknown host", false, e);
        }
        if (e instanceof ConnectException || e instanceof NoRouteToHostException) {
            return failed(Code.UNREACHABLE, "connection refused or no route", false, e);
        }
        if (e instanceof SSLException) {
            return failed(
                    Code.UNREACHABLE,
                    "TLS failed (" + oneLine(e.getMessage()) + "); check http or https in the hosts, and ca.file",
                    false,
                    e);
        }
        if (e instanceof ConnectionRequestTimeoutException) {
            return failed(Code.TIMEOUT, "all connections were busy for " + millis(), false, e);
        }
        if (e instanceof InterruptedIOException) {
            return failed(Code.TIMEOUT, "no answer within " + millis(), true, e);
        }
        return failed(Code.UNREACHABLE, "connection lost before an answer: " + oneLine(e.getMessage()), true, e);
    }

    /** While the body of a good answer was read. */
    CallFailed inAnswer(int status, IOException e) {
        if (e instanceof InterruptedIOException) {
            return failed(Code.TIMEOUT, status, "the answer was not complete within " + millis(), e);
        }
        if (e instanceof JsonParseException && !(e instanceof JsonEOFException)) {
            return failed(Code.NOT_ELASTICSEARCH, status, "the answer is not JSON", e);
        }
        return failed(Code.TRUNCATED, status, "the answer broke off: " + oneLine(e.getMessage()), e);
    }

    /** A status of 2xx that nobody but a proxy gives. */
    CallFailed notElasticsearch(ClassicHttpResponse response) {
        Header type = response.getFirstHeader("Content-Type");
        Header location = response.getFirstHeader("Location");
        String what = location != null
                ? "a redirect to " + location.getValue()
                : type == null ? "no content type" : "content type " + type.getValue();
        boolean product = response.getFirstHeader(Headers.PRODUCT) != null;
        return failed(
                Code.NOT_ELASTICSEARCH,
                response.getCode(),
                "not an answer of Elasticsearch: " + what + (product ? "" : ", no header " + Headers.PRODUCT)
                        + "; is there a proxy or another server at this address?",
                null);
    }

    /** A status of 400 or more. */
    CallFailed refused(ClassicHttpResponse response, long deadline) {
        JsonNode body = errorBody(response, deadline);
        JsonNode error = body.path("error");
        String reason = error.isTextual() ? error.asText() : reason(error);
        int status = response.getCode();
        Code code = codeOf(status);
        boolean foreign = response.getFirstHeader(Headers.PRODUCT) == null && body.isMissingNode();
        if (foreign && (code == Code.SERVER_ERROR || code == Code.REJECTED)) {
            return notElasticsearch(response);
        }
        return new CallFailed(
                code,
                status,
                host,
                call,
                reason.isBlank() ? "(no reason given)" : oneLine(reason),
                error.path("type").asText(""),
                code == Code.SERVER_ERROR && !call.isRead(),
                null);
    }

    /** "all shards failed" alone helps nobody: the first shard knows why. */
    private static String reason(JsonNode error) {
        String reason = error.path("reason").asText("");
        String root = error.path("root_cause").path(0).path("reason").asText("");
        return root.isEmpty() || root.equals(reason) ? reason : reason + ": " + root;
    }

    private static Code codeOf(int status) {
        return switch (status) {
            case 401 -> Code.AUTHENTICATION;
            case 403 -> Code.AUTHORIZATION;
            case 429 -> Code.TOO_MANY_REQUESTS;
            default -> status >= 500 ? Code.SERVER_ERROR : Code.REJECTED;
        };
    }

    private JsonNode errorBody(ClassicHttpResponse response, long deadline) {
        HttpEntity entity = response.getEntity();
        if (entity == null) {
            return MissingNode.getInstance();
        }
        try (InputStream body = new DeadlineStream(entity.getContent(), deadline)) {
            JsonNode read = mapper.readTree(body.readNBytes(MOST_ERROR_BYTES));
            return read != null && read.isObject() ? read : MissingNode.getInstance();
        } catch (IOException unreadable) {
            return MissingNode.getInstance();
        }
    }

    private CallFailed failed(Code code, String reason, boolean mayHaveActed, Throwable cause) {
        return new CallFailed(code, 0, host, call, reason, "", mayHaveActed && !call.isRead(), cause);
    }

    private CallFailed failed(Code code, int status, String reason, Throwable cause) {
        return new CallFailed(code, status, host, call, reason, "", !call.isRead(), cause);
    }

    private String millis() {
        return call.timeout().toMillis() + " ms";
    }

    private static String oneLine(String text) {
        if (text == null) {
            return "no details";
        }
        String line = text.replaceAll("\\s+", " ").strip();
        return line.length() > 500 ? line.substring(0, 500) + "…" : line;
    }
}
