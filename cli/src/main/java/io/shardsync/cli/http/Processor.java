package io.shardsync.cli.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.shardsync.cli.print.Exit;
import io.shardsync.cli.print.Failure;
import io.shardsync.cli.print.Plain;
import io.shardsync.schemas.topic.Json;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

import static java.nio.charset.StandardCharsets.UTF_8;

/** A processor's HTTP API. Redirections are not followed: whoever answers with one could collect tokens. */
public final class Processor {
    private static final int TOO_MANY = 429;
    private static final int MOST_REPEATS = 5;
    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** How long each request may take, connecting included, it says itself. */
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final URI base;
    private final Optional<String> token;
    private final Duration patience;

    Processor(URI base, Optional<String> token, Duration patience) {
        this.base = base;
        this.token = token;
        this.patience = patience;
    }

    public URI address() {
        return base;
    }

    /** A path made of segments that may hold anything. */
    public static String path(String... segments) {
        return java.util.Arrays.stream(segments).map(Processor::encoded).collect(Collectors.joining("/", "/", ""));
    }

    /** A query of what is not null, with its question mark; empty if nothing is left. */
    public static String query(Map<String, ?> parameters) {
        String joined = parameters.entrySet().stream()
                .filter(each -> each.getValue() != null)
                .map(each -> each.getKey() + "=" + encoded(String.valueOf(each.getValue())))
                .collect(Collectors.joining("&"));
        return joined.isEmpty() ? "" : "?" + joined;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, UTF_8).replace("+", "%20");
    }

    /** @throws Failure saying why there is no answer, or the server's own words where it refuses */
    public JsonNode get(String path) {
        return send(request(path).GET());
    }

    /** @throws Failure likewise */
    public JsonNode post(String path, JsonNode body) {
        HttpRequest.Builder request =
                request(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body.toString()));
        token.ifPresent(value -> request.header("Authorization", "Bearer " + value));
        return send(request);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(base + path)).timeout(patience).header("Accept", "application/json");
    }

    private JsonNode send(HttpRequest.Builder builder) {
        HttpRequest request = builder.build();
        HttpResponse<String> response = exchange(request);
        for (int i = 0; i < MOST_REPEATS && response.statusCode() == TOO_MANY; i++) {
            pause();
            response = exchange(request);
        }
        int status = response.statusCode();
        if (status < 200 || status > 299) {
            throw refusal(request, response);
        }
        return json(response)
                .orElseThrow(() -> new Failure(
                        Exit.UNREACHABLE,
                        "what answers at " + base + " is no processor: "
                                + request.uri().getPath() + " is not answered with JSON"));
    }

    private HttpResponse<String> exchange(HttpRequest request) {
        try {
            return CLIENT.send(request, BodyHandlers.ofString());
        } catch (HttpTimeoutException e) {
            throw unreachable("no answer within " + patience.toMillis() + " ms", e);
        } catch (ConnectException e) {
            throw unreachable("the connection is refused, or the host unknown", e);
        } catch (IOException e) {
            throw unreachable(e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Exit.FAULT, "interrupted while waiting for " + base, e);
        }
    }

    private Failure unreachable(String why, IOException cause) {
        return new Failure(
                Exit.UNREACHABLE,
                "no processor answers at " + base + ": " + why
                        + ". Is it running? Name another one with --url or SHARDSYNC_URL",
                cause);
    }

    private Failure refusal(HttpRequest request, HttpResponse<String> response) {
        int status = response.statusCode();
        String detail = json(response)
                .map(body -> body.path("detail").asText(""))
                .filter(text -> !text.isEmpty())
                .map(Plain::line)
                .orElse(request.method() + " " + request.uri().getPath() + " is answered with " + status);
        return switch (status) {
            case 401, 403 ->
                new Failure(
                        Exit.REFUSED,
                        detail
                                + (token.isPresent()
                                        ? ""
                                        : ". Give a token with --token-file, SHARDSYNC_TOKEN_FILE or SHARDSYNC_TOKEN"));
            case 400, 404, 405, 409, 413, 415 -> new Failure(Exit.USAGE, detail);
            case 503 -> new Failure(Exit.UNREACHABLE, "the processor at " + base + " is not ready: " + detail);
            default -> new Failure(Exit.UNREACHABLE, "what answers at " + base + " says " + status + ": " + detail);
        };
    }

    private static Optional<JsonNode> json(HttpResponse<String> response) {
        try {
            return Optional.of(Json.MAPPER.readTree(response.body())).filter(JsonNode::isObject);
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Exit.FAULT, "interrupted", e);
        }
    }
}
