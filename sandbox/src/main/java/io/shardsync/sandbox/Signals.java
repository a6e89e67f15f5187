package io.shardsync.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.stream.Collectors;

/** Signals which {@link ProcessHandle} has no method for. */
final class Signals {
    private Signals() {}

    /** SIGSTOP: a process which is there and does nothing. Gone processes are passed over. */
    static void stop(Collection<Long> pids) {
        send("STOP", pids);
    }

    /** SIGCONT: undoes {@link #stop}. */
    static void proceed(Collection<Long> pids) {
        send("CONT", pids);
    }

    private static void send(String signal, Collection<Long> pids) {
        if (pids.isEmpty()) {
            return;
        }
        // The shell's own kill: small images have no /bin/kill.
        String list = pids.stream().map(String::valueOf).collect(Collectors.joining(" "));
        try {
            Process kill = new ProcessBuilder("sh", "-c", "kill -" + signal + " " + list)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            kill.waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException("sandbox: cannot send SIG" + signal + " to " + list, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SandboxException("sandbox: interrupted while sending SIG" + signal + " to " + list, e);
        }
    }
}
