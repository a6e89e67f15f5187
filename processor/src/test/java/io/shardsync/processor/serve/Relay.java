package io.shardsync.processor.serve;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import static java.nio.charset.StandardCharsets.US_ASCII;

/** The network between a browser and the server. */
final class Relay implements AutoCloseable {
    private static final int BACKLOG = 50;
    private static final int BUFFER = 64 * 1024;
    private static final byte[] EVENTS = "GET /events ".getBytes(US_ASCII);

    private final ServerSocket entrance;
    private final int port;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Set<Socket> streams = ConcurrentHashMap.newKeySet();
    private volatile boolean silent;
    private volatile boolean withoutEvents;

    /** @param port the server's */
    Relay(int port) throws IOException {
        this.port = port;
        entrance = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
        daemon(this::accept);
    }

    String address() {
        return "http://127.0.0.1:" + entrance.getLocalPort();
    }

    /** What the server says is lost, and nobody is told; a connection of which something was lost stays so. */
    void fallSilent() {
        silent = true;
    }

    /** Streams of events break, and new ones do; everything else goes on. */
    void breakEvents() {
        withoutEvents = true;
        streams.forEach(Relay::closeQuietly);
    }

    /** New connections are as they should be. */
    void repair() {
        silent = false;
        withoutEvents = false;
    }

    private void accept() {
        while (!entrance.isClosed()) {
            try {
                Socket browser = entrance.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), port);
                open.add(browser);
                open.add(server);
                daemon(() -> ask(browser, server));
                daemon(() -> answer(server, browser));
            } catch (IOException closed) {
                // The test is over, which the loop's condition sees.
            }
        }
    }

    private void ask(Socket browser, Socket server) {
        byte[] buffer = new byte[BUFFER];
        try (browser;
                server;
                InputStream in = browser.getInputStream();
                OutputStream out = server.getOutputStream()) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (Arrays.mismatch(EVENTS, 0, EVENTS.length, buffer, 0, Math.min(read, EVENTS.length)) < 0) {
                    streams.add(browser);
                    if (withoutEvents) {
                        return;
                    }
                }
                out.write(buffer, 0, read);
            }
        } catch (IOException gone) {
            // One side has closed, and so the other is closed too.
        }
    }

    private void answer(Socket server, Socket browser) {
        byte[] buffer = new byte[BUFFER];
        boolean forgotten = false;
        try (server;
                browser;
                InputStream in = server.getInputStream();
                OutputStream out = browser.getOutputStream()) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                forgotten |= silent;
                if (!forgotten) {
                    out.write(buffer, 0, read);
                }
            }
        } catch (IOException gone) {
            // Likewise.
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
    public void close() throws IOException {
        entrance.close();
        open.forEach(Relay::closeQuietly);
    }
}
