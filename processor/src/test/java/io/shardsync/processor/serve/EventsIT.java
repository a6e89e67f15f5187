package io.shardsync.processor.serve;

import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.junit.WithSandbox;
import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.Control;
import io.shardsync.schemas.model.ReplicationStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@WithSandbox(nodes = 0)
class EventsIT {
    private static final Duration LONG = Duration.ofSeconds(60);

    private final HttpClient client = HttpClient.newHttpClient();
    private final List<Listener> listeners = new ArrayList<>();
    private Server server;

    @BeforeEach
    void start(Sandbox sandbox) {
        server = Server.start(sandbox, Map.of());
    }

    @AfterEach
    void stop() throws Exception {
        listeners.forEach(Listener::close);
        server.close();
    }

    @Test
    void everyChangeIsToldAsItComes() {
        // Given
        Listener all = listen("/events");

        // When
        write(Samples.recovering("prod", "orders", 0, "n1", "n2", 10));
        write(Samples.inSync("prod", "orders", 0, "n1", "n2"));
        server.write(
                server.topics().replicationStatuses(),
                Samples.inSync("prod", "orders", 0, "n1", "n2").key(),
                null);
        write(Samples.alert("prod", "NoMaster", Alert.Severity.CRITICAL, Alert.Status.FIRING, "no master"));
        server.write(
                server.topics().clusterSnapshots(), "prod", Samples.cluster("prod", "green", List.of("n1"), List.of()));

        // Then
        await().atMost(LONG).untilAsserted(() -> assertThat(all.types())
                .contains("alert", "cluster")
                .containsSubsequence("hello", "status", "recovery", "status", "recovery", "status"));
        assertThat(all.data("status").get(2)).contains("\"removed\":true");
        assertThat(all.data("recovery").get(1)).contains("\"recoveries\":[]");
    }

    @Test
    void onlyWhatWasAskedForIsTold() {
        // Given
        Listener some = listen("/events?cluster=prod&type=status,control");

        // When
        write(Samples.alert("prod", "NoMaster", Alert.Severity.CRITICAL, Alert.Status.FIRING, "no master"));
        write(Samples.inSync("staging", "orders", 0, "n1", "n2"));
        write(Samples.inSync("prod", "orders", 0, "n1", "n2"));
        new Http(server.address()).post("/healing/pause", "{}");

        // Then
        await().atMost(LONG).untilAsserted(() -> assertThat(some.types()).contains("status", "control"));
        assertThat(some.types()).containsExactlyInAnyOrder("hello", "status", "control");
        assertThat(some.data("status").get(0)).contains("\"prod\"");
    }

    @Test
    void aControlWrittenByHandIsToldToThoseOfTheClusterOfItsKey() {
        // Given
        Listener some = listen("/events?cluster=prod&type=status,control");

        // When
        server.write(
                server.topics().controls(),
                "prod/pause",
                new Control(Control.Kind.PAUSE, null, null, null, null, "anna", "storage work"));
        await().atMost(LONG).untilAsserted(() -> assertThat(some.types()).contains("control"));
        write(Samples.inSync("prod", "orders", 0, "n1", "n2"));

        // Then
        await().atMost(LONG).untilAsserted(() -> assertThat(some.types()).contains("status"));
        assertThat(some.data("control").get(0)).contains("\"cluster\":\"prod\"");
    }

    @Test
    void aClientThatComesBackFindsWhatItMissed() {
        // Given
        Listener first = listen("/events");
        write(Samples.inSync("prod", "orders", 0, "n1", "n2"));
        await().atMost(LONG).until(() -> first.types().contains("status"));
        String last = first.lastId();
        first.close();

        // When
        for (int shard = 1; shard <= 20; shard++) {
            write(Samples.inSync("prod", "orders", shard, "n1", "n2"));
        }
        awaitShards(21);
        Listener second = listen("/events", "Last-Event-ID", last);

        // Then
        await().atMost(LONG).until(() -> second.types().size() == 20);
        assertThat(second.types()).containsOnly("status");

        // And when it had seen nothing but the greeting
        Listener quiet = listen("/events");
        await().atMost(LONG).until(() -> quiet.lastId() != null);
        String greeting = quiet.lastId();
        write(Samples.inSync("prod", "orders", 99, "n1", "n2"));
        awaitShards(22);
        Listener again = listen("/events?last_event_id=" + greeting);

        // Then
        await().atMost(LONG).until(() -> again.types().equals(List.of("status")));
    }

    @Test
    void anIdThatIsTooOldOrForeignIsAnsweredWithAReset() {
        for (String id : List.of("00000000-5", "nonsense", "-1")) {
            Listener lost = listen("/events", "Last-Event-ID", id);
            await().atMost(LONG).until(() -> lost.types().equals(List.of("reset")));
        }
    }

    @Test
    void aClientThatIsToldNothingHearsAHeartbeatAndCanComeBackFromThere() {
        // Given: what changes is not what it asked for
        Listener quiet = listen("/events?type=control");
        for (int shard = 0; shard < 20; shard++) {
            write(Samples.inSync("prod", "orders", shard, "n1", "n2"));
        }
        awaitShards(20);
        String greeting = quiet.lastId();

        // Then
        await().atMost(LONG).until(() -> quiet.heartbeats() > 0);
        String beat = quiet.lastId();
        assertThat(number(beat)).as("the heartbeat says where the log is").isEqualTo(number(greeting) + 20);
        assertThat(quiet.data("hello"))
                .as("and the greeting how often it comes")
                .containsExactly("{\"heartbeat_ms\":3000}");
        assertThat(quiet.types()).containsOnly("hello");
        await().atMost(LONG).until(() -> quiet.heartbeats() > 1);

        // And when it comes back
        quiet.close();
        new Http(server.address()).post("/healing/pause", "{}");
        Listener again = listen("/events?type=control", "Last-Event-ID", beat);

        // Then
        await().atMost(LONG).until(() -> again.types().equals(List.of("control")));
    }

