package io.shardsync.sandbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Requests to Elasticsearch, sent to any node that lives and is not frozen. Every request has a timeout of 30 seconds.
 *
 * <p>All methods throw {@link SandboxException} when no node answers or the answer is an error.
 */
public final class ElasticsearchHttp {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration ANSWER = Duration.ofSeconds(30);
    private static final HttpClient CLIENT = client().build();

    private final Supplier<List<ElasticsearchNode>> nodes;
    private final HttpClient client;
    private final Optional<String> authorization;

    private ElasticsearchHttp(Supplier<List<ElasticsearchNode>> nodes, Optional<Security> security) {
        this.nodes = nodes;
        this.client =
                security.map(on -> client().sslContext(on.trust()).build()).orElse(CLIENT);
        this.authorization = security.map(Security::authorization);
    }

    private static HttpClient.Builder client() {
        return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT);
    }

    /** Any of these nodes answers. */
    static ElasticsearchHttp of(List<ElasticsearchNode> nodes) {
        return new ElasticsearchHttp(
                () -> nodes.stream()
                        .filter(node -> node.isAlive() && !node.isFrozen())
                        .toList(),
                nodes.stream().findFirst().flatMap(ElasticsearchNode::security));
    }

    /** This node answers, or nobody. */
    static ElasticsearchHttp of(ElasticsearchNode node) {
        return new ElasticsearchHttp(() -> List.of(node), node.security());
    }

    /** The answer's body. */
    public JsonNode get(String path) {
        return send("GET", path, null);
    }

    /** The body is JSON text, or null for none. */
    public JsonNode put(String path, String body) {
        return send("PUT", path, body);
    }

    /** The body is JSON text, or null for none. */
    public JsonNode post(String path, String body) {
        return send("POST", path, body);
    }

    /** The answer's body. */
    public JsonNode delete(String path) {
        return send("DELETE", path, null);
    }

    /**
     * Creates an index without waiting for its copies.
     *
     * @param settings such as {@code number_of_shards}; {@code index.} may be left out
     */
    public void createIndex(String name, Map<String, ?> settings) {
        put("/" + name + "?wait_for_active_shards=0", json(Map.of("settings", settings)));
    }

    /** Creates an index without waiting for its copies. */
    public void createIndex(String name, int shards, int replicas) {
        createIndex(name, Map.of("number_of_shards", shards, "number_of_replicas", replicas));
    }

    /** Adds one document; it is searchable after the next refresh. */
    public void index(String index, String id, String json) {
        put("/" + index + "/_doc/" + id, json);
    }

    /**
     * Waits for the cluster's health.
     *
     * @param status {@code green}, or {@code yellow} for yellow or green
     */
    public void awaitHealth(String status, Duration timeout) {
        awaitCluster("wait_for_status=" + status + "&wait_for_no_initializing_shards=true", "be " + status, timeout);
    }

    /** Waits until exactly so many nodes are members. */
    public void awaitNodes(int count, Duration timeout) {
        awaitCluster("wait_for_nodes=" + count, "have " + count + " nodes", timeout);
    }

    /** {@link #awaitNodes(int, Duration)} with two minutes. */
    public void awaitNodes(int count) {
        awaitNodes(count, Duration.ofMinutes(2));
    }

    private void awaitCluster(String condition, String what, Duration timeout) {
        JsonNode[] last = {MissingNode.getInstance()};
        Waiting.until(
                () -> {
                    if (nodes.get().isEmpty()) {
                        throw new SandboxException("sandbox: Elasticsearch was to " + what
                                + ", but no node is alive, last seen " + last[0]);
                    }
                    try {
                        last[0] = get("/_cluster/health?timeout=1s&" + condition);
                        return !last[0].path("timed_out").asBoolean(true);
                    } catch (SandboxException timedOutOrNobodyThere) {
                        return false;
                    }
                },
                timeout,
                () -> "sandbox: Elasticsearch was to " + what + " within " + timeout.toSeconds() + " s, last seen "
                        + last[0]);
    }

    private JsonNode send(String method, String path, String body) {
        List<String> refused = new ArrayList<>();
        for (ElasticsearchNode node : nodes.get()) {
            try {
                return answerOf(client.send(request(method, node, path, body), HttpResponse.BodyHandlers.ofString()));
            } catch (ConnectException e) {
                // Nothing was sent, so it may be sent to another.
                refused.add(node.url());
            } catch (IOException e) {
                throw new SandboxException("sandbox: " + method + " " + node.url() + path + ": " + e, e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new SandboxException("sandbox: interrupted in " + method + " " + node.url() + path, e);
            }
        }
        throw new SandboxException(
                "sandbox: " + method + " " + path + ": no node answers, connection refused by " + refused);
    }

    private HttpRequest request(String method, ElasticsearchNode node, String path, String body) {
        HttpRequest.BodyPublisher publisher =
                body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body);
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(node.url() + path))
                .timeout(ANSWER)
                .header("Content-Type", path.contains("_bulk") ? "application/x-ndjson" : "application/json")
                .method(method, publisher);
        authorization.ifPresent(value -> request.header("Authorization", value));
        return request.build();
    }

    private static JsonNode answerOf(HttpResponse<String> response) throws JsonProcessingException {
        if (response.statusCode() >= 400) {
            throw new SandboxException("sandbox: " + response.request().method() + " " + response.uri() + " answered "
                    + response.statusCode() + ": " + response.body());
        }
        // Only the _cat endpoints answer text, unless asked for format=json.
        String type = response.headers().firstValue("content-type").orElse("");
        return type.contains("json") ? JSON.readTree(response.body()) : JSON.valueToTree(response.body());
    }

    private static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new SandboxException("sandbox: not writable as JSON: " + value, e);
        }
    }
}
