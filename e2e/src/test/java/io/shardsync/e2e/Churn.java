package io.shardsync.e2e;

import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.SandboxException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * What happens in a healthy cluster all day: indices roll over, replicas are added and taken away, shards move,
 * segments are merged. None of it is a fault.
 */
final class Churn implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Churn.class);
    private static final Duration BREATH = Duration.ofSeconds(2);
    private static final int KEPT = 3;

    private final Sandbox sandbox;
    private final String busy;
    private final Random random;
    private final Deque<String> rolled = new ArrayDeque<>();
    private final Thread thread = new Thread(this::run, "churn");
    private volatile boolean closed;
    private volatile int done;
    private int generation;

    /**
     * @param busy an index with two replicas that is written to
     * @param seed makes it the same every time
     */
    Churn(Sandbox sandbox, String busy, long seed) {
        this.sandbox = sandbox;
        this.busy = busy;
        this.random = new Random(seed);
        thread.setDaemon(true);
        thread.start();
    }

    /** How many things have been done. */
    int done() {
        return done;
    }

    private void run() {
        while (!closed) {
            try {
                next();
                done++;
            } catch (SandboxException refused) {
                // A move to a node that has the shard already, say; Elasticsearch says no, which is fine.
                log.debug("refused", refused);
            }
            LockSupport.parkNanos(BREATH.toNanos());
        }
    }

    private void next() {
        switch (random.nextInt(7)) {
            case 0, 1 -> rollOver();
            case 2 ->
                sandbox.http()
                        .put(
                                "/" + busy + "/_settings",
                                "{\"index.number_of_replicas\":" + (1 + random.nextInt(2)) + "}");
            case 3 -> sandbox.http().post("/" + busy + "/_forcemerge?wait_for_completion=false", null);
            case 4 -> sandbox.http().post("/_refresh", null);
            case 5 -> move();
            default -> sandbox.http().get("/" + busy + "/_search?size=1");
        }
    }

    private void rollOver() {
        String index = "rolled-" + generation++;
        sandbox.http().createIndex(index, Map.of("number_of_shards", 1, "number_of_replicas", 1));
        sandbox.http().index(index, "1", "{\"n\":1}");
        rolled.addLast(index);
        if (rolled.size() > KEPT) {
            sandbox.http().delete("/" + rolled.removeFirst());
        }
    }

    private void move() {
        if (rolled.isEmpty()) {
            return;
        }
        String from = "n" + (1 + random.nextInt(3));
        String to = "n" + (1 + random.nextInt(3));
        sandbox.http()
                .post(
                        "/_cluster/reroute?metric=none",
                        "{\"commands\":[{\"move\":{\"index\":\"%s\",\"shard\":0,\"from_node\":\"%s\",\"to_node\":\"%s\"}}]}"
                                .formatted(rolled.getLast(), from, to));
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        LockSupport.unpark(thread);
        thread.join();
        rolled.forEach(index -> sandbox.http().delete("/" + index));
    }
}
