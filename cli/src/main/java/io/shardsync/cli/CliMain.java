package io.shardsync.cli;

import io.shardsync.cli.print.Io;
import io.shardsync.cli.print.Terminal;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.time.Clock;

import static java.nio.charset.StandardCharsets.UTF_8;

/** {@code shardsync status|alerts|recoveries|command|verify|watch|completion}. */
public final class CliMain {
    private CliMain() {}

    /** Ends with one of {@link io.shardsync.cli.print.Exit}. */
    public static void main(String[] args) {
        if (System.getProperty("logback.configurationFile") == null) {
            System.setProperty("logback.configurationFile", "io/shardsync/cli/cli-logback.xml");
        }
        Io io = new Io(
                writer(FileDescriptor.out),
                writer(FileDescriptor.err),
                Terminal.of(System.getProperties(), System.getenv()),
                System.getenv(),
                Clock.systemUTC());
        int code = Cli.line(io).execute(args);
        io.out().flush();
        io.err().flush();
        System.exit(code);
    }

    /** UTF-8 whatever the locale: names and signs come as they are. */
    private static PrintWriter writer(FileDescriptor descriptor) {
        OutputStream out = new java.io.BufferedOutputStream(new FileOutputStream(descriptor), 8_192);
        return new PrintWriter(new OutputStreamWriter(out, UTF_8), false);
    }
}
