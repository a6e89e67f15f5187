package io.shardsync.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardsync.sandbox.Sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Reads id, sequence number and version of every document of both copies at the same time, 10,000 to a page, as little
 * as can be asked for. The answers are read and not looked into, in favour of the scan.
 */
final class Scan {
    private static final int PAGE = 10_000;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<URI> copies = new ArrayList<>();
    private final long operations;

    /** @param operations the highest sequence number and one; documents were only ever added */
    Scan(Sandbox sandbox, String index, long operations) {
        this.operations = operations;
        for (JsonNode copy : sandbox.http().get("/_cat/shards/" + index + "?format=json&h=id")) {
            copies.add(URI.create(sandbox.elasticsearch().urls().get(0) + "/" + index
                    + "/_search?request_cache=false&filter_path=hits.hits._id,hits.hits._seq_no,hits.hits._version"
                    + "&preference=_shards:0%7C_only_nodes:" + copy.path("id").asText()));
        }
    }

    /** How many documents were read. */
    long bothCopies() {
        List<CompletableFuture<Long>> running = copies.stream()
                .map(copy -> CompletableFuture.supplyAsync(() -> one(copy)))
                .toList();
        return running.stream().mapToLong(CompletableFuture::join).sum();
    }

    private long one(URI copy) {
        long read = 0;
        for (long from = 0; from < operations; from += PAGE) {
            String body = "{\"size\":" + PAGE + ",\"_source\":false,\"track_total_hits\":false,"
                    + "\"seq_no_primary_term\":true,\"version\":true,\"sort\":[\"_doc\"],"
                    + "\"query\":{\"range\":{\"_seq_no\":{\"gte\":" + from + ",\"lt\":" + (from + PAGE) + "}}}}";
            try {
                HttpResponse<InputStream> answer = client.send(
                        HttpRequest.newBuilder(copy)
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofInputStream());
                try (InputStream in = answer.body()) {
                    long bytes = in.transferTo(OutputStream.nullOutputStream());
                    if (answer.statusCode() != 200 || bytes < 100) {
                        throw new IllegalStateException("the scan was answered " + answer.statusCode());
                    }
                }
                read += Math.min(PAGE, operations - from);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            }
        }
        return read;
    }
}
