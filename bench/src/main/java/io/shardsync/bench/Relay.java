package io.shardsync.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.concurrent.atomic.AtomicLong;

/** Passes connections on to one Elasticsearch node and counts what comes back, headers included. */
final class Relay implements AutoCloseable {
    private static final int BACKLOG = 50;
    private static final int BUFFER = 64 * 1024;

    private final ServerSocket server;
    private final URI target;
    private final AtomicLong received = new AtomicLong();

    Relay(String target) {
        this.target = URI.create(target);
        try {
            server = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        daemon(this::accept);
    }

    String url() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    /** Bytes that the node has sent so far. */
    long received() {
        return received.get();
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "relay");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                Socket node = new Socket(target.getHost(), target.getPort());
                daemon(() -> copy(client, node, new AtomicLong()));
                daemon(() -> copy(node, client, received));
            } catch (IOException closed) {
                // Either the benchmark ends, or the node does not listen, which its client will notice.
            }
        }
    }

    private static void copy(Socket from, Socket to, AtomicLong count) {
        byte[] buffer = new byte[BUFFER];
        try (from;
                to;
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                count.addAndGet(read);
                out.write(buffer, 0, read);
            }
        } catch (IOException gone) {
            // One side has closed, and so the other is closed too.
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
