package io.shardsync.processor.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.junit.WithSandbox;
import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.ConsistencyReport;
import io.shardsync.schemas.model.Control;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.ReplicationStatus;
import io.shardsync.schemas.model.Verdict;
import io.shardsync.schemas.topic.Json;
import org.junit.jupiter.api.Test;

import java.io.InputStream;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What openapi.yaml promises and what the server does are the same. */
@WithSandbox(nodes = 0)
class ContractIT {
    private static final String COMMAND = "5f0f6c1e-8a53-4a6e-9f5e-0d3a7a8f1b11";
    private static final Set<String> METHODS = Set.of("get", "post", "put", "delete", "patch");

    private final Map<String, String> documents = new HashMap<>();

    @Test
    void everyDocumentedOperationAnswersAsDocumented(Sandbox sandbox) throws Exception {
        try (Server server = Server.start(sandbox, Map.of())) {
            Http http = new Http(server.address());
            fill(server, http);
            JsonNode api = new ObjectMapper(new YAMLFactory())
                    .readTree(http.get("/openapi.yaml").body());
            documents.put("urn:openapi", Json.MAPPER.writeValueAsString(relinked(api)));

            List<String> checked = new ArrayList<>();
            for (Map.Entry<String, JsonNode> path : api.get("paths").properties()) {
                for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
                    if (METHODS.contains(operation.getKey()) && !path.getKey().equals("/events")) {
                        check(http, api, path.getKey(), path.getValue(), operation.getKey(), operation.getValue());
                        checked.add(operation.getKey() + " " + path.getKey());
                    }
                }
            }
            assertThat(checked).hasSizeGreaterThan(20);
        }
    }

    @Test
    void everyRouteIsDocumented(Sandbox sandbox) throws Exception {
        try (Server server = Server.start(sandbox, Map.of());
                InputStream in = ContractIT.class.getResourceAsStream("contract/openapi.yaml")) {
            JsonNode api = new ObjectMapper(new YAMLFactory()).readTree(in);
            Set<String> documented = new TreeSet<>();
            api.get("paths").fieldNames().forEachRemaining(documented::add);

            // The dashboard's own files are no interface.
            assertThat(documented)
                    .contains(
                            "/shards/replication",
                            "/shards/replication/{cluster}/{index}/{shard}",
                            "/shards/consistency/{index}",
                            "/shards/recovery",
                            "/shards/recovery/status",
                            "/shards/recovery/{command_id}",
                            "/alerts",
                            "/clusters",
                            "/healing/pause",
                            "/healing/resume",
                            "/maintenance",
                            "/maintenance/{id}",
                            "/events",
                            "/openapi.yaml",
                            "/asyncapi.yaml",
                            "/livez",
                            "/readyz",
                            "/metrics",
                            "/");
            assertThat(new Http(server.address())
                            .get("/json/alert.v1.schema.json")
                            .statusCode())
                    .as("what the description refers to can be fetched from beside it")
                    .isEqualTo(200);
        }
    }

    @Test
    void everyDocumentedRefusalIsWhatTheServerSays(Sandbox sandbox) throws Exception {
        List<Refusal> refusals;
        try (Server server = Server.start(sandbox, Map.of())) {
            Http http = new Http(server.address());
            fill(server, http);
            JsonNode api = new ObjectMapper(new YAMLFactory())
                    .readTree(http.get("/openapi.yaml").body());
            documents.put("urn:openapi", Json.MAPPER.writeValueAsString(relinked(api)));
            refusals = refusals(api);
            assertThat(refusals).hasSizeGreaterThan(80);
            refusals.forEach(refusal -> provoke(http, refusal, Set.of(304, 400, 404, 403, 409, 413, 415)));
            // The last, for after it nothing is taken any more.
            refusals.stream()
                    .filter(refusal -> !refusal.reads())
                    .forEach(refusal -> provoke(http, refusal, Set.of(429)));
        }
        try (Server server = Server.start(sandbox, Map.of("http.token", "a-secret"))) {
            Http http = new Http(server.address());
            refusals.forEach(refusal -> provoke(http, refusal, Set.of(401)));
        }
        // One that listens already and has read nothing yet.
        List<Refusal> all = refusals;
        try (Server server = Server.startWith(sandbox, starting -> {
            Http http = new Http(starting.address());
            all.forEach(refusal -> provoke(http, refusal, Set.of(503)));
        })) {
            assertThat(new Http(server.address()).get("/readyz").statusCode()).isEqualTo(200);
        }
        // Two thousand questions in a moment, and a thousand listeners: RateLimitTest and EventsIT.
        assertThat(refusals.stream()
                        .filter(refusal -> !refusal.seen().get())
                        .map(Refusal::toString)
                        .filter(name -> !name.matches("get .* 429|get /events 503")))
                .isEmpty();
    }

    /**
     * @param body an example of what is taken; null where there is none
     * @param content of the documented response; null where it has none
     */
    private record Refusal(
            String method, String path, String target, String body, int status, JsonNode content, AtomicBoolean seen) {
        boolean reads() {
            return method.equals("get");
        }

        @Override
        public String toString() {
            return method + " " + path + " " + status;
        }
    }

    private static List<Refusal> refusals(JsonNode api) {
        List<Refusal> refusals = new ArrayList<>();
        for (Map.Entry<String, JsonNode> path : api.get("paths").properties()) {
            for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
                if (METHODS.contains(operation.getKey())) {
                    operation.getValue().get("responses").properties().stream()
                            .filter(response -> Integer.parseInt(response.getKey()) >= 300)
                            .forEach(response -> refusals.add(new Refusal(
                                    operation.getKey(),
                                    path.getKey(),
                                    target(api, path.getKey(), path.getValue(), operation.getValue()),
                                    body(api, operation.getValue()),
                                    Integer.parseInt(response.getKey()),
                                    resolved(api, response.getValue()).get("content"),
                                    new AtomicBoolean())));
                }
            }
        }
        return refusals;
    }

    /** Does what has to be refused, and looks at the refusal. */
    private void provoke(Http http, Refusal refusal, Set<Integer> now) {
        // It would listen without an end.
        boolean endless = refusal.path().equals("/events") && refusal.status() == 503;
        if (endless || !now.contains(refusal.status())) {
            return;
        }
        String method = refusal.method().toUpperCase(java.util.Locale.ROOT);
        String target = refusal.target();
        HttpResponse<String> answer =
                switch (refusal.status()) {
                    case 304 ->
                        http.get(
                                target,
                                "If-None-Match",
                                http.get(target).headers().firstValue("ETag").orElse("none"));
                    case 400 ->
                        refusal.body() == null
                                ? http.send(method, target + "?nonsense=1", null)
                                : http.send(method, target, "{\"nonsense\":1}");
                    case 403 -> http.send(method, target, refusal.body(), "Origin", "https://evil.example");
                    case 404 -> http.send(method, nowhere(refusal.path()), null);
                    case 409 -> http.send(method, target.replace("/disks", "/twice"), conflicting(refusal));
                    case 413 -> http.send(method, target, "{\"why\":\"" + "x".repeat(70_000) + "\"}");
                    case 415 -> http.send(method, target, "{}", "Content-Type", "text/plain");
                    case 429 -> untilTooMany(http, method, target);
                    case 401, 503 -> http.send(method, target, refusal.body());
                    default -> throw new AssertionError("nobody knows how to provoke " + refusal);
                };
        assertThat(answer.statusCode()).as(refusal + ": " + answer.body()).isEqualTo(refusal.status());
        refusal.seen().set(true);
        if (refusal.content() == null) {
            assertThat(answer.body()).as(refusal.toString()).isEmpty();
            return;
        }
        String type = answer.headers().firstValue("Content-Type").orElse("").split(";")[0];
        assertThat(refusal.content().has(type)).as(refusal + " is " + type).isTrue();
        assertThat(errors(refusal.content().get(type).get("schema"), answer.body()))
                .as(refusal + ": " + answer.body())
                .isEmpty();
    }

    private static String conflicting(Refusal refusal) {
        if (refusal.path().startsWith("/maintenance")) {
            return refusal.body() == null ? null : "{\"id\":\"disks\",\"cluster\":\"prod\"}";
        }
        return "{\"command_id\":\"" + COMMAND + "\""
                + (refusal.path().contains("consistency") ? "}" : ",\"type\":\"REBALANCE\"}");
    }

    private static String nowhere(String path) {
        return path.replace("{cluster}/{index}/{shard}", "prod/orders/99").replaceAll("\\{[a-z_]+}", "unknown");
    }

    /** Refills by twenty a second: somewhere among so many one is refused. */
    private static HttpResponse<String> untilTooMany(Http http, String method, String target) {
        HttpResponse<String> answer = http.send(method, target, "[]");
        for (int i = 0; i < 500 && answer.statusCode() != 429; i++) {
            answer = http.send(method, target, "[]");
        }
        return answer;
    }

    private void check(Http http, JsonNode api, String path, JsonNode item, String method, JsonNode operation) {
        String target = target(api, path, item, operation);
        String body = body(api, operation);
        HttpResponse<String> answer = http.send(method.toUpperCase(java.util.Locale.ROOT), target, body);
        String what = method + " " + target + " answered " + answer.statusCode() + " " + answer.body();
        JsonNode response = operation.get("responses").get(String.valueOf(answer.statusCode()));
        assertThat(response).as("documented: " + what).isNotNull();
        // What has an example has to succeed with it.
        assertThat(answer.statusCode()).as(what).isLessThan(400);
        JsonNode content = resolved(api, response).get("content");
        if (content == null) {
            assertThat(answer.body()).as(what).isEmpty();
            return;
        }
        String type = answer.headers()
                .firstValue("Content-Type")
                .orElse("")
                .split(";")[0]
                .trim();
        assertThat(content.has(type)).as("content type " + type + " of " + what).isTrue();
        if (type.endsWith("json")) {
            assertThat(errors(content.get(type).get("schema"), answer.body()))
                    .as(what)
                    .isEmpty();
        }
        if (body != null) {
            JsonNode schema = operation
                    .get("requestBody")
                    .get("content")
                    .get("application/json")
                    .get("schema");
            assertThat(errors(schema, body))
                    .as("example of " + method + " " + path)
                    .isEmpty();
        }
    }

    private static String target(JsonNode api, String path, JsonNode item, JsonNode operation) {
        String target = path;
        for (JsonNode parameters : List.of(item.path("parameters"), operation.path("parameters"))) {
            for (JsonNode one : parameters) {
                JsonNode parameter = resolved(api, one);
                if (parameter.get("in").textValue().equals("path")) {
                    target = target.replace(
                            "{" + parameter.get("name").textValue() + "}",
                            parameter.get("example").asText());
                }
            }
        }
        return target;
    }

    private static String body(JsonNode api, JsonNode operation) {
        JsonNode content = operation.path("requestBody").path("content").path("application/json");
        if (content.isMissingNode()) {
            return null;
        }
        if (content.has("example")) {
            return content.get("example").toString();
        }
        return content.has("examples")
                ? content.get("examples").elements().next().get("value").toString()
                : "{}";
    }

    private static JsonNode resolved(JsonNode api, JsonNode node) {
        return node.has("$ref") ? api.at(node.get("$ref").textValue().substring(1)) : node;
    }

    private List<Error> errors(JsonNode schema, String json) {
        SchemaRegistry registry = SchemaRegistry.withDefaultDialect(
                SpecificationVersion.DRAFT_2020_12, builder -> builder.schemas(this::document));
        Schema compiled = registry.getSchema(relinked(schema).toString(), InputFormat.JSON);
        return compiled.validate(json, InputFormat.JSON);
    }

    /** Absolute references, so that a part of the description can be used by itself. */
    private static JsonNode relinked(JsonNode node) {
        JsonNode copy = node.deepCopy();
        for (JsonNode parent : copy.findParents("$ref")) {
            String ref = parent.get("$ref").textValue();
            ((ObjectNode) parent)
                    .put(
                            "$ref",
                            ref.startsWith("json/")
                                    ? "urn:shardsync:schema:" + ref.substring(5).replace(".schema.json", "")
                                    : ref.startsWith("#/") ? "urn:openapi" + ref : ref);
        }
        return copy;
    }

    private String document(String iri) {
        if (documents.containsKey(iri)) {
            return documents.get(iri);
        }
        String resource = "/io/shardsync/schemas/json/" + iri.substring(iri.lastIndexOf(':') + 1) + ".schema.json";
        try (InputStream in = ContractIT.class.getResourceAsStream(resource)) {
            return in == null ? null : new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Something of everything, under the names of the examples. */
    private static void fill(Server server, Http http) {
        ReplicationStatus orders = Samples.recovering("prod", "orders", 0, "n1", "n3", 16.5);
        server.write(server.topics().replicationStatuses(), orders.key(), orders);
        server.write(
                server.topics().clusterSnapshots(),
                "prod",
                Samples.cluster("prod", "yellow", List.of("n1", "n3"), List.of("n3")));
        Alert alert = Samples.alert(
                "prod", "ReplicasUnassigned", Alert.Severity.WARNING, Alert.Status.FIRING, "6 are unassigned");
        server.write(server.topics().alerts(), alert.fingerprint(), alert);
        RecoveryResult result = Samples.result(
                Samples.command(COMMAND, "prod", CommandType.RECOVER), 1, RecoveryResult.Status.SUCCEEDED);
        server.write(server.topics().recoveryResults(), COMMAND, result);
        for (ConsistencyReport.Method method : ConsistencyReport.Method.values()) {
            server.write(
                    server.topics().consistencyReports(),
                    "prod/orders/" + method.name().toLowerCase(java.util.Locale.ROOT),
                    Samples.report("prod", "orders", method, Verdict.DIVERGENT));
        }
        for (String cluster : List.of("prod", "staging")) {
            server.write(
                    server.topics().controls(),
                    cluster + "/maintenance/twice",
                    new Control(Control.Kind.MAINTENANCE, cluster, null, null, null, "anna", "by hand"));
        }
        server.flush();
        http.post("/maintenance", "{\"id\":\"disks\",\"why\":\"disks are exchanged\"}");
        http.post("/healing/pause", "{\"why\":\"a try\"}");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> http.get("/maintenance/disks").statusCode() == 200
                        && http.get("/maintenance/twice").statusCode() == 409
                        && http.get("/shards/recovery/" + COMMAND).statusCode() == 200
                        && http.get("/shards/replication/prod/orders/0").statusCode() == 200
                        && http.json("/shards/consistency/orders")
                                        .get("reports")
                                        .size()
                                == 2
                        && http.json("/alerts").get("alerts").size() == 1
                        && http.json("/clusters").get("clusters").size() == 1
                        && http.json("/clusters").get("clusters").get(0).has("nodes"));
    }
}