    @Test
    void aClientThatIsToldSomethingNeedsNoHeartbeat() {
        // Given
        Listener busy = listen("/events?type=status");
        Listener quiet = listen("/events?type=control");

        // When
        await().atMost(LONG).pollInterval(Duration.ofSeconds(1)).until(() -> {
            write(Samples.inSync("prod", "orders", 0, "n1", "n2"));
            return quiet.heartbeats() > 0;
        });

        // Then
        assertThat(busy.count("status")).isPositive();
        assertThat(busy.heartbeats()).isZero();
    }

    private static long number(String id) {
        return Long.parseLong(id.substring(id.lastIndexOf('-') + 1));
    }

    @Test
    void aClientThatDoesNotReadIsDroppedAndTheOthersMissNothing() throws Exception {
        // Given
        Listener attentive = listen("/events?type=status");
        try (Socket asleep = new Socket()) {
            asleep.setReceiveBufferSize(4_096);
            asleep.connect(new java.net.InetSocketAddress("127.0.0.1", server.port()));
            asleep.getOutputStream().write("GET /events HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(US_ASCII));
            await().atMost(LONG).until(() -> server.face().eventClients() == 2);

            // When: more than the log keeps
            int written = 60_000;
            for (int i = 0; i < written; i++) {
                write(Samples.inSync("prod", "index-" + i % 1_000, i / 1_000, "n1", "n2"));
                if (i % 5_000 == 0) {
                    server.flush();
                }
            }
            server.flush();

            // Then
            await().atMost(Duration.ofSeconds(120)).until(() -> attentive.count("status") == written);
            await().atMost(LONG).until(() -> server.face().eventClients() == 1);
            assertThat(server.face().eventClientsDropped()).isEqualTo(1);
        }
    }

    @Test
    void fiveHundredClientsMissNothing() {
        // Given
        for (int i = 0; i < 500; i++) {
            listen("/events?type=status");
        }
        await().atMost(LONG).until(() -> server.face().eventClients() == 500);

        // When
        for (int i = 0; i < 100; i++) {
            write(Samples.inSync("prod", "orders", i, "n1", "n2"));
        }

        // Then
        await().atMost(LONG).untilAsserted(() -> assertThat(listeners)
                .allSatisfy(each -> assertThat(each.count("status")).isEqualTo(100)));
        Http http = new Http(server.address());
        assertThat(http.get("/alerts").statusCode()).isEqualTo(200);

        // And when they go
        listeners.forEach(Listener::close);
        write(Samples.inSync("prod", "orders", 0, "n1", "n2"));

        // Then
        await().atMost(LONG).until(() -> server.face().eventClients() == 0);
    }

    private Listener listen(String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.address() + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        Listener listener = new Listener();
        listener.answer = client.sendAsync(request.build(), BodyHandlers.fromLineSubscriber(listener));
        listeners.add(listener);
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .atMost(LONG)
                .until(() -> listener.opened || listener.answer.isCompletedExceptionally());
        return listener;
    }

    private void awaitShards(int count) {
        Http http = new Http(server.address());
        await().atMost(LONG)
                .until(() -> http.json("/shards/replication?limit=1000")
                                .get("shards")
                                .size()
                        == count);
    }

    private void write(ReplicationStatus status) {
        server.write(server.topics().replicationStatuses(), status.key(), status);
    }

    private void write(Alert alert) {
        server.write(server.topics().alerts(), alert.fingerprint(), alert);
    }

    /** Reads a stream of events, on the client's own few threads. */
    private static final class Listener implements Flow.Subscriber<String> {
        private final List<String> types = new CopyOnWriteArrayList<>();
        private final Map<String, List<String>> data = new java.util.concurrent.ConcurrentHashMap<>();
        private final Map<String, Integer> counts = new java.util.concurrent.ConcurrentHashMap<>();
        private volatile CompletableFuture<?> answer;
        private volatile Flow.Subscription lines;
        private volatile boolean opened;
        private volatile String id;
        private volatile int heartbeats;
        private String type;

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            lines = subscription;
            opened = true;
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(String line) {
            if (line.equals("event: heartbeat")) {
                // One thread at a time calls this.
                heartbeats = heartbeats + 1;
                type = null;
            } else if (line.startsWith("event: ")) {
                type = line.substring("event: ".length());
                if (counts.merge(type, 1, Integer::sum) <= 100) {
                    types.add(type);
                }
            } else if (line.startsWith("id: ")) {
                id = line.substring("id: ".length());
            } else if (line.startsWith("data: ") && type != null && counts.get(type) <= 100) {
                data.computeIfAbsent(type, each -> new CopyOnWriteArrayList<>()).add(line.substring("data: ".length()));
            }
        }

        @Override
        public void onError(Throwable failure) {
            // The test sees what is missing.
        }

        @Override
        public void onComplete() {
            // Likewise.
        }

        List<String> types() {
            return types;
        }

        List<String> data(String wanted) {
            return data.getOrDefault(wanted, List.of());
        }

        int count(String wanted) {
            return counts.getOrDefault(wanted, 0);
        }

        int heartbeats() {
            return heartbeats;
        }

        String lastId() {
            return id;
        }

        void close() {
            if (lines != null) {
                lines.cancel();
            }
        }
    }
}
