package io.shardsync.sandbox;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One server of the sandbox: a process that can be started, stopped, killed and frozen as often as one likes. It keeps
 * its name, its ports and its data through all of that.
 */
public abstract sealed class Server permits ElasticsearchNode, Broker, JavaService {
    private static final Logger LOG = LoggerFactory.getLogger(Server.class);

    /** Generous: on a busy two-core machine a node may take a minute. */
    static final Duration STARTING = Duration.ofMinutes(4);

    private static final Duration STOPPING = Duration.ofSeconds(30);
    private static final Duration DYING = Duration.ofSeconds(10);
    private static final Duration LAUNCHER_ENDING = Duration.ofSeconds(2);
    private static final int LOG_TAIL = 25;

    private final String name;
    private final Path home;
    private final Processes processes;

    private Process launched;
    private ProcessHandle server;
    private boolean frozen;

    Server(String name, Path home, Processes processes) {
        this.name = name;
        this.home = home;
        this.processes = processes;
    }

    /** What to run; its output is to go to {@link #log()}. */
    abstract ProcessBuilder command();

    /** The process that does the serving, once it is known: the one launched, or a child of it. */
    abstract Optional<ProcessHandle> serverOf(Process launched);

    /** Whether it serves and takes part in its cluster. */
    abstract boolean isReady();

    /** Its name, as in {@code n2} or {@code broker-1}. */
    public final String name() {
        return name;
    }

    /** The folder that holds everything of this server: configuration, data and logs. */
    public final Path home() {
        return home;
    }

    /** Where its standard output goes. */
    public final Path log() {
        return home.resolve("logs").resolve("output.log");
    }

    /**
     * The process of the server itself, not of a launcher.
     *
     * @throws SandboxException when it was never started
     */
    public final synchronized long pid() {
        if (server == null) {
            throw new SandboxException("sandbox: " + name + " has no process: it was not started");
        }
        return server.pid();
    }

    /** Whether its process is there; a frozen one is. */
    public final synchronized boolean isAlive() {
        return server != null && Processes.isAlive(server);
    }

    /** Whether {@link #freeze()} was called last. */
    public final synchronized boolean isFrozen() {
        return frozen && isAlive();
    }

    /**
     * Starts it and waits until it is a member of its cluster. Does nothing when it is alive.
     *
     * @throws SandboxException when it ends or is not ready within minutes, with the end of its log
     */
    public final void start() {
        launch();
        awaitReady();
    }

    /** SIGTERM: an orderly end. Returns when the process is gone. */
    public final synchronized void stop() {
        thaw();
        if (server != null) {
            LOG.info("{}: SIGTERM to {}", name, server.pid());
            server.destroy();
            if (!Waiting.isSoWithin(STOPPING, () -> !Processes.isAlive(server))) {
                LOG.warn("{}: did not end within {} s of SIGTERM, is killed", name, STOPPING.toSeconds());
            }
        }
        sweep();
    }

    /**
     * What its process said when it ended; 128 and the signal's number where a signal ended it.
     *
     * @throws SandboxException when it was never started, or runs
     */
    public final synchronized int exitCode() {
        if (launched == null || launched.isAlive()) {
            throw new SandboxException(
                    "sandbox: " + name + " has no exit code: it " + (launched == null ? "was not started" : "runs"));
        }
        return launched.exitValue();
    }

    /** SIGKILL: as when its machine loses power. Returns when the process is gone. */
    public final synchronized void kill() {
        if (server != null) {
            LOG.info("{}: SIGKILL to {}", name, server.pid());
            server.destroyForcibly();
            Waiting.isSoWithin(DYING, () -> !Processes.isAlive(server));
        }
        sweep();
    }

    /** SIGSTOP: the process is there, its connections are open, and it does nothing. */
    public final synchronized void freeze() {
        if (!isAlive()) {
            throw new SandboxException("sandbox: cannot freeze " + name + ": it is not running");
        }
        LOG.info("{}: SIGSTOP to {}", name, server.pid());
        Signals.stop(List.of(server.pid()));
        frozen = true;
    }

    /** SIGCONT: undoes {@link #freeze()}. Does nothing when it is not frozen. */
    public final synchronized void thaw() {
        if (isFrozen()) {
            LOG.info("{}: SIGCONT to {}", name, server.pid());
            Signals.proceed(List.of(server.pid()));
        }
        frozen = false;
    }

    /** {@link #stop()}, then {@link #start()}: same name, ports and data, another process. */
    public final void restart() {
        stop();
        start();
    }

    /** Starts its process, without waiting. */
    final synchronized void launch() {
        if (isAlive()) {
            return;
        }
        sweep();
        server = null;
        launched = processes.start(command());
    }

    /** Waits until a launched server is ready. */
    final void awaitReady() {
        Waiting.until(
                this::hasServer,
                STARTING,
                () -> "sandbox: " + name + " did not start within " + STARTING.toSeconds() + " s" + tail());
        Waiting.until(
                () -> {
                    requireAlive();
                    return isReady();
                },
                STARTING,
                () -> "sandbox: " + name + " started, but was no member of its cluster within " + STARTING.toSeconds()
                        + " s" + tail());
    }

    private synchronized boolean hasServer() {
        if (server == null) {
            requireAlive();
            serverOf(launched).ifPresent(found -> {
                server = found;
                processes.remember(found);
            });
        }
        return server != null;
    }

    private synchronized void requireAlive() {
        if (launched == null || !launched.isAlive()) {
            String code = launched == null ? "none" : String.valueOf(launched.exitValue());
            throw new SandboxException("sandbox: " + name + " ended while starting, exit code " + code + tail());
        }
    }

    /** A launcher ends by itself after its server, but only a while later, and not at all while it is frozen. */
    private void sweep() {
        List<ProcessHandle> left = new ArrayList<>();
        if (server != null) {
            left.add(server);
        }
        if (launched != null) {
            // An orderly launcher reaps its child; process 1 of a container may not.
            if (server != null && !Processes.isAlive(server)) {
                Waiting.isSoWithin(LAUNCHER_ENDING, () -> !launched.isAlive());
            }
            left.add(launched.toHandle());
        }
        Processes.kill(left);
        frozen = false;
    }

    private String tail() {
        if (Files.notExists(log())) {
            return "; it wrote no " + log();
        }
        try {
            List<String> lines = new String(Files.readAllBytes(log()), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            return "; " + log() + " ends with:\n"
                    + String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_TAIL), lines.size()));
        } catch (IOException e) {
            throw new UncheckedIOException("sandbox: cannot read " + log(), e);
        }
    }
}
