package io.shardsync.actuator;

import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.SandboxException;

import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import static org.awaitility.Awaitility.await;

/**
 * Writes at random until it is closed: of ten operations five change a document, three delete one, two add one anew.
 */
final class RandomWrites implements AutoCloseable {
    private static final int BATCHES_PER_SECOND = 4;

    private final Sandbox sandbox;
    private final String index;
    private final int documents;
    private final int perBatch;
    private final Set<String> untouched;
    private final Random random = new Random(11);
    private final AtomicLong written = new AtomicLong();
    private final long begun = System.nanoTime();
    private final Thread thread = new Thread(this::run, "random-writes");
    private volatile boolean closed;

    private RandomWrites(Sandbox sandbox, String index, int documents, int perSecond, Set<String> untouched) {
        this.sandbox = sandbox;
        this.index = index;
        this.documents = documents;
        this.perBatch = perSecond / BATCHES_PER_SECOND;
        this.untouched = untouched;
        thread.setDaemon(true);
    }

    static RandomWrites start(Sandbox sandbox, String index, int documents, int perSecond, Set<String> untouched) {
        RandomWrites writes = new RandomWrites(sandbox, index, documents, perSecond, untouched);
        writes.thread.start();
        return writes;
    }

    private void run() {
        long next = System.nanoTime();
        while (!closed) {
            StringBuilder bulk = new StringBuilder();
            for (int i = 0; i < perBatch; i++) {
                one(bulk);
            }
            try {
                sandbox.http().post("/" + index + "/_bulk", bulk.toString());
                written.addAndGet(perBatch);
            } catch (SandboxException e) {
                // A node that dies takes a batch with it; the next one goes elsewhere.
                continue;
            }
            // A batch that took too long is followed by the next at once, so that the rate holds on average.
            next += TimeUnit.SECONDS.toNanos(1) / BATCHES_PER_SECOND;
            long left = next - System.nanoTime();
            if (left > 0) {
                try {
                    TimeUnit.NANOSECONDS.sleep(left);
                } catch (InterruptedException e) {
                    return;
                }
            }
        }
    }

    private void one(StringBuilder bulk) {
        String id;
        do {
            id = "k" + random.nextInt(documents);
        } while (untouched.contains(id));
        int dice = random.nextInt(10);
        if (dice < 3) {
            bulk.append("{\"delete\":{\"_id\":\"").append(id).append("\"}}\n");
        } else {
            bulk.append("{\"index\":{\"_id\":\"")
                    .append(dice < 8 ? id : "x" + id)
                    .append("\"}}\n{\"n\":")
                    .append(random.nextInt(1_000_000))
                    .append("}\n");
        }
    }

    void awaitFlow() {
        await().atMost(30, TimeUnit.SECONDS).until(() -> written.get() > 4L * perBatch);
    }

    /** Operations a second so far. */
    double rate() {
        return written.get() * 1e9 / (System.nanoTime() - begun);
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join(30_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
