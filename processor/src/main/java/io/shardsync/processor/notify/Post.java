package io.shardsync.processor.notify;

import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.shardsync.runtime.config.Secret;
import io.shardsync.runtime.ops.Metrics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Posts JSON to one address, and counts. */
final class Post {
    private static final Logger log = LoggerFactory.getLogger(Post.class);
    private static final int REQUEST_TIMEOUT = 408;
    private static final int TOO_MANY = 429;
    private static final int SHOWN = 200;

    private final HttpClient client;
    private final URI address;
    private final Optional<Secret> token;
    private final Duration timeout;
    private final Counter attempted;
    private final Counter failed;
    private String lastProblem = "";

    /** @param integration a label of the metrics */
    Post(
            HttpClient client,
            String integration,
            URI address,
            Optional<Secret> token,
            Duration timeout,
            MeterRegistry registry) {
        this.client = client;
        this.address = address;
        this.token = token;
        this.timeout = timeout;
        attempted = counter(registry, "notifications.attempted", "Requests sent to tell of alerts.", integration);
        failed = counter(registry, "notifications.failed", "Those of them that were not taken.", integration);
    }

    private static Counter counter(MeterRegistry registry, String name, String description, String integration) {
        return Counter.builder(Metrics.name(name))
                .description(description)
                .tag("integration", integration)
                .register(registry);
    }

    /**
     * Returns when it was taken, or refused for good: a receiver that calls it wrong (4xx) would do so again.
     *
     * @throws NotTold when it is worth trying again
     */
    void send(JsonNode body) throws NotTold, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(address)
                .header("Content-Type", "application/json")
                .header("User-Agent", "shardsync")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body.toString().getBytes(UTF_8)));
        token.ifPresent(secret -> request.header("Authorization", "Bearer " + secret.reveal()));
        attempted.increment();
        HttpResponse<String> response;
        try {
            response = exchange(request.build());
        } catch (IOException e) {
            failed.increment();
            String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            say(shown() + " is not reached: " + why + "; it is tried again");
            throw new NotTold(why, e, !(e instanceof ConnectException || e instanceof HttpConnectTimeoutException));
        }
        int code = response.statusCode();
        if (code / 100 == 2) {
            if (!lastProblem.isEmpty()) {
                log.info("{} takes alerts again", shown());
                lastProblem = "";
            }
            return;
        }
        failed.increment();
        String text = response.body().strip();
        boolean again = code / 100 != 4 || code == REQUEST_TIMEOUT || code == TOO_MANY;
        say(shown() + " answers " + code + " " + text.substring(0, Math.min(SHOWN, text.length()))
                + (again ? "; it is tried again" : ", which is final"));
        if (again) {
            throw new NotTold("HTTP " + code, null, true);
        }
    }

    /** The timeout of a request would end with the answer's headers; this one holds for all of it. */
    private HttpResponse<String> exchange(HttpRequest request) throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<String>> exchange =
                client.sendAsync(request, HttpResponse.BodyHandlers.ofString());
        try {
            return exchange.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IOException("no whole answer within " + timeout, e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
        } finally {
            exchange.cancel(true);
        }
    }

    /** Without the path: that of a webhook often is its secret. */
    private String shown() {
        return address.getScheme() + "://" + address.getAuthority();
    }

    /** Only what is new: a receiver that is down for a day would fill the log. */
    private void say(String problem) {
        if (!problem.equals(lastProblem)) {
            log.warn("alerts are not told: {}", problem);
            lastProblem = problem;
        }
    }
}
