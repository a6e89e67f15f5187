package io.shardsync.collector.watch;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;

import static java.nio.charset.StandardCharsets.UTF_8;

/** One host of a cluster, whose answers are written by hand; single quotes stand for double ones. */
final class PlayedHost implements AutoCloseable {
    private final HttpServer server;
    private volatile int refusal;
    private volatile String state = "{}";
    private volatile String masterState;
    private volatile String stats = "{}";

    PlayedHost() {
        try {
            server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::answer);
        server.start();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** @param status with which all calls are refused; 0 for none */
    PlayedHost refuses(int status) {
        refusal = status;
        return this;
    }

    PlayedHost state(String json) {
        state = json;
        return this;
    }

    /** @param json the state of the master, as far as this host knows; null if the master does not answer it */
    PlayedHost masterState(String json) {
        masterState = json;
        return this;
    }

    PlayedHost stats(String json) {
        stats = json;
        return this;
    }

    private void answer(HttpExchange exchange) throws IOException {
        if (refusal > 0) {
            send(exchange, refusal, "{'error':{'type':'exception','reason':'refused'}}");
            return;
        }
        String path = exchange.getRequestURI().getPath();
        String query = String.valueOf(exchange.getRequestURI().getQuery());
        boolean ofMaster = query.contains("master_timeout");
        if (ofMaster && masterState == null) {
            // It stays open, as with a master that hangs.
            return;
        }
        if (path.startsWith("/_cluster/state")) {
            send(exchange, 200, ofMaster ? masterState : state);
        } else {
            send(exchange, 200, path.startsWith("/_nodes") ? stats : "{}");
        }
    }

    private static void send(HttpExchange exchange, int status, String json) throws IOException {
        byte[] body = json.replace('\'', '"').getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.getResponseHeaders().set("X-Elastic-Product", "Elasticsearch");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
