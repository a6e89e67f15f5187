package io.shardsync.processor.serve;

import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.junit.WithSandbox;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

/** Whatever arrives: a refusal in words of ours, or the connection closed; never a stack, never a 5xx. */
@WithSandbox(nodes = 0)
class MalformedRequestsIT {
    private static final int REQUESTS = 1_000;
    private static final String SECRET = "never-to-be-seen";

    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");
    private static final List<String> METHODS =
            List.of("GET", "POST", "DELETE", "PUT", "PATCH", "HEAD", "OPTIONS", "TRACE", "FOO", "get", "P\u0000ST", "");
    private static final List<String> PATHS = List.of(
            "/shards/replication",
            "/shards/replication/prod/orders/0",
            "/shards/consistency/orders",
            "/shards/recovery",
            "/shards/recovery/status",
            "/alerts",
            "/clusters",
            "/clusters/prod/lag",
            "/healing/pause",
            "/healing/resume",
            "/session",
            "/events?type=nonsense",
            "/events?cluster=../..",
            "/events?last_event_id=1&nonsense=1",
            "/maintenance",
            "/maintenance/x",
            "/json/alert.v1.schema.json",
            "/assets/main.js",
            "/lib/lit/lit-html.js");
    private static final List<String> TAILS = List.of(
            "/../../etc/passwd",
            "/%2e%2e/%2e%2e",
            "%00",
            "//",
            "/;a=b",
            "?%zz",
            "?limit=99999999999999",
            "?cursor=%ff%fe",
            "?health=%F0%9F%92%A9",
            "/%c0%af",
            "?a&b&c&&&=",
            "?index=" + "*".repeat(250),
            "/" + "a".repeat(9_000),
            "?limit=-1",
            "?cluster=../..",
            "/\u00ff",
            "?cursor=bm90aGluZw",
            "/-1",
            "/2147483648",
            "#x");
    private static final List<String> HEADERS = List.of(
            "Content-Type: application/json",
            "Content-Type: text/xml",
            "Content-Type: \u0001",
            "Content-Length: -5",
            "Content-Length: 99999999999999999999",
            "Content-Length: x",
            "Transfer-Encoding: chunked",
            "Transfer-Encoding: gzip, chunked",
            "Host: ",
            "Host: a b",
            "Authorization: Bearer",
            "Authorization: \u00fe",
            "If-None-Match: \"",
            "If-None-Match: *",
            "Accept-Encoding: gzip;q=x",
            "Origin: \\",
            "Cookie: " + "c".repeat(17_000),
            "X: " + "y".repeat(2_000),
            ": none",
            "No colon",
            "Expect: 200-ok",
            "Range: bytes=9-1",
            "Upgrade: websocket");
    private static final List<String> BODIES = List.of(
            "",
            "{",
            "{}",
            "[]",
            "null",
            "\"x\"",
            "{\"type\":null}",
            "{\"type\":{}}",
            "{\"shard\":1e999}",
            "{\"shard\":0.5}",
            "{\"index\":\"../..\"}",
            "{\"index\":\"\\u0000\"}",
            "{\"params\":{\"command_id\":[]},\"type\":\"CANCEL_COMMAND\"}",
            "{\"expires_at\":\"+999999999-12-31T23:59:59Z\"}",
            "{\"until\":\"0000-00-00\"}",
            "{\"cluster\":\"*\"}",
            "{\"a\":".repeat(2_000),
            "\u00ff\u00fe{}",
            "zzzz\r\n{}",
            "5\r\n{}",
            "{\"why\":\"" + "w".repeat(2_500) + "\"}",
            "{\"command_id\":\"00000000-0000-0000-0000-00000000000g\"}",
            "{\"id\":\"a/b\"}",
            "{\"node\":\"n1\"}");

    @Test
    void aThousandMalformedRequestsAreRefusedWithoutAWordTooMuch(Sandbox sandbox) throws Exception {
        try (Server server = Server.start(sandbox, Map.of("http.token", SECRET))) {
            Random random = new Random(20_261_123);
            Map<Integer, Integer> answers = new TreeMap<>();
            for (int i = 0; i < REQUESTS; i++) {
                String request = request(random);
                String answer = send(server.port(), request);
                if (answer.isEmpty()) {
                    answers.merge(0, 1, Integer::sum);
                    continue;
                }
                assertThat(answer).as(request).startsWith("HTTP/1.1 ");
                int status = Integer.parseInt(answer.substring(9, 12));
                answers.merge(status, 1, Integer::sum);
                assertThat(status)
                        .as("%s%n%s", request, answer)
                        .matches(each -> each < 500, "is not a failure of the server");
                // Chance makes some that are right; nothing changes without the token.
                assertThat(status >= 400 || SAFE.contains(request.substring(0, request.indexOf(' '))))
                        .as("%s%n%s", request, answer)
                        .isTrue();
                assertThat(answer)
                        .as(request)
                        .doesNotContain(SECRET)
                        .doesNotContain("\tat ")
                        .doesNotContain("Exception")
                        .doesNotContain("org.eclipse")
                        .doesNotContain("jetty");
                if (status >= 400 && !request.startsWith("HEAD") && answer.contains("\r\n\r\n{")) {
                    assertThat(answer).as(request).containsIgnoringCase("content-type: application/problem+json");
                }
            }
            System.out.println(REQUESTS + " malformed requests were answered with " + answers + ", 0 for hanging up");
            assertThat(answers.entrySet().stream()
                            .filter(each -> each.getKey() >= 400)
                            .mapToInt(Map.Entry::getValue)
                            .sum())
                    .as("refused in words: %s", answers)
                    .isGreaterThan(REQUESTS / 2);
            // And the server still answers.
            assertThat(new Http(server.address()).get("/alerts").statusCode()).isEqualTo(200);
            assertThat(server.read(server.topics().recoveryCommands())).isEmpty();
        }
    }

    private static String request(Random random) {
        StringBuilder request = new StringBuilder();
        request.append(any(random, METHODS))
                .append(' ')
                .append(any(random, PATHS))
                .append(random.nextBoolean() ? any(random, TAILS) : "")
                .append(random.nextInt(20) == 0 ? " HTTP/9.9" : " HTTP/1.1")
                .append("\r\n");
        if (random.nextInt(10) > 0) {
            request.append("Host: 127.0.0.1\r\n");
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            request.append(any(random, HEADERS)).append("\r\n");
        }
        if (random.nextBoolean()) {
            request.append("Authorization: Bearer ").append(SECRET).append("x\r\n");
        }
        String body = any(random, BODIES);
        if (random.nextBoolean()) {
            request.append("Content-Length: ").append(body.length()).append("\r\n");
        }
        return request.append("Connection: close\r\n\r\n").append(body).toString();
    }

    private static String any(Random random, List<String> from) {
        return from.get(random.nextInt(from.size()));
    }

    private static String send(int port, String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(1_000);
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readNBytes(64_000), ISO_8859_1);
        } catch (SocketTimeoutException e) {
            // It waits for a body that was promised.
            return "";
        } catch (IOException e) {
            // It hung up while we were still sending.
            return "";
        }
    }
}
