package io.shardsync.runtime.service;

import io.shardsync.runtime.config.Definition;
import io.shardsync.runtime.config.InvalidConfiguration;
import io.shardsync.runtime.config.Settings;
import io.shardsync.runtime.kafka.KafkaProblem;
import io.shardsync.runtime.log.Logs;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/**
 * A service's {@code main}: {@code new ServiceLauncher("collector", definition, Collector::new).runAndExit(args)}.
 *
 * <p>Exit codes: 0 after a good {@code --check} or a stop from within the process, 1 when something failed at run time,
 * 2 when the configuration or the command line is wrong, 143 after SIGTERM.
 */
public final class ServiceLauncher {
    /** All is well. */
    public static final int OK = 0;

    /** Something failed at run time. */
    public static final int FAILED = 1;

    /** The configuration, or the command line, can't be used. */
    public static final int MISCONFIGURED = 2;

    private static final Logger log = LoggerFactory.getLogger(ServiceLauncher.class);

    /** {@link Parts} keep to less; this is for a service that doesn't use them. */
    private static final long CLOSE_LIMIT_SECONDS = 10;

    private final String name;
    private final Definition definition;
    private final ServiceFactory factory;
    private final Function<Settings, List<Check>> checks;
    private final PrintStream out;
    private final PrintStream err;
    private final Map<String, String> environment;

    private final CountDownLatch over = new CountDownLatch(1);
    private final AtomicReference<Throwable> fatal = new AtomicReference<>();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final CountDownLatch closed = new CountDownLatch(1);

    /** Prints to the console and reads the process' environment. */
    public ServiceLauncher(String name, Definition definition, ServiceFactory factory) {
        this(name, definition, factory, settings -> List.of(), System.out, System.err, System.getenv());
    }

    ServiceLauncher(
            String name,
            Definition definition,
            ServiceFactory factory,
            Function<Settings, List<Check>> checks,
            PrintStream out,
            PrintStream err,
            Map<String, String> environment) {
        this.name = name;
        this.definition = definition;
        this.factory = factory;
        this.checks = checks;
        this.out = out;
        this.err = err;
        this.environment = environment;
    }

    /** The same with more for {@code --check} to look at, after Kafka and Elasticsearch. */
    public ServiceLauncher checking(Function<Settings, List<Check>> more) {
        return new ServiceLauncher(name, definition, factory, more, out, err, environment);
    }

    /**
     * Runs and ends the process with the exit code. What a service writes does not depend on the machine's language;
     * and Java formats numbers, as Kafka Streams does with every record, several times as fast in this one as in any
     * other.
     */
    public void runAndExit(String... args) {
        Locale.setDefault(Locale.US);
        System.exit(run(args));
    }

    /**
     * Runs until the service is stopped, and returns the exit code. Use a launcher once.
     *
     * @param args {@code --config FILE}, {@code --set key=value}, {@code --check}
     */
    public int run(String... args) {
        return Command.line(name, this).execute(args);
    }

    int run(Optional<Path> file, Map<String, String> overrides, boolean checkOnly) {
        Settings settings;
        try {
            settings = Settings.read(definition, file, environment, overrides);
        } catch (InvalidConfiguration e) {
            err.println(name + " can't start: " + e.getMessage());
            return MISCONFIGURED;
        }
        Logs.apply(settings);
        return checkOnly ? check(settings) : serve(settings);
    }

    private int check(Settings settings) {
        Logs.troublesOnly();
        out.println("ok      configuration: " + settings.shown().size() + " settings, the rest by default");
        if (!settings.ignored().isEmpty()) {
            out.println("        left to other services: " + String.join(", ", settings.ignored()));
        }
        List<Check> all = new ArrayList<>(PeerChecks.of(settings));
        all.addAll(checks.apply(settings));
        Set<String> failed = new HashSet<>();
        for (Check check : all) {
            if (failed.contains(check.needs())) {
                out.println("        " + check.name() + ": not looked at");
                continue;
            }
            Check.Result result = check.run();
            out.println(result);
            if (!result.good()) {
                failed.add(check.name());
            }
        }
        return failed.isEmpty() ? OK : FAILED;
    }

    private int serve(Settings settings) {
        Thread.setDefaultUncaughtExceptionHandler((thread, cause) -> report(cause));
        Service service;
        try {
            service = factory.create(new ServiceContext(settings, this::report));
        } catch (Exception e) {
            return startFailed(e, settings);
        }
        Thread hook = new Thread(() -> close(service, "asked to"), "stop");
        Runtime.getRuntime().addShutdownHook(hook);
        int code;
        try {
            long began = System.nanoTime();
            service.start();
            log.atInfo().addKeyValue("took_ms", millisSince(began)).log("{} started", name);
            over.await();
            code = FAILED;
        } catch (InterruptedException stopped) {
            code = OK;
        } catch (Exception e) {
            code = startFailed(e, settings);
        }
        close(service, code == OK ? "asked to" : "it can't go on");
        removeQuietly(hook);
        return code;
    }

    private int startFailed(Exception e, Settings settings) {
        boolean misconfigured = e instanceof InvalidConfiguration;
        String why = name + " can't start: " + (e.getMessage() == null ? e.toString() : e.getMessage());
        if (Logs.isEcs(settings)) {
            log.error(why);
        } else {
            err.println(why);
        }
        if (!misconfigured && !(e instanceof KafkaProblem)) {
            log.atError().setCause(e).log("start failed");
        }
        return misconfigured ? MISCONFIGURED : FAILED;
    }

    /** Ends a running service, which must not go on half alive. */
    private void report(Throwable cause) {
        if (fatal.compareAndSet(null, cause)) {
            log.atError().setCause(cause).log("{} can't go on", name);
        } else if (fatal.get() != cause) {
            log.atWarn().setCause(cause).log("another failure while stopping");
        }
        over.countDown();
    }

    private void close(Service service, String why) {
        if (!closing.compareAndSet(false, true)) {
            // The JVM halts as soon as its hooks return, so the second one has to wait for the first.
            await(closed);
            return;
        }
        long began = System.nanoTime();
        CountDownLatch done = new CountDownLatch(1);
        log.atInfo().log("{} stops: {}", name, why);
        Thread closer = new Thread(
                () -> {
                    service.close();
                    done.countDown();
                },
                "close-" + name);
        closer.setDaemon(true);
        closer.start();
        if (await(done)) {
            log.atInfo().addKeyValue("took_ms", millisSince(began)).log("{} stopped", name);
        } else {
            log.atWarn().addKeyValue("limit_s", CLOSE_LIMIT_SECONDS).log("{} is not done stopping, ends anyway", name);
        }
        closed.countDown();
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(CLOSE_LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static void removeQuietly(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException alreadyShuttingDown) {
            // Then the hook finds the service closed and returns.
            log.debug("stopped during shutdown");
        }
    }

    private static long millisSince(long nanos) {
        return (System.nanoTime() - nanos) / 1_000_000;
    }

    PrintStream out() {
        return out;
    }

    PrintStream err() {
        return err;
    }
}
