package io.shardsync.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Loopback ports nobody listens on. */
final class Ports {
    /**
     * Below the range from which Linux takes ports for outgoing connections (32768 on): a server that is down for a
     * while would otherwise find its port taken by somebody's connection when it comes back.
     */
    private static final int FIRST = 20_000;

    private static final int COUNT = 12_000;
    private static final int ATTEMPTS = 1_000;
    private static final Random RANDOM = new Random();

    private Ports() {}

    /** As many different free ports as asked for. */
    static List<Integer> free(int count) {
        List<ServerSocket> held = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                held.add(open());
            }
            return held.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            held.forEach(Ports::close);
        }
    }

    /** The port on the one interface the sandbox uses; never ::1, whatever this JVM prefers. */
    static InetSocketAddress at(int port) {
        try {
            return new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port);
        } catch (UnknownHostException e) {
            throw new UncheckedIOException("sandbox: four bytes are an address", e);
        }
    }

    private static ServerSocket open() {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            ServerSocket socket = null;
            try {
                socket = new ServerSocket();
                socket.bind(at(FIRST + RANDOM.nextInt(COUNT)));
                return socket;
            } catch (IOException taken) {
                close(socket);
            }
        }
        throw new SandboxException("sandbox: no free port on 127.0.0.1 between " + FIRST + " and " + (FIRST + COUNT)
                + " in " + ATTEMPTS + " attempts");
    }

    private static void close(ServerSocket socket) {
        if (socket == null) {
            return;
        }
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
