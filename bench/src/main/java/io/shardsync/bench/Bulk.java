package io.shardsync.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Writes small documents under ids of their own; who writes waits for each answer before it writes more. */
final class Bulk {
    private static final int BATCH = 5_000;
    private static final int WRITERS = 2;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final long REST_MS = 500;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI target;
    private long next;

    Bulk(List<String> urls, String index) {
        this.target = URI.create(urls.get(0) + "/" + index + "/_bulk?filter_path=errors,items.*.error");
    }

    /** By a few writers at once, each of which waits for its answers. */
    void write(long documents) {
        long end = next + documents;
        AtomicLong from = new AtomicLong(next);
        List<CompletableFuture<Void>> writers = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            writers.add(CompletableFuture.runAsync(() -> {
                for (long begin = from.getAndAdd(BATCH); begin < end; begin = from.getAndAdd(BATCH)) {
                    batch(begin, (int) Math.min(BATCH, end - begin));
                }
            }));
        }
        writers.forEach(CompletableFuture::join);
        next = end;
    }

    /** By one writer; documents a second. */
    double during(Duration time) {
        long begun = System.nanoTime();
        long before = next;
        while (System.nanoTime() - begun < time.toNanos()) {
            batch(next, BATCH / 5);
            next += BATCH / 5;
        }
        return (next - before) * 1e9 / (System.nanoTime() - begun);
    }

    private void batch(long from, int size) {
        StringBuilder body = new StringBuilder(size * 120);
        for (long number = from; number < from + size; number++) {
            body.append("{\"index\":{\"_id\":\"")
                    .append(Long.toString(number * 2_654_435_761L % 1_000_000_007L, 36))
                    .append('-')
                    .append(number)
                    .append("\"}}\n{\"n\":")
                    .append(number)
                    .append(",\"at\":\"2026-11-23T00:00:00Z\",\"name\":\"user-")
                    .append(number % 1_000)
                    .append("\"}\n");
        }
        try {
            HttpResponse<String> answer = sent(body.toString());
            while (answer.statusCode() == TOO_MANY_REQUESTS) {
                TimeUnit.MILLISECONDS.sleep(REST_MS);
                answer = sent(body.toString());
            }
            if (answer.statusCode() != 200 || !answer.body().contains("\"errors\":false")) {
                throw new IllegalStateException("bulk answered " + answer.statusCode() + ": " + answer.body());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private HttpResponse<String> sent(String body) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(target)
                        .timeout(Duration.ofSeconds(120))
                        .header("Content-Type", "application/x-ndjson")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
