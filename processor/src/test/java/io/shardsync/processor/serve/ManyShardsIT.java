package io.shardsync.processor.serve;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.junit.WithSandbox;
import io.shardsync.schemas.model.ReplicationStatus;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;

import static org.assertj.core.api.Assertions.assertThat;

@Tag("long")
@WithSandbox(nodes = 0)
class ManyShardsIT {
    static final int SHARDS = 100_000;

    /** One in a thousand. */
    static final int LAGGING = 100;

    @Test
    void aHundredThousandShardsAreAnsweredFromThePageOn(Sandbox sandbox) throws Exception {
        // Given
        long start = System.nanoTime();
        try (Server server = Server.startWith(sandbox, ManyShardsIT::fill)) {
            say("writing and reading all of them", start);
            Http http = new Http(server.address());

            // Then
            timed(http, "first page, cold", "/shards/replication", 100);
            for (int i = 0; i < 20; i++) {
                http.get("/shards/replication");
            }
            timed(http, "first page", "/shards/replication", 100);
            say("first page, median of 50", median(http, 50));
            timed(http, "largest page", "/shards/replication?limit=1000", 1_000);
            timed(http, "the 100 that lag", "/shards/replication?health=lagging&limit=1000", 100);
            timed(http, "by name", "/shards/replication?index=*-00777", 10);
            start = System.nanoTime();
            JsonNode cluster = http.json("/clusters").get("clusters").get(0);
            say("clusters", start);
            assertThat(cluster.get("replication").get("shards").intValue()).isEqualTo(SHARDS);
            assertThat(cluster.get("replication").get("health").get("lagging").intValue())
                    .isEqualTo(100);
            int seen = 0;
            String cursor = "";
            start = System.nanoTime();
            while (cursor != null) {
                JsonNode page = http.json("/shards/replication?limit=1000" + cursor);
                seen += page.get("shards").size();
                cursor = page.get("cursor").isNull()
                        ? null
                        : "&cursor=" + page.get("cursor").textValue();
            }
            say("all pages", start);
            assertThat(seen).isEqualTo(SHARDS);
        }
    }

    /** Ten shards an index; of a hundred indices the eighth shard lags. */
    static void fill(Server server) {
        for (int i = 0; i < SHARDS; i++) {
            String index = "index-%05d".formatted(i / 10);
            ReplicationStatus status = i % 1_000 == 7
                    ? Samples.lagging("prod", index, i % 10, "n1", "n2")
                    : Samples.inSync("prod", index, i % 10, "n1", "n2");
            server.write(server.topics().replicationStatuses(), status.key(), status);
            if (i % 5_000 == 0) {
                // On a slow machine what waits for too long is given up by the producer.
                server.flush();
            }
        }
    }

    private static long median(Http http, int times) {
        long[] took = new long[times];
        for (int i = 0; i < times; i++) {
            long start = System.nanoTime();
            http.get("/shards/replication");
            took[i] = System.nanoTime() - start;
        }
        Arrays.sort(took);
        return System.nanoTime() - took[times / 2];
    }

    private static void timed(Http http, String what, String path, int expected) {
        long start = System.nanoTime();
        JsonNode page = http.json(path);
        say(what, start);
        assertThat(page.get("shards")).hasSize(expected);
    }

    private static void say(String what, long start) {
        double tookMs =
                (System.nanoTime() - start) / (double) Duration.ofMillis(1).toNanos();
        System.out.printf(Locale.ROOT, "%d shards, %s: %.1f ms%n", SHARDS, what, tookMs);
    }
}
