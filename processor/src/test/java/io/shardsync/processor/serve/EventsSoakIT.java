package io.shardsync.processor.serve;

import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.junit.WithSandbox;
import io.shardsync.schemas.model.ReplicationStatus;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Flow;
import java.util.concurrent.locks.LockSupport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Many clients for minutes. Server and clients share this process, so its heap is that of both. */
@Tag("long")
@WithSandbox(nodes = 0)
class EventsSoakIT {
    private static final int CLIENTS = 500;
    private static final Duration TIME = Duration.ofMinutes(2);
    private static final int STATUSES_PER_SECOND = 25;
    private static final int SHARDS = 1_000;
    private static final Duration LONG = Duration.ofSeconds(120);
    private static final long MIB = 1L << 20;

    /** Of the log of events, which is kept up to its own bounds, and of what a collector of garbage leaves. */
    private static final long MOST_GROWTH = 24 * MIB;

    @Test
    void fiveHundredClientsForTwoMinutesMissNothingAndCostNoMemory(Sandbox sandbox) throws Exception {
        try (Server server = Server.start(sandbox, Map.of())) {
            // Given
            HttpClient client = HttpClient.newHttpClient();
            List<Counting> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                Counting counting = new Counting();
                clients.add(counting);
                client.sendAsync(
                        HttpRequest.newBuilder(URI.create(server.address() + "/events?type=status"))
                                .build(),
                        BodyHandlers.fromLineSubscriber(counting));
            }
            await().atMost(LONG).until(() -> server.face().eventClients() == CLIENTS);
            // Everything there will be in the view is there before the heap is looked at.
            int written = write(server, 0, SHARDS);
            awaitAll(clients, written);
            long before = heap();
            List<Long> heaps = new ArrayList<>(List.of(before / MIB));

            // When
            long start = System.nanoTime();
            long nextLook = start + Duration.ofSeconds(20).toNanos();
            while (System.nanoTime() - start < TIME.toNanos()) {
                long due = (System.nanoTime() - start)
                        * STATUSES_PER_SECOND
                        / Duration.ofSeconds(1).toNanos();
                written = write(server, written, (int) (SHARDS + due - written));
                if (System.nanoTime() > nextLook) {
                    nextLook += Duration.ofSeconds(20).toNanos();
                    heaps.add(heap() / MIB);
                }
                LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
            }

            // Then
            awaitAll(clients, written);
            long after = heap();
            heaps.add(after / MIB);
            System.out.println(CLIENTS + " clients were told " + written + " changes each in "
                    + Duration.ofNanos(System.nanoTime() - start).toSeconds() + " s; heap in MiB: " + heaps);
            assertThat(clients).allSatisfy(each -> assertThat(each.gaps).isZero());
            assertThat(server.face().eventClientsDropped()).isZero();
            assertThat(server.face().eventClients()).isEqualTo(CLIENTS);
            assertThat(after - before).as("heap grew from %d", before).isLessThan(MOST_GROWTH);
            clients.forEach(Counting::close);
        }
    }

    /** @return how many have been written now */
    private static int write(Server server, int from, int count) {
        for (int i = from; i < from + count; i++) {
            ReplicationStatus status = Samples.inSync("prod", "orders", i % SHARDS, "n1", "n2");
            server.write(server.topics().replicationStatuses(), status.key(), status);
        }
        server.flush();
        return from + Math.max(0, count);
    }

    private static void awaitAll(List<Counting> clients, int written) {
        await().atMost(LONG).untilAsserted(() -> assertThat(clients)
                .allSatisfy(each -> assertThat(each.told).isEqualTo(written)));
    }

    private static long heap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** Keeps numbers alone. One thread at a time calls it. */
    private static final class Counting implements Flow.Subscriber<String> {
        private volatile int told;
        private volatile int gaps;
        private volatile Flow.Subscription lines;
        private long last = -1;
        private boolean status;

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            lines = subscription;
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(String line) {
            if (line.startsWith("event: ")) {
                status = line.equals("event: status");
            } else if (line.startsWith("id: ")) {
                long number = Long.parseLong(line.substring(line.lastIndexOf('-') + 1));
                if (status && last >= 0 && number != last + 1) {
                    gaps = gaps + 1;
                }
                last = number;
            } else if (status && line.startsWith("data: ")) {
                told = told + 1;
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

        void close() {
            lines.cancel();
        }
    }
}
