package io.shardsync.collector;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import static java.nio.charset.StandardCharsets.UTF_8;

/** A proxy before a real Elasticsearch, which passes everything on until it is told to do something else. */
final class Front implements AutoCloseable {
    private static final List<String> PASSED = List.of("Content-Type", "Content-Encoding", "X-Elastic-Product");

    private final HttpClient client = HttpClient.newHttpClient();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer server;
    private final String target;
    private volatile Behaviour behaviour = Answer::send;

    /** What happens with an answer that Elasticsearch gave. */
    interface Behaviour {
        void handle(Answer answer) throws IOException;
    }

    /** One request, and what Elasticsearch answered. */
    record Answer(HttpExchange exchange, int status, byte[] body) {
        /** As it is. */
        void send() throws IOException {
            send(status, body, body.length);
        }

        /** Another body, as Elasticsearch would send it. */
        void elasticsearch(int code, String text) throws IOException {
            exchange.getResponseHeaders().remove("Content-Encoding");
            send(code, text.getBytes(UTF_8), text.getBytes(UTF_8).length);
        }

        /** A page of somebody else. */
        void page(int code, String html) throws IOException {
            PASSED.forEach(exchange.getResponseHeaders()::remove);
            exchange.getResponseHeaders().set("Content-Type", "text/html");
            send(code, html.getBytes(UTF_8), html.getBytes(UTF_8).length);
        }

        /** As if all of it were to come, and then the connection is closed. */
        void half() throws IOException {
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body, 0, body.length / 2);
            exchange.getResponseBody().flush();
            exchange.close();
        }

        String header(String name) {
            return exchange.getRequestHeaders().getFirst(name);
        }

        private void send(int code, byte[] bytes, long length) throws IOException {
            exchange.sendResponseHeaders(code, length == 0 ? -1 : length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        }
    }

    Front(String target) {
        this.target = target;
        try {
            server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::pass);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    void now(Behaviour next) {
        behaviour = next;
    }

    void passOn() {
        behaviour = Answer::send;
    }

    private void pass(HttpExchange exchange) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(target + exchange.getRequestURI()));
        for (String header : List.of("Accept", "Accept-Encoding")) {
            String value = exchange.getRequestHeaders().getFirst(header);
            if (value != null) {
                request.header(header, value);
            }
        }
        try {
            HttpResponse<byte[]> response = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            for (String header : PASSED) {
                response.headers().firstValue(header).ifPresent(value -> exchange.getResponseHeaders()
                        .set(header, value));
            }
            behaviour.handle(new Answer(exchange, response.statusCode(), response.body()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            exchange.close();
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
