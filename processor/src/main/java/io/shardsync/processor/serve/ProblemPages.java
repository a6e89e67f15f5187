package io.shardsync.processor.serve;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** What Jetty itself refuses (headers too large, paths that could be read in two ways), told as everything else is. */
final class ProblemPages extends ErrorHandler {

    @Override
    protected void generateResponse(
            Request request, Response response, int code, String message, Throwable cause, Callback callback) {
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, Problem.MEDIA_TYPE);
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        response.getHeaders().put("X-Content-Type-Options", "nosniff");
        // An HTTP version or an encoding that does not exist is the caller's doing, whatever number it has by the book:
        // 5xx is what wakes somebody up.
        int told = code == HttpStatus.HTTP_VERSION_NOT_SUPPORTED_505 || code == HttpStatus.NOT_IMPLEMENTED_501
                ? HttpStatus.BAD_REQUEST_400
                : code;
        response.setStatus(told);
        String title = HttpStatus.getMessage(code);
        // Not Jetty's message: it may quote what was sent, or name classes.
        String body = Problem.of(told, title, "the request was refused: " + title)
                .body(request.getHttpURI().getCanonicalPath());
        Content.Sink.write(response, true, body, callback);
    }
}
