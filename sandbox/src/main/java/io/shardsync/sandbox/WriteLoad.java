package io.shardsync.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * A steady write load in small bulk requests, ten a second. Goes on through the death of nodes: a batch that one node
 * does not answer is sent to the next. What was missed meanwhile is not caught up, so the rate is never exceeded.
 */
public final class WriteLoad implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WriteLoad.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int BATCHES_PER_SECOND = 10;
    private static final Duration CONNECT = Duration.ofSeconds(1);
    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final int REFUSED = 300;
    private static final int NOT_FOUND = 404;

    private final List<String> urls;
    private final WriteLoadSpec spec;
    private final WritePlan plan;
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .build();
    private final Thread thread = new Thread(this::run, "write-load");
    private volatile boolean closed;
    private int preferred;

    private WriteLoad(List<String> urls, WriteLoadSpec spec) {
        this.urls = List.copyOf(urls);
        this.spec = spec;
        this.plan = new WritePlan(spec);
        thread.setDaemon(true);
    }

    /** Starts writing to the sandbox's Elasticsearch. */
    public static WriteLoad start(Sandbox sandbox, WriteLoadSpec spec) {
        return start(sandbox.elasticsearch().urls(), spec);
    }

    /** Starts writing to any Elasticsearch; the urls are those of its nodes. */
    public static WriteLoad start(List<String> urls, WriteLoadSpec spec) {
        WriteLoad load = new WriteLoad(urls, spec);
        load.thread.start();
        return load;
    }

    /** Operations that Elasticsearch acknowledged. */
    public long acknowledged() {
        return acknowledged.get();
    }

    /** Operations that were refused, or that no node answered for. These may have been carried out none the less. */
    public long failed() {
        return failed.get();
    }

    /** Ids of documents that were acknowledged and never asked to be deleted: each of them must be there. */
    public Set<String> livingIds(String index) {
        return plan.living(index);
    }

    /** Stops writing. Returns when the last batch is answered or given up. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            thread.interrupt();
        }
    }

    private void run() {
        long start = System.nanoTime();
        long pause = Duration.ofSeconds(1).toNanos() / BATCHES_PER_SECOND;
        long due = start;
        for (long batch = 1; !closed; batch++) {
            write(plan.next(sizeOf(batch)));
            due = Math.max(due + pause, System.nanoTime());
            while (!closed && due - System.nanoTime() > 0) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
        }
    }

    /** Spreads what does not divide by ten. */
    private int sizeOf(long batch) {
        long rate = spec.operationsPerSecond();
        return (int) (batch * rate / BATCHES_PER_SECOND - (batch - 1) * rate / BATCHES_PER_SECOND);
    }

    private void write(List<WriteOperation> batch) {
        if (batch.isEmpty()) {
            return;
        }
        String body = batch.stream().map(WriteOperation::lines).collect(Collectors.joining());
        Optional<JsonNode> answer = send(body);
        if (answer.isEmpty()) {
            failed.addAndGet(batch.size());
            return;
        }
        JsonNode items = answer.get().path("items");
        for (int i = 0; i < batch.size(); i++) {
            // Each item has one field, named after the operation.
            int status = items.path(i).path(name(batch.get(i))).path("status").asInt(REFUSED);
            if (isDone(batch.get(i), status)) {
                acknowledged.incrementAndGet();
                plan.acknowledged(batch.get(i));
            } else {
                failed.incrementAndGet();
            }
        }
    }

    /** A batch sent again after its node died finds its documents deleted already. */
    private static boolean isDone(WriteOperation operation, int status) {
        return status < REFUSED || (status == NOT_FOUND && operation.kind() == WriteOperation.Kind.DELETE);
    }

    private static String name(WriteOperation operation) {
        return switch (operation.kind()) {
            case INDEX -> "index";
            case UPDATE -> "update";
            case DELETE -> "delete";
        };
    }

    private Optional<JsonNode> send(String body) {
        for (int attempt = 0; attempt < urls.size() && !closed; attempt++) {
            String url = urls.get(preferred);
            try {
                HttpResponse<String> response = client.send(
                        HttpRequest.newBuilder(URI.create(url + "/_bulk"))
                                .timeout(ANSWER)
                                .header("Content-Type", "application/x-ndjson")
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
                if (response.statusCode() < REFUSED) {
                    return Optional.of(JSON.readTree(response.body()));
                }
                LOG.warn("write load: {} answered {}: {}", url, response.statusCode(), response.body());
            } catch (IOException e) {
                LOG.info("write load: {} does not answer ({}), trying the next node", url, e.toString());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                closed = true;
                return Optional.empty();
            }
            preferred = (preferred + 1) % urls.size();
        }
        return Optional.empty();
    }
}
