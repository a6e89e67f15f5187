package io.shardsync.sandbox;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Cleans up when this JVM could not: a shell at the other end of a pipe which ends when the JVM does, however it does.
 *
 * <p>A shutdown hook does not run on SIGKILL, which is how CI ends a build that takes too long.
 */
final class Watchdog {
    /**
     * Reads one pid a line. {@code closed} means that nothing is left to do; the end of the pipe without it, that the
     * JVM died. A pid is only killed while its command line still names the sandbox's folder: the number may belong to
     * somebody else by then. Ctrl-C reaches every process of a terminal, hence the trap.
     */
    private static final String SCRIPT =
            """
            trap '' INT TERM HUP
            pids=
            while read -r word; do
              case $word in
                closed) exit 0 ;;
                *) pids="$pids $word" ;;
              esac
            done
            for pid in $pids; do
              if { cat "/proc/$pid/cmdline" || ps -p "$pid" -o command= ; } 2>/dev/null | grep -aqF "$SANDBOX"; then
                kill -KILL "$pid"
              fi
            done
            for attempt in 1 2 3 4 5 6 7 8 9 10; do
              chmod -R u+rwX "$SANDBOX" 2>/dev/null
              rm -rf "$SANDBOX"
              sleep 1
              [ -e "$SANDBOX" ] || exit 0
            done
            """;

    private final BufferedWriter pipe;

    /** Starts watching over the folder. */
    Watchdog(Path folder) {
        List<String> command = new ArrayList<>();
        if (Files.isExecutable(Path.of("/usr/bin/setsid"))) {
            // A session of its own, so that a SIGKILL to our whole process group does not take the watchdog too.
            command.add("/usr/bin/setsid");
        }
        command.addAll(List.of("sh", "-c", SCRIPT));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .directory(Path.of("/").toFile());
        builder.environment().put("SANDBOX", folder.toString());
        try {
            pipe = builder.start().outputWriter(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("sandbox: cannot start the watchdog " + command.get(0), e);
        }
    }

    /** From now on this process is killed should we die. */
    void watch(long pid) {
        say(Long.toString(pid));
    }

    /** Everything is cleaned up: the watchdog leaves. */
    void dismiss() {
        say("closed");
        try {
            pipe.close();
        } catch (IOException e) {
            throw new UncheckedIOException("sandbox: the watchdog is gone", e);
        }
    }

    private void say(String word) {
        try {
            pipe.write(word);
            pipe.newLine();
            pipe.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("sandbox: the watchdog is gone", e);
        }
    }
}
