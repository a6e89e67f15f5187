package io.shardsync.processor.serve;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.junit.WithSandbox;
import io.shardsync.schemas.fuzz.Fuzz;
import io.shardsync.schemas.fuzz.Mutations;
import io.shardsync.schemas.topic.Json;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Well-formed requests with damaged paths, questions and bodies, by somebody who is allowed to change things: each is
 * answered, or refused in words. What is no HTTP at all is {@link MalformedRequestsIT}'s.
 */
@WithSandbox(nodes = 0)
class RequestsFuzzIT {
    private static final String TOKEN = "a-token";
    private static final int FAILURE = 500;
    private static final int REFUSED = 400;

    private static final List<String> REQUESTS = List.of(
            "{\"method\":\"GET\",\"path\":[\"shards\",\"replication\"],\"query\":{\"cluster\":\"prod\",\"index\":\"ord*\","
                    + "\"health\":\"lagging,degraded\",\"limit\":\"10\"}}",
            "{\"method\":\"GET\",\"path\":[\"shards\",\"replication\"],\"query\":{\"cursor\":\"cHJvZC9vcmRlcnMvMA\"}}",
            "{\"method\":\"GET\",\"path\":[\"shards\",\"replication\",\"prod\",\"orders\",0]}",
            "{\"method\":\"GET\",\"path\":[\"shards\",\"consistency\",\"orders\"],\"query\":{\"cluster\":\"prod\"}}",
            "{\"method\":\"GET\",\"path\":[\"shards\",\"recovery\",\"status\"]}",
            "{\"method\":\"GET\",\"path\":[\"shards\",\"recovery\",\"5f0f6c1e-8a53-4a6e-9f5e-0d3a7a8f1b11\"]}",
            "{\"method\":\"GET\",\"path\":[\"alerts\"],\"query\":{\"status\":\"firing\",\"cluster\":\"prod\"}}",
            "{\"method\":\"GET\",\"path\":[\"clusters\",\"prod\",\"lag\"]}",
            "{\"method\":\"GET\",\"path\":[\"maintenance\"]}",
            "{\"method\":\"POST\",\"path\":[\"shards\",\"recovery\"],\"body\":{\"type\":\"MOVE_SHARD\",\"cluster\":\"prod\","
                    + "\"index\":\"orders\",\"shard\":0,\"node\":\"n1\",\"target_node\":\"n2\",\"dry_run\":true,"
                    + "\"expires_at\":\"2026-11-23T12:00:00Z\",\"reason\":\"why\",\"params\":{\"a\":\"b\"}}}",
            "{\"method\":\"POST\",\"path\":[\"shards\",\"consistency\",\"orders\"],\"body\":{\"cluster\":\"prod\","
                    + "\"params\":{\"depth\":\"versions\"}}}",
            "{\"method\":\"POST\",\"path\":[\"healing\",\"pause\"],\"body\":{\"cluster\":\"prod\",\"why\":\"because\","
                    + "\"until\":\"2026-11-23T12:00:00Z\"}}",
            "{\"method\":\"POST\",\"path\":[\"healing\",\"resume\"],\"body\":{\"cluster\":\"prod\"}}",
            "{\"method\":\"POST\",\"path\":[\"maintenance\"],\"body\":{\"cluster\":\"prod\",\"id\":\"m1\",\"node\":\"n1\","
                    + "\"from\":\"2026-11-23T12:00:00Z\",\"until\":\"2026-11-23T13:00:00Z\",\"why\":\"because\"}}",
            "{\"method\":\"DELETE\",\"path\":[\"maintenance\",\"m1\"],\"query\":{\"cluster\":\"prod\"}}");

    @Test
    void aDamagedRequestIsAnsweredOrRefusedInWords(Sandbox sandbox) throws Exception {
        try (Server server = Server.start(sandbox, Map.of("http.token", TOKEN))) {
            server.write(
                    server.topics().clusterSnapshots(),
                    "prod",
                    Samples.cluster("prod", "green", List.of("n1", "n2"), List.of()));
            server.flush();
            HttpClient client = HttpClient.newHttpClient();
            Mutations requests = new Mutations(
                    Fuzz.SEED,
                    REQUESTS.stream().map(request -> request.getBytes(UTF_8)).toList());

            Fuzz.Figures figures = Fuzz.run(
                    "HTTP API",
                    requests,
                    input -> isAnswered(client.send(request(server.address(), input), BodyHandlers.ofString())));

            assertThat(figures.taken()).isPositive();
            assertThat(figures.refused()).isPositive();
            assertThat(new Http(server.address()).get("/alerts").statusCode()).isEqualTo(200);
        }
    }

    private static boolean isAnswered(HttpResponse<String> response) throws IOException {
        String body = response.body();
        assertThat(response.statusCode()).as(body).isLessThan(FAILURE);
        assertThat(body).doesNotContain("\tat ").doesNotContain("Exception").doesNotContain(TOKEN);
        if (response.statusCode() >= REFUSED && !response.request().method().equals("HEAD")) {
            assertThat(response.headers().firstValue("Content-Type").orElse(""))
                    .as(body)
                    .startsWith("application/problem+json");
            assertThat(Json.MAPPER.readTree(body).path("detail").asText())
                    .as(body)
                    .isNotBlank();
        }
        return response.statusCode() < REFUSED;
    }

    /**
     * As far as the damage left one to be made of it; what is no JSON any more is sent as it is to where commands go.
     */
    private static HttpRequest request(String address, byte[] input) {
        try {
            JsonNode wanted = Json.MAPPER.readTree(input);
            if (wanted != null && wanted.isObject()) {
                return request(
                        address + path(wanted.path("path")) + query(wanted.path("query")),
                        wanted.path("method").asText(),
                        wanted.has("body") ? wanted.get("body").toString().getBytes(UTF_8) : new byte[0]);
            }
        } catch (IOException damaged) {
            // Then it is a body.
        }
        return request(address + "/shards/recovery", "POST", input);
    }

    private static HttpRequest request(String url, String method, byte[] body) {
        boolean known = Stream.of("GET", "POST", "DELETE").anyMatch(method::equals);
        return HttpRequest.newBuilder(URI.create(url))
                .method(known ? method : "PUT", BodyPublishers.ofByteArray(body))
                .header("Authorization", "Bearer " + TOKEN)
                .header("Content-Type", "application/json")
                .build();
    }

    private static String path(JsonNode segments) {
        return segments.isArray()
                ? StreamSupport.stream(segments.spliterator(), false)
                        .map(RequestsFuzzIT::text)
                        .collect(Collectors.joining("/", "/", ""))
                : "/" + text(segments);
    }

    private static String query(JsonNode parameters) {
        return parameters.properties().stream()
                .map(each -> encoded(each.getKey()) + "=" + text(each.getValue()))
                .collect(Collectors.joining("&", "?", ""));
    }

    private static String text(JsonNode value) {
        return encoded(value.isTextual() ? value.asText() : value.toString());
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, UTF_8).replace("+", "%20");
    }
}
