package io.shardsync.bench;

import io.shardsync.sandbox.Sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A process of Debian's prometheus-elasticsearch-exporter, which is told to read all it can of shards. */
final class Exporter implements AutoCloseable {
    private static final Duration STARTS_WITHIN = Duration.ofSeconds(60);

    private final Process process;
    private final URI metrics;

    private Exporter(Process process, URI metrics) {
        this.process = process;
        this.metrics = metrics;
    }

    static Exporter start(String program, String elasticsearch) throws IOException {
        int port = Sandbox.freePorts(1).get(0);
        Process process = new ProcessBuilder(
                        program,
                        "--es.uri=" + elasticsearch,
                        "--es.all",
                        "--es.indices",
                        "--es.shards",
                        "--es.timeout=60s",
                        "--web.listen-address=127.0.0.1:" + port)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            awaitPort(port);
        } catch (UncheckedIOException e) {
            process.destroyForcibly();
            throw e;
        }
        return new Exporter(process, URI.create("http://127.0.0.1:" + port + "/metrics"));
    }

    private static void awaitPort(int port) {
        long end = System.nanoTime() + STARTS_WITHIN.toNanos();
        while (true) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return;
            } catch (IOException e) {
                if (System.nanoTime() > end) {
                    throw new UncheckedIOException("nobody listens on port " + port, e);
                }
                Measured.pause(Duration.ofMillis(100));
            }
        }
    }

    /** One scrape; tells its length in bytes. */
    long scrape() {
        return Measured.get(metrics).getBytes(StandardCharsets.UTF_8).length;
    }

    long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
