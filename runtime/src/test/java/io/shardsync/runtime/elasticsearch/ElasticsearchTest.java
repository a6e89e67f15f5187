package io.shardsync.runtime.elasticsearch;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.http.Fault;
import io.shardsync.runtime.config.ClusterConfig;
import io.shardsync.runtime.config.Credentials;
import io.shardsync.runtime.config.Secret;
import io.shardsync.runtime.elasticsearch.CallFailed.Code;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.equalToJson;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class ElasticsearchTest {
    private static final String JSON = "application/vnd.elasticsearch+json;compatible-with=8";

    private final WireMockServer server =
            new WireMockServer(options().dynamicPort().bindAddress("127.0.0.1"));
    private Elasticsearch elasticsearch;

    @BeforeEach
    void start() {
        server.start();
        elasticsearch = connectedTo(new Credentials.None(), address());
    }

    @AfterEach
    void stop() {
        elasticsearch.close();
        server.stop();
    }

    @Test
    void aCallIsSentAsItIsWrittenAndItsAnswerRead() throws CallFailed {
        // Given
        answers(good("{\"acknowledged\":true}"));
        Call call = Call.post("/_cluster/reroute")
                .with("retry_failed", true)
                .with("metric", "none")
                .sending(JsonNodeFactory.instance.objectNode().put("a", 1));

        // When
        Reply reply = elasticsearch.call(call);

        // Then
        assertThat(call).hasToString("POST /_cluster/reroute?retry_failed=true&metric=none");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.body().path("acknowledged").asBoolean()).isTrue();
        assertThat(reply.host()).isEqualTo(address());
        server.verify(postRequestedFor(urlEqualTo("/_cluster/reroute?retry_failed=true&metric=none"))
                .withHeader("Accept", equalTo(Headers.COMPATIBLE_JSON))
                .withHeader("Content-Type", equalTo(Headers.COMPATIBLE_JSON))
                .withRequestBody(equalToJson("{\"a\":1}")));
    }

    @Test
    void credentialsAreSent() throws CallFailed {
        // Given
        answers(good("{}"));

        // When
        try (Elasticsearch basic = connectedTo(new Credentials.Basic("u", new Secret("p")), address());
                Elasticsearch key = connectedTo(new Credentials.ApiKey(new Secret("abc")), address())) {
            basic.call(Call.get("/basic"));
            key.call(Call.get("/key"));
        }

        // Then
        server.verify(getRequestedFor(urlEqualTo("/basic")).withHeader("Authorization", equalTo("Basic dTpw")));
        server.verify(getRequestedFor(urlEqualTo("/key")).withHeader("Authorization", equalTo("ApiKey abc")));
    }

    @Test
    void aCompressedAnswerIsStreamed() throws CallFailed {
        // Given
        StringBuilder body = new StringBuilder("[0");
        for (int i = 1; i < 300_000; i++) {
            body.append(',').append(i);
        }
        answers(good(body.append(']').toString()));

        // When
        int numbers = elasticsearch.stream(Call.get("/big"), parser -> {
            int count = 0;
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                count += token.isNumeric() ? 1 : 0;
            }
            return count;
        });

        // Then
        assertThat(numbers).isEqualTo(300_000);
        server.verify(getRequestedFor(urlEqualTo("/big"))
                .withHeader("Accept-Encoding", com.github.tomakehurst.wiremock.client.WireMock.containing("gzip")));
    }

    @Test
    void aSmallAnswerNeedNotBeCompressed() throws CallFailed {
        answers(good("{}"));

        elasticsearch.call(Call.get("/small").uncompressed());

        server.verify(getRequestedFor(urlEqualTo("/small")).withoutHeader("Accept-Encoding"));
    }

    @ParameterizedTest
    @CsvSource({
        "401, AUTHENTICATION, false",
        "403, AUTHORIZATION, false",
        "429, TOO_MANY_REQUESTS, false",
        "404, REJECTED, false",
        "400, REJECTED, false",
        "500, SERVER_ERROR, true",
        "503, SERVER_ERROR, true"
    })
    void anErrorOfElasticsearchGetsItsCodeAndReason(int status, Code code, boolean mayHaveActed) {
        // Given
        answers(good("{\"error\":{\"type\":\"some_exception\",\"reason\":\"because\\n of this\"},\"status\":1}")
                .withStatus(status));

        // When
        CallFailed failed = failure(Call.post("/x"));

        // Then
        assertThat(failed.code()).isEqualTo(code);
        assertThat(failed.status()).isEqualTo(status);
        assertThat(failed.errorType()).isEqualTo("some_exception");
        assertThat(failed.mayHaveActed()).isEqualTo(mayHaveActed);
        assertThat(failed).hasMessage(address() + " POST /x: " + status + " because of this");
    }

    @ParameterizedTest
    @CsvSource({"200, text/html", "302, text/html", "502, text/html", "200, application/json"})
    void anAnswerWithoutTheProductHeaderIsNotElasticsearch(int status, String type) {
        // Given
        answers(aResponse().withStatus(status).withHeader("Content-Type", type).withBody("<html>Please log in</html>"));

        // When
        CallFailed failed = failure(Call.get("/"));

        // Then
        assertThat(failed.code()).isEqualTo(Code.NOT_ELASTICSEARCH);
        assertThat(failed.status()).isEqualTo(status);
        assertThat(failed).hasMessageContaining("no header X-Elastic-Product");
    }

    @Test
    void aRefusalByAProxyIsStillARefusal() {
        // Given
        answers(aResponse().withStatus(401).withBody("<html>"));

        // Then
        assertThat(failure(Call.get("/")).code()).isEqualTo(Code.AUTHENTICATION);
    }

    @Test
    void anAnswerThatIsNotJsonIsNotElasticsearch() {
        // Given
        answers(good("<html>"));

        // Then
        assertThat(failure(Call.get("/")).code()).isEqualTo(Code.NOT_ELASTICSEARCH);
    }

    @Test
    void jsonThatBreaksOffIsTruncated() {
        // Given
        answers(good("{\"nodes\":{\"a\":"));

        // Then
        assertThat(failure(Call.get("/")).code()).isEqualTo(Code.TRUNCATED);
    }

    @Test
    void aConnectionThatBreaksWithinTheBodyIsTruncated() throws IOException {
        // Given
        try (OneAnswer half = new OneAnswer("HTTP/1.1 200 OK\r\nX-Elastic-Product: Elasticsearch\r\n"
                + "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"a\":1}")) {
            // When
            CallFailed failed = failure(elasticsearch.on(half.address()), Call.get("/"));

            // Then
            assertThat(failed.code()).isEqualTo(Code.TRUNCATED);
        }
    }

    @Test
    void anEmptyAnswerIsUnreachableAndMayHaveActed() {
        // Given
        answers(aResponse().withFault(Fault.EMPTY_RESPONSE));

        // When
        CallFailed failed = failure(Call.post("/x"));

        // Then
        assertThat(failed.code()).isEqualTo(Code.UNREACHABLE);
        assertThat(failed.mayHaveActed()).isTrue();
        server.verify(1, postRequestedFor(urlEqualTo("/x")));
    }

    @Test
    void aSilentHostIsATimeoutAndIsNotAskedTwice() {
        // Given
        answers(good("{}").withFixedDelay(2_000));

        // When
        CallFailed failed = failure(Call.post("/x").within(Duration.ofMillis(150)));

        // Then
        assertThat(failed.code()).isEqualTo(Code.TIMEOUT);
        assertThat(failed.mayHaveActed()).isTrue();
        assertThat(failed).hasMessageContaining("no answer within 150 ms");
        server.verify(1, postRequestedFor(urlEqualTo("/x")));
    }

    @Test
    void aBodyThatTricklesInIsATimeout() {
        // Given
        answers(good("{\"a\":\"" + "x".repeat(100) + "\"}").withChunkedDribbleDelay(50, 5_000));

        // When
        long started = System.nanoTime();
        CallFailed failed = failure(Call.get("/").within(Duration.ofMillis(300)));

        // Then
        assertThat(failed.code()).isEqualTo(Code.TIMEOUT);
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(2));
    }

    @Test
    void aHostThatRefusesIsSkippedForAnyCall() throws Exception {
        // Given
        answers(good("{}"));
        try (Elasticsearch two = connectedTo(new Credentials.None(), deadAddress(), address())) {
            // When
            Reply reply = two.call(Call.post("/x"));

            // Then
            assertThat(reply.host()).isEqualTo(address());
        }
    }

    @Test
    void aHostThatRefusesIsUnreachableAndDidNothing() throws IOException {
        // When
        CallFailed failed = failure(elasticsearch.on(deadAddress()), Call.post("/x"));

        // Then
        assertThat(failed.code()).isEqualTo(Code.UNREACHABLE);
        assertThat(failed.mayHaveActed()).isFalse();
        assertThat(failed.status()).isZero();
    }

    @Test
    void afterATimeoutTheNextCallGoesToTheNextHost() throws Exception {
        // Given
        answers(good("{}").withFixedDelay(2_000));
        WireMockServer healthy = new WireMockServer(options().dynamicPort().bindAddress("127.0.0.1"));
        healthy.start();
        healthy.stubFor(any(anyUrl()).willReturn(good("{}")));
        URI second = URI.create("http://127.0.0.1:" + healthy.port());
        try (Elasticsearch two = connectedTo(new Credentials.None(), address(), second)) {
            // When
            CallFailed failed = failure(two, Call.get("/").within(Duration.ofMillis(150)));
            Reply reply = two.call(Call.get("/"));

            // Then
            assertThat(failed.code()).isEqualTo(Code.TIMEOUT);
            assertThat(reply.host()).isEqualTo(second);
        } finally {
            healthy.stop();
        }
    }

    @Test
    void tlsAgainstAPlaintextPortSaysSo() {
        // When
        CallFailed failed = failure(elasticsearch.on(URI.create("https://127.0.0.1:" + server.port())), Call.get("/"));

        // Then
        assertThat(failed.code()).isEqualTo(Code.UNREACHABLE);
        assertThat(failed).hasMessageContaining("TLS");
    }

    @Test
    void theTypedClientSpeaksTheCompatibleVersion() throws IOException {
        // Given
        answers(good("{\"cluster_name\":\"c\",\"cluster_uuid\":\"u\",\"name\":\"n\",\"tagline\":\"t\",\"version\":{"
                + "\"build_date\":\"2026-01-01\",\"build_flavor\":\"default\",\"build_hash\":\"h\",\"build_snapshot\":false,"
                + "\"build_type\":\"tar\",\"lucene_version\":\"9\",\"minimum_index_compatibility_version\":\"7\","
                + "\"minimum_wire_compatibility_version\":\"7\",\"number\":\"8.19.21\"}}"));

        // When
        String uuid = elasticsearch.typed().info().clusterUuid();

        // Then
        assertThat(uuid).isEqualTo("u");
        server.verify(getRequestedFor(urlPathEqualTo("/")).withHeader("Accept", equalTo(Headers.COMPATIBLE_JSON)));
    }

    @Test
    void theTypedClientSendsNothingTwice() throws IOException {
        // Given
        answers(good("{\"error\":{\"type\":\"x\",\"reason\":\"y\"},\"status\":503}")
                .withStatus(503));
        try (Elasticsearch two =
                connectedTo(new Credentials.None(), address(), URI.create("http://localhost:" + server.port()))) {
            // When
            assertThatThrownBy(() -> two.typed().cluster().reroute(r -> r.retryFailed(true)))
                    .isNotNull();

            // Then
            server.verify(1, postRequestedFor(urlPathEqualTo("/_cluster/reroute")));
        }
    }

    private void answers(ResponseDefinitionBuilder response) {
        server.stubFor(any(anyUrl()).willReturn(response));
    }

    private static ResponseDefinitionBuilder good(String body) {
        return aResponse()
                .withStatus(200)
                .withHeader("Content-Type", JSON)
                .withHeader("X-Elastic-Product", "Elasticsearch")
                .withBody(body);
    }

    private URI address() {
        return URI.create("http://127.0.0.1:" + server.port());
    }

    private static URI deadAddress() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return URI.create("http://127.0.0.1:" + free.getLocalPort());
        }
    }

    private static Elasticsearch connectedTo(Credentials credentials, URI... hosts) {
        return Elasticsearch.of(
                new ClusterConfig("prod", List.of(hosts), credentials, Optional.empty(), Duration.ofSeconds(10)));
    }

    private CallFailed failure(Call call) {
        return failure(elasticsearch, call);
    }

    private static CallFailed failure(Elasticsearch asked, Call call) {
        CallFailed failed = catchThrowableOfType(CallFailed.class, () -> asked.call(call));
        assertThat(failed).as("failure of %s", call).isNotNull();
        return failed;
    }

    /** Says one thing to whoever connects, and hangs up. */
    private static final class OneAnswer implements AutoCloseable {
        private final ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());

        OneAnswer(String bytes) throws IOException {
            Thread answering = new Thread(() -> {
                try (Socket connection = socket.accept();
                        OutputStream out = connection.getOutputStream()) {
                    connection.getInputStream().read();
                    out.write(bytes.getBytes(StandardCharsets.US_ASCII));
                    out.flush();
                    connection.shutdownOutput();
                    connection.getInputStream().readAllBytes();
                } catch (IOException gone) {
                    // The client's view is what the test looks at.
                    Thread.currentThread().interrupt();
                }
            });
            answering.setDaemon(true);
            answering.start();
        }

        URI address() {
            return URI.create("http://127.0.0.1:" + socket.getLocalPort());
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
