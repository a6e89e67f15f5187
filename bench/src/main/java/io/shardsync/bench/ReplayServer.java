package io.shardsync.bench;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Answers a collector's calls for a scaled cluster, from bodies that were compressed before. What it does not want
 * compressed it gets as it is.
 */
final class ReplayServer implements AutoCloseable {
    private final ScaledCluster cluster;
    private final ExecutorService threads = Executors.newFixedThreadPool(2);
    private final HttpServer server;
    private final AtomicLong bytes = new AtomicLong();
    private final byte[] answering;
    private final byte[][] stats;
    private volatile byte[] position;
    private volatile byte[] state;
    private volatile boolean resting;
    private volatile boolean writing;
    private long written;
    private int turn;

    ReplayServer(ScaledCluster cluster) {
        this.cluster = cluster;
        answering = cluster.answering();
        stats = new byte[][] {cluster.stats(0), cluster.stats(1)};
        change(1);
        try {
            server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Another state, in which nothing has moved. */
    void change(long version) {
        state = cluster.state(version);
        position = cluster.position(version);
    }

    /** Whether no node is given anything to write; otherwise every one is, be it that no copy shows it. */
    void resting(boolean now) {
        resting = now;
    }

    /** Whether each shard takes a write, or loses one, between any two collections. */
    void writing(boolean now) {
        writing = now;
    }

    /** Bytes of bodies sent so far. */
    long bytes() {
        return bytes.get();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String accepted = exchange.getRequestHeaders().getFirst("Accept-Encoding");
        boolean compressed = accepted != null && accepted.contains("gzip");
        byte[] body = bodyFor(exchange.getRequestURI().getPath());
        if (compressed) {
            exchange.getResponseHeaders().set("Content-Encoding", "gzip");
        } else {
            body = ScaledCluster.plain(body);
        }
        exchange.getRequestBody().readAllBytes();
        exchange.getResponseHeaders().set("X-Elastic-Product", "Elasticsearch");
        exchange.getResponseHeaders().set("Content-Type", "application/vnd.elasticsearch+json;compatible-with=8");
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
        bytes.addAndGet(body.length);
    }

    private synchronized byte[] bodyFor(String path) {
        if (path.startsWith("/_cluster/state/version,routing_table")) {
            return state;
        }
        if (path.startsWith("/_cluster/state/")) {
            return position;
        }
        if (path.endsWith("/stats/indexing_pressure")) {
            return answering;
        }
        if (path.endsWith("/stats/fs,indexing_pressure")) {
            written += resting ? 0 : 1;
            return cluster.activity(written);
        }
        if (path.startsWith("/_nodes")) {
            turn += writing ? 1 : 0;
            return stats[turn % 2];
        }
        return ScaledCluster.gzip(
                path.startsWith("/_cluster/health") ? "{\"status\":\"green\",\"number_of_pending_tasks\":0}" : "{}");
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
