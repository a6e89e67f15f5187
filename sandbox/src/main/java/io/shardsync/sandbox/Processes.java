package io.shardsync.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Every process a sandbox started: nothing runs that is not in here. */
final class Processes {
    private static final Duration DYING = Duration.ofSeconds(20);

    private final Watchdog watchdog;
    private final List<ProcessHandle> started = new ArrayList<>();
    private boolean closed;

    Processes(Watchdog watchdog) {
        this.watchdog = watchdog;
    }

    /** @throws SandboxException when the sandbox is being closed, possibly by another thread */
    synchronized Process start(ProcessBuilder builder) {
        if (closed) {
            throw new SandboxException("sandbox: closed, starts no process any more");
        }
        try {
            Process process = builder.start();
            remember(process.toHandle());
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "sandbox: cannot start " + builder.command().get(0), e);
        }
    }

    /** A process that one of ours started, and which may outlive it. */
    synchronized void remember(ProcessHandle process) {
        started.removeIf(other -> !isAlive(other));
        started.add(process);
        watchdog.watch(process.pid());
    }

    /** Kills everything, frozen or not, and lets nothing start any more. */
    synchronized void close() {
        closed = true;
        kill(List.copyOf(started));
    }

    /**
     * Whether it still runs, or is frozen. A zombie does neither: where process 1 does not reap, as in many containers,
     * an orphan stays one for ever, and only its missing executable tells.
     */
    static boolean isAlive(ProcessHandle process) {
        return process.isAlive() && process.info().command().isPresent();
    }

    /** Kills these and all that descend from them, and waits until they are gone. */
    static void kill(List<ProcessHandle> roots) {
        // Stopped first, so that none starts a child between being counted and being killed.
        Signals.stop(roots.stream()
                .filter(Processes::isAlive)
                .map(ProcessHandle::pid)
                .toList());
        List<ProcessHandle> all = roots.stream()
                .flatMap(root -> Stream.concat(Stream.of(root), root.descendants()))
                .filter(Processes::isAlive)
                .distinct()
                .toList();
        all.forEach(ProcessHandle::destroyForcibly);
        Waiting.until(
                () -> all.stream().noneMatch(Processes::isAlive),
                DYING,
                () -> "sandbox: still alive " + DYING.toSeconds() + " s after SIGKILL: "
                        + all.stream()
                                .filter(Processes::isAlive)
                                .map(ProcessHandle::pid)
                                .toList());
    }
}
