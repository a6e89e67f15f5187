package io.shardsync.cli;

import com.sun.net.httpserver.HttpServer;
import io.shardsync.cli.print.Io;
import io.shardsync.cli.print.Terminal;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * The command line in front of a processor that answers whatever a test says: a divergent check, a held command, a
 * broken server don't come when they are called. What real ones answer is seen end to end.
 */
final class Stage implements AutoCloseable {
    /** A moment after the contract's examples. */
    static final Instant NOW = Instant.parse("2026-11-23T04:00:00Z");

    private final HttpServer server;
    private final Map<String, Deque<Answer>> answers = new HashMap<>();
    private final Map<String, String> environment = new HashMap<>();
    private final List<Asked> asked = new ArrayList<>();

    /** @param query null if there is none */
    record Asked(String method, String path, String query, String authorization, String body) {}

    record Ended(int code, String out, String err) {}

    private record Answer(int status, String body) {}

    Stage() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", exchange -> {
            String path = exchange.getRequestURI().getPath();
            asked.add(new Asked(
                    exchange.getRequestMethod(),
                    path,
                    exchange.getRequestURI().getRawQuery(),
                    exchange.getRequestHeaders().getFirst("Authorization"),
                    new String(exchange.getRequestBody().readAllBytes(), UTF_8)));
            Deque<Answer> known = answers.get(exchange.getRequestMethod() + " " + path);
            Answer answer = known == null
                    ? new Answer(404, "{\"status\":404,\"detail\":\"there is nothing at " + path + "\"}")
                    : known.size() > 1 ? known.poll() : known.peek();
            byte[] body = answer.body().getBytes(UTF_8);
            exchange.sendResponseHeaders(answer.status(), body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Several answers to one question are given in turn, the last one for ever. */
    Stage answering(String methodAndPath, int status, String body) {
        answers.computeIfAbsent(methodAndPath, key -> new ArrayDeque<>()).add(new Answer(status, body));
        return this;
    }

    Stage answering(String methodAndPath, String body) {
        return answering(methodAndPath, 200, body);
    }

    Stage with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    List<Asked> asked() {
        return asked;
    }

    /** Types a command, the processor's address included. */
    Ended type(String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.add("--url");
        all.add(url());
        return run(Terminal.NONE, environment, all.toArray(String[]::new));
    }

    static Ended run(Terminal terminal, Map<String, String> environment, String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Io io = new Io(
                new PrintWriter(out), new PrintWriter(err), terminal, environment, Clock.fixed(NOW, ZoneOffset.UTC));
        int code = Cli.line(io).execute(args);
        io.out().flush();
        io.err().flush();
        return new Ended(code, out.toString(), err.toString());
    }

    /** An example of the contract. */
    static String example(String topic, String name) {
        String path = "/io/shardsync/schemas/examples/" + topic + "/" + name + ".json";
        try (InputStream in = Stage.class.getResourceAsStream(path)) {
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
