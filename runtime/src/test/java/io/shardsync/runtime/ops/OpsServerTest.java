package io.shardsync.runtime.ops;

import io.micrometer.core.instrument.Counter;
import io.shardsync.runtime.config.HttpConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class OpsServerTest {
    private final HttpClient http = HttpClient.newHttpClient();
    private final Metrics metrics = Metrics.create();
    private final AtomicReference<Optional<String>> streams = new AtomicReference<>(Optional.empty());
    private OpsServer server;

    @BeforeEach
    void start() {
        server = OpsServer.create(
                        onPort(0),
                        metrics.registry(),
                        List.of(new Probe("streams", streams::get), new Probe("clock", () -> Optional.empty())),
                        config -> config.routes.get("/shards", ctx -> ctx.result("extra")))
                .start();
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        metrics.close();
    }

    @Test
    void aServiceIsAliveAndReadyWhenNoProbeFails() throws Exception {
        assertThat(get("/livez").statusCode()).isEqualTo(200);
        assertThat(get("/readyz").statusCode()).isEqualTo(200);
        assertThat(get("/readyz").body()).isEqualTo("{\"status\":\"ready\",\"failing\":[]}");
    }

    @Test
    void aServiceThatIsNotReadyNamesTheFailingProbesAndStaysAlive() throws Exception {
        // Given
        streams.set(Optional.of("state is REBALANCING"));

        // When
        HttpResponse<String> ready = get("/readyz");

        // Then
        assertThat(ready.statusCode()).isEqualTo(503);
        assertThat(ready.body())
                .isEqualTo(
                        "{\"status\":\"not_ready\",\"failing\":[{\"name\":\"streams\",\"why\":\"state is REBALANCING\"}]}");
        assertThat(get("/livez").statusCode()).isEqualTo(200);
    }

    @Test
    void aProbeThatThrowsHasFailed() {
        assertThat(new Probe("p", () -> {
                            throw new IllegalStateException("boom");
                        })
                        .failureNow())
                .hasValueSatisfying(why -> assertThat(why).contains("boom"));
    }

    @Test
    void metricsAreInPrometheusFormat() throws Exception {
        // Given
        Counter.builder(Metrics.name("collections"))
                .description("Collections made.")
                .register(metrics.registry())
                .increment();

        // When
        HttpResponse<String> answer = get("/metrics");

        // Then
        assertThat(answer.headers().firstValue("content-type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain"));
        assertThat(answer.body()).contains("shardsync_collections_total 1.0").contains("jvm_memory_used_bytes");
    }

    @Test
    void moreRoutesCanBeMounted() throws Exception {
        assertThat(get("/shards").body()).isEqualTo("extra");
        assertThat(get("/none").statusCode()).isEqualTo(404);
    }

    @Test
    void aPortInUseIsNamed() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                OpsServer second = OpsServer.create(onPort(taken.getLocalPort()), metrics.registry(), List.of())) {
            assertThatThrownBy(second::start)
                    .hasMessageContaining("can't listen on 127.0.0.1:" + taken.getLocalPort())
                    .hasMessageContaining("check http.host and http.port");
        }
    }

    @Test
    void aRequestThatDoesNotEndDoesNotKeepItFromClosing() throws Exception {
        // Given
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        OpsServer hanging = OpsServer.create(
                        onPort(0),
                        metrics.registry(),
                        List.of(),
                        config -> config.routes.get("/hangs", ctx -> {
                            begun.countDown();
                            never.await();
                        }))
                .start();
        URI address = URI.create(hanging.address());
        http.sendAsync(
                HttpRequest.newBuilder(address.resolve("/hangs")).build(), HttpResponse.BodyHandlers.discarding());
        begun.await();

        // When
        hanging.close();

        // Then
        assertThatThrownBy(() -> new Socket(address.getHost(), address.getPort()))
                .isInstanceOf(ConnectException.class);
    }

    private static HttpConfig onPort(int port) {
        return new HttpConfig("127.0.0.1", port, Optional.empty(), Map.of());
    }

    private HttpResponse<String> get(String path) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create(server.address() + path)).build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
