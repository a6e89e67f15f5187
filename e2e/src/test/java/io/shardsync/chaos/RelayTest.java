package io.shardsync.chaos;

import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class RelayTest {
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private HttpServer server;
    private Relay relay;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.start();
        relay = new Relay("http://127.0.0.1:" + server.getAddress().getPort(), heard::add);
    }

    @AfterEach
    void stop() {
        relay.close();
        server.stop(0);
    }

    @Test
    void passesEverythingOnAndHearsWhatChangesSomething() throws Exception {
        assertThat(ask("GET", "/_cluster/state?local=true")).isEqualTo(204);
        assertThat(ask("PUT", "/_cluster/settings")).isEqualTo(204);
        assertThat(heard).containsExactly("PUT /_cluster/settings");
    }

    @Test
    void aCutNetworkAnswersNobodyUntilItIsRepaired() throws Exception {
        assertThat(ask("GET", "/")).isEqualTo(204);
        relay.cut();
        assertThatThrownBy(() -> ask("GET", "/")).isInstanceOf(IOException.class);
        relay.repair();
        assertThat(ask("GET", "/")).isEqualTo(204);
    }

    @Test
    void aSlowNetworkAnswersLater() throws Exception {
        relay.slow(Duration.ofMillis(300));
        long begun = System.nanoTime();
        assertThat(ask("GET", "/")).isEqualTo(204);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
    }

    private int ask(String method, String path) throws IOException, InterruptedException {
        return client.send(
                        HttpRequest.newBuilder(URI.create(relay.url() + path))
                                .timeout(Duration.ofSeconds(20))
                                .method(method, HttpRequest.BodyPublishers.noBody())
                                .build(),
                        BodyHandlers.discarding())
                .statusCode();
    }
}
