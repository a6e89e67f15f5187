package io.shardsync.sandbox;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;

/** {@code shardsync sandbox}: Kafka and Elasticsearch, until Ctrl-C. */
@Command(
        name = "sandbox",
        mixinStandardHelpOptions = true,
        description = "Starts a real Kafka and a real Elasticsearch on this machine, until Ctrl-C.")
public final class SandboxMain implements Callable<Integer> {
    private final long start = System.nanoTime();
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch left = new CountDownLatch(1);

    @Option(
            names = "--nodes",
            paramLabel = "N",
            defaultValue = "3",
            description = "Elasticsearch nodes, 0 to 9. Default: ${DEFAULT-VALUE}")
    private int nodes;

    @Option(
            names = "--brokers",
            paramLabel = "N",
            defaultValue = "1",
            description = "Kafka brokers, 0 to 9. Default: ${DEFAULT-VALUE}")
    private int brokers;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Written once everything answers: addresses, pids and folders.")
    private Path json;

    @Spec
    private CommandSpec command;

    private SandboxMain() {}

    /** Exit codes: 0 after Ctrl-C or SIGTERM, 1 when something did not start, 2 for a wrong option. */
    public static void main(String[] args) {
        // Before the first logger; a file of the user's own wins.
        if (System.getProperty("logback.configurationFile") == null) {
            System.setProperty("logback.configurationFile", "io/shardsync/sandbox/sandbox-logback.xml");
        }
        System.exit(new CommandLine(new SandboxMain())
                .setExecutionExceptionHandler((e, line, parsed) -> {
                    line.getErr().println(e.getMessage());
                    return 1;
                })
                .execute(args));
    }

    @Override
    public Integer call() throws InterruptedException {
        SandboxSpec spec = specOf(nodes, brokers);
        Thread end = new Thread(this::endInOrder, "end-in-order");
        Runtime.getRuntime().addShutdownHook(end);
        try {
            run(spec);
            return 0;
        } catch (SandboxException e) {
            if (asked.getCount() > 0) {
                throw e;
            }
            // Asked to end while starting: then starting fails, as it should.
            return 0;
        } finally {
            forget(end);
            left.countDown();
        }
    }

    private void run(SandboxSpec spec) throws InterruptedException {
        try (Sandbox sandbox = Sandbox.start(spec, this::say)) {
            if (json != null) {
                SandboxReport.of(sandbox).writeTo(json);
                say("wrote " + json.toAbsolutePath());
            }
            sayWhereThingsAre(sandbox);
            say("running, Ctrl-C ends it");
            asked.await();
        }
    }

    /**
     * What a signal starts. Being asked to end is no failure, but the JVM would say 130 or 143; {@code halt} is the one
     * way to say 0 from here.
     */
    private void endInOrder() {
        asked.countDown();
        try {
            left.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(0);
    }

    private static void forget(Thread end) {
        try {
            Runtime.getRuntime().removeShutdownHook(end);
        } catch (IllegalStateException ending) {
            // It runs already, and waits for us.
        }
    }

    private SandboxSpec specOf(int nodeCount, int brokerCount) {
        try {
            return SandboxSpec.defaults().withNodes(nodeCount).withBrokers(brokerCount);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(command.commandLine(), e.getMessage(), e);
        }
    }

    private void sayWhereThingsAre(Sandbox sandbox) {
        SandboxReport report = SandboxReport.of(sandbox);
        if (report.kafka() != null) {
            say("bootstrap.servers  " + report.kafka().bootstrap());
        }
        for (SandboxReport.NodeReport node : report.elasticsearch()) {
            say("elasticsearch " + node.name() + "   " + node.url() + "   pid " + node.pid() + "   " + node.home());
        }
    }

    private void say(String line) {
        PrintWriter out = command.commandLine().getOut();
        double seconds =
                (System.nanoTime() - start) / (double) Duration.ofSeconds(1).toNanos();
        out.println(String.format(Locale.ROOT, "[%6.1f s] %s", seconds, line));
        out.flush();
    }
}
