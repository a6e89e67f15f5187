package io.shardsync.processor.serve;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.junit.WithSandbox;
import io.shardsync.schemas.fuzz.Fuzz;
import io.shardsync.schemas.fuzz.Mutations;
import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.ConsistencyReport;
import io.shardsync.schemas.model.ReplicationStatus;
import io.shardsync.schemas.model.Verdict;
import io.shardsync.schemas.topic.Json;
import org.junit.jupiter.api.Test;

import java.io.CharConversionException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URLEncoder;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Well-formed requests with damaged paths, questions and bodies, by somebody who is allowed to change things: each is
 * answered, or refused in words. What is no HTTP at all is {@link MalformedRequestsIT}'s.
 */
@WithSandbox(nodes = 0)
class RequestsFuzzIT {
    private static final String TOKEN = "a-token";
    private static final int FAILURE = 500;
    private static final int REFUSED = 400;
    private static final int TOO_MANY = 429;
    private static final int FROM_ONE_ADDRESS = 50;
    private static final int HUGE = 10_000;
    private static final Set<String> METHODS = Set.of("GET", "POST", "DELETE");

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
            "{\"method\":\"POST\",\"path\":[\"shards\",\"recovery\"],\"body\":{\"index\":\"orders\",\"shard\":0,"
                    + "\"reason\":\"why\"}}",
            "{\"method\":\"POST\",\"path\":[\"healing\",\"resume\"],\"body\":{\"cluster\":\"prod\"}}",
            "{\"method\":\"POST\",\"path\":[\"maintenance\"],\"body\":{\"cluster\":\"prod\",\"id\":\"m1\",\"node\":\"n1\","
                    + "\"from\":\"2026-11-23T12:00:00Z\",\"until\":\"2026-11-23T13:00:00Z\",\"why\":\"because\"}}",
            "{\"method\":\"DELETE\",\"path\":[\"maintenance\",\"m1\"],\"query\":{\"cluster\":\"prod\"}}");

    private long sent;

    @Test
    void aDamagedRequestIsAnsweredOrRefusedInWords(Sandbox sandbox) throws Exception {
        try (Server server = Server.start(sandbox, Map.of("http.token", TOKEN))) {
            server.write(
                    server.topics().clusterSnapshots(),
                    "prod",
                    Samples.cluster("prod", "green", List.of("n1", "n2"), List.of()));
            ReplicationStatus status = Samples.degraded("prod", "orders", 0, "n1");
            Alert alert = Samples.alert(
                    "prod",
                    "ReplicasUnassigned",
                    Alert.Severity.WARNING,
                    Alert.Status.FIRING,
                    "one replica unassigned");
            server.write(server.topics().alerts(), alert.fingerprint(), alert);
            server.write(
                    server.topics().consistencyReports(),
                    "prod/orders/fingerprint",
                    Samples.report("prod", "orders", ConsistencyReport.Method.FINGERPRINT, Verdict.CONSISTENT));
            server.write(server.topics().replicationStatuses(), status.key(), status);
            server.flush();
            Http http = new Http(server.address());
            await().until(() -> http.get("/shards/replication/prod/orders/0").statusCode() == 200
                    && http.get("/alerts").body().contains("ReplicasUnassigned")
                    && http.get("/shards/consistency/orders").statusCode() == 200);
            Mutations requests = new Mutations(
                    Fuzz.SEED,
                    REQUESTS.stream().map(request -> request.getBytes(UTF_8)).toList());

            Map<Integer, Integer> answers = new ConcurrentSkipListMap<>();
            Fuzz.Figures figures = Fuzz.run("HTTP API", requests, input -> {
                String answer = answer(server.port(), input, sent++);
                answers.merge(status(answer), 1, Integer::sum);
                return isAnswered(answer);
            });

            System.out.println("fuzz HTTP API: answered with " + answers + ", 0 for hanging up on a huge body");
            assertThat(figures.taken()).isPositive();
            assertThat(figures.refused()).isPositive();
            assertThat(http.get("/alerts").statusCode()).isEqualTo(200);
        }
    }

    private static boolean isAnswered(String answer) throws IOException {
        int status = status(answer);
        if (status == 0) {
            return false;
        }
        String body = answer.substring(answer.indexOf("\r\n\r\n") + 4);
        assertThat(status).as(answer).isLessThan(FAILURE).isNotEqualTo(TOO_MANY);
        assertThat(answer).doesNotContain("\tat ").doesNotContain("Exception").doesNotContain(TOKEN);
        if (status >= REFUSED) {
            assertThat(answer).containsIgnoringCase("content-type: application/problem+json");
            assertThat(Json.MAPPER.readTree(body).path("detail").asText())
                    .as(answer)
                    .isNotBlank();
        }
        return status < REFUSED;
    }

    private static int status(String answer) {
        return answer.isEmpty() ? 0 : Integer.parseInt(answer.split(" ", 3)[1]);
    }

    /** As far as the damage left a request to be made of it; what is no JSON any more is sent to where commands go. */
    private static String answer(int port, byte[] input, long number) throws IOException {
        try {
            JsonNode wanted = Json.MAPPER.readTree(input);
            if (wanted != null && wanted.isObject()) {
                String method = wanted.path("method").asText();
                return send(
                        port,
                        number,
                        METHODS.contains(method) ? method : "PUT",
                        path(wanted.path("path")) + query(wanted.path("query")),
                        wanted.has("body") ? wanted.get("body").toString().getBytes(UTF_8) : new byte[0]);
            }
        } catch (JsonProcessingException | CharConversionException damaged) {
            // Then it is a body.
        }
        return send(port, number, "POST", "/shards/recovery", input);
    }

    /** From an address of its own after each few requests, for there are only so many allowed from one. */
    private static String send(int port, long number, String method, String path, byte[] body) throws IOException {
        long caller = number / FROM_ONE_ADDRESS;
        byte[] address = {
            127, (byte) (1 + caller / 62_500 % 250), (byte) (caller / 250 % 250), (byte) (1 + caller % 250)
        };
        String head = method + " " + path + " HTTP/1.0\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " + TOKEN
                + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length + "\r\n\r\n";
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port, InetAddress.getByAddress(address), 0)) {
            socket.getOutputStream().write(head.getBytes(UTF_8));
            socket.getOutputStream().write(body);
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        } catch (SocketException e) {
            if (body.length < HUGE && path.length() < HUGE) {
                throw e;
            }
            // It had heard enough, and hung up while we were still sending.
            return "";
        }
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
