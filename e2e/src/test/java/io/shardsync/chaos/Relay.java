package io.shardsync.chaos;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/** The network between one service and one Elasticsearch node: it can be cut and slowed down, and it listens in. */
final class Relay implements AutoCloseable {
    private static final int BACKLOG = 50;
    private static final int BUFFER = 64 * 1024;
    private static final Pattern CHANGING = Pattern.compile("^(POST|PUT|DELETE|PATCH) (\\S+) HTTP/1");

    private final ServerSocket server;
    private final URI target;
    private final Consumer<String> changing;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile boolean cut;
    private volatile Duration latency = Duration.ZERO;

    /**
     * @param target the node, {@code http://HOST:PORT}
     * @param changing told method and path of every request that is no GET
     */
    Relay(String target, Consumer<String> changing) {
        this.target = URI.create(target);
        this.changing = changing;
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

    /** Connections break, and new ones are accepted and closed at once. */
    void cut() {
        cut = true;
        open.forEach(Relay::closeQuietly);
    }

    /** Each piece of an answer comes so much later. */
    void slow(Duration by) {
        latency = by;
    }

    /** As it was. */
    void repair() {
        cut = false;
        latency = Duration.ZERO;
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                if (cut) {
                    client.close();
                    continue;
                }
                connect(client);
            } catch (IOException closed) {
                // The run is over, which the loop's condition sees.
            }
        }
    }

    private void connect(Socket client) {
        try {
            Socket node = new Socket(target.getHost(), target.getPort());
            open.add(client);
            open.add(node);
            daemon(() -> pump(client, node, true));
            daemon(() -> pump(node, client, false));
        } catch (IOException nobodyThere) {
            closeQuietly(client);
        }
    }

    private void pump(Socket from, Socket to, boolean requests) {
        byte[] buffer = new byte[BUFFER];
        try (from;
                to;
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            for (int read = in.read(buffer); read >= 0 && !cut; read = in.read(buffer)) {
                if (requests) {
                    listen(new String(buffer, 0, Math.min(read, 8_192), ISO_8859_1));
                } else if (!latency.isZero()) {
                    Thread.sleep(latency.toMillis());
                }
                out.write(buffer, 0, read);
            }
        } catch (IOException gone) {
            // One side has closed, and so the other is closed too.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(from);
            open.remove(to);
        }
    }

    /** A request's head comes in one piece, and begins one: the services' client writes it that way. */
    private void listen(String head) {
        Matcher request = CHANGING.matcher(head);
        if (request.find()) {
            changing.accept(request.group(1) + " " + request.group(2));
        }
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "relay");
        thread.setDaemon(true);
        thread.start();
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException gone) {
            // It is closed all the more.
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        open.forEach(Relay::closeQuietly);
    }
}
