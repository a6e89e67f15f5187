package io.shardsync.processor.serve;

import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.junit.WithSandbox;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.topic.Json;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@WithSandbox(nodes = 0)
class AccessIT {
    private static final String PAUSE = "/healing/pause";

    @Test
    void withTokensAChangeNeedsOneAndAQuestionDoesNot(Sandbox sandbox) throws Exception {
        try (Server server =
                Server.start(sandbox, Map.of("http.token", "shared-secret", "http.token.anna", "annas-own-secret"))) {
            Http http = new Http(server.address());

            assertThat(http.get("/alerts").statusCode()).isEqualTo(200);
            assertThat(http.json("/session").get("needs_token").booleanValue()).isTrue();
            assertThat(http.post(PAUSE, "{}").statusCode()).isEqualTo(401);
            assertThat(http.post(PAUSE, "{}").headers().firstValue("WWW-Authenticate"))
                    .isPresent();
            assertThat(http.post(PAUSE, "{}", "Authorization", "Bearer wrong").statusCode())
                    .isEqualTo(401);
            assertThat(http.post(PAUSE, "{}", "Authorization", "Bearer ").statusCode())
                    .isEqualTo(401);
            assertThat(http.post(PAUSE, "{}", "Authorization", "Basic c2hhcmVkLXNlY3JldA==")
                            .statusCode())
                    .isEqualTo(401);
            assertThat(http.post(PAUSE, "{}", "Authorization", "Bearer shared-secret")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(http.post("/healing/resume", "{}", "Authorization", "bearer annas-own-secret")
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void aPersonsOwnTokenSaysWhoItIsAndTheSharedOneDoesNot(Sandbox sandbox) throws Exception {
        try (Server server =
                Server.start(sandbox, Map.of("http.token", "shared-secret", "http.token.anna", "annas-own-secret"))) {
            // Given
            Http http = new Http(server.address());
            server.write(
                    server.topics().clusterSnapshots(),
                    "prod",
                    Samples.cluster("prod", "green", List.of("n1"), List.of()));
            await().until(() -> http.json("/clusters").get("clusters").size() == 1);

            // When
            http.post("/shards/recovery", "{\"requested_by\":\"ben\"}", "Authorization", "Bearer annas-own-secret");
            http.post("/shards/recovery", "{\"requested_by\":\"ben\"}", "Authorization", "Bearer shared-secret");

            // Then
            List<ConsumerRecord<byte[], byte[]>> records =
                    server.read(server.topics().recoveryCommands());
            assertThat(by(records.get(0))).isEqualTo("anna");
            assertThat(new String(
                            records.get(0)
                                    .headers()
                                    .lastHeader("shardsync_principal")
                                    .value(),
                            UTF_8))
                    .isEqualTo("anna");
            assertThat(by(records.get(1))).isEqualTo("ben");
            assertThat(records.get(1).headers().lastHeader("shardsync_principal"))
                    .isNull();
        }
    }

    @Test
    void withoutTokensNoForeignPageChangesAnything(Sandbox sandbox) throws Exception {
        try (Server server = Server.start(sandbox, Map.of())) {
            String own = "Host: 127.0.0.1:" + server.port();
            String json = "Content-Type: application/json";

            assertThat(post(server, own, json)).isEqualTo(200);
            assertThat(post(server, "Host: localhost:1234", json)).isEqualTo(200);
            assertThat(post(server, own, json, "Origin: http://127.0.0.1:" + server.port()))
                    .isEqualTo(200);
            assertThat(post(server, own, json, "Sec-Fetch-Site: same-origin")).isEqualTo(200);

            assertThat(post(server, own, json, "Origin: https://evil.example")).isEqualTo(403);
            assertThat(post(server, own, json, "Origin: null")).isEqualTo(403);
            assertThat(post(server, own, json, "Origin: http://127.0.0.1:1")).isEqualTo(403);
            assertThat(post(server, own, json, "Sec-Fetch-Site: cross-site")).isEqualTo(403);
            assertThat(post(server, own, json, "Sec-Fetch-Site: same-site")).isEqualTo(403);
            assertThat(post(server, "Host: evil.example", json)).isEqualTo(403);
            assertThat(post(server, "Host: 127.0.0.1.evil.example", json)).isEqualTo(403);
            assertThat(post(server, own, "Content-Type: text/plain")).isEqualTo(415);
            assertThat(post(server, own, "Content-Type: application/x-www-form-urlencoded"))
                    .isEqualTo(415);
            assertThat(post(server, own)).isEqualTo(415);
            assertThat(server.read(server.topics().controls())).hasSize(4);
        }
    }

    @Test
    void tooMuchOfAnythingIsRefused(Sandbox sandbox) throws Exception {
        try (Server server = Server.start(sandbox, Map.of())) {
            Http http = new Http(server.address());

            HttpResponse<String> tooLong = http.post(PAUSE, "{\"why\":\"" + "x".repeat(70_000) + "\"}");
            assertThat(tooLong.statusCode()).isEqualTo(413);
            assertThat(tooLong.headers().firstValue("Connection")).hasValue("close");
            assertThat(http.post(PAUSE, "{\"why\":\"" + "x".repeat(3_000) + "\"}")
                            .statusCode())
                    .isEqualTo(400);
            assertThat(http.post(PAUSE, "[".repeat(20_000)).statusCode()).isEqualTo(400);
            assertThat(http.get("/alerts", "X-Long", "x".repeat(20_000)).statusCode())
                    .isEqualTo(431);
            for (int i = 0; i < 300 && http.post(PAUSE, "[]").statusCode() != 429; i++) {
                assertThat(i).as("changes in a row").isLessThan(299);
            }
            assertThat(http.get("/alerts").statusCode()).isEqualTo(200);
        }
    }

    private static String by(ConsumerRecord<byte[], byte[]> record) {
        try {
            return Json.MAPPER.readValue(record.value(), RecoveryCommand.class).requestedBy();
        } catch (IOException e) {
            throw new AssertionError("not a command", e);
        }
    }

    /** Java's client does not let anybody choose these headers. */
    private static int post(Server server, String... headers) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", server.port())) {
            String request = "POST " + PAUSE + " HTTP/1.1\r\n" + String.join("\r\n", headers)
                    + "\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            InputStream in = socket.getInputStream();
            String answer = new String(in.readAllBytes(), ISO_8859_1);
            return Integer.parseInt(answer.split(" ")[1]);
        }
    }
}
