package io.shardsync.runtime.ops;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.util.JavalinException;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.shardsync.runtime.config.HttpConfig;
import org.eclipse.jetty.server.LowResourceMonitor;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Serves {@code /livez} (the process runs), {@code /readyz} (503 and the failing probes as long as any fails) and
 * {@code /metrics}. None of them needs a token, and none shows anything secret.
 */
public final class OpsServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(OpsServer.class);
    private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final int MOST_THREADS = 24;
    private static final int LEAST_THREADS = 4;
    private static final int THREAD_IDLE_MS = 60_000;
    private static final int CONNECTION_IDLE_MS = 60_000;
    private static final long STOP_TIMEOUT_MS = 2_000;

    /**
     * By itself it looks each second whether threads are scarce, which costs an idle service a twentieth of its CPU.
     */
    private static final int LOW_RESOURCES_PERIOD_MS = 30_000;

    private static final long MOST_REQUEST_BYTES = 1_000_000;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpConfig config;
    private final Javalin javalin;

    private OpsServer(HttpConfig config, Javalin javalin) {
        this.config = config;
        this.javalin = javalin;
    }

    /**
     * Prepares the server without listening yet.
     *
     * @param extra more routes and settings; sees the configuration with ours already made
     */
    public static OpsServer create(
            HttpConfig config, PrometheusMeterRegistry registry, List<Probe> probes, Consumer<JavalinConfig> extra) {
        List<Probe> all = List.copyOf(probes);
        Javalin javalin = Javalin.create(settings -> {
            settings.startup.showJavalinBanner = false;
            settings.startup.showOldJavalinVersionWarning = false;
            settings.startup.startupWatcherEnabled = false;
            settings.http.maxRequestSize = MOST_REQUEST_BYTES;
            QueuedThreadPool threads = new QueuedThreadPool(MOST_THREADS, LEAST_THREADS, THREAD_IDLE_MS);
            threads.setName("http");
            // A platform thread for each request: virtual threads would need Java 21.
            settings.jetty.threadPool = threads;
            settings.jetty.modifyServer(server -> {
                server.setStopTimeout(STOP_TIMEOUT_MS);
                server.getBeans(LowResourceMonitor.class)
                        .forEach(monitor -> monitor.setPeriod(LOW_RESOURCES_PERIOD_MS));
            });
            settings.jetty.modifyHttpConfiguration(http -> {
                http.setSendServerVersion(false);
                http.setIdleTimeout(CONNECTION_IDLE_MS);
            });
            settings.routes.get(
                    "/livez", ctx -> json(ctx, 200, JSON.createObjectNode().put("status", "alive")));
            settings.routes.get("/readyz", ctx -> ready(ctx, all));
            settings.routes.get("/metrics", ctx -> ctx.contentType(PROMETHEUS_TEXT)
                    .header("Cache-Control", "no-store")
                    .result(registry.scrape()));
            extra.accept(settings);
        });
        return new OpsServer(config, javalin);
    }

    /** The same without more routes. */
    public static OpsServer create(HttpConfig config, PrometheusMeterRegistry registry, List<Probe> probes) {
        return create(config, registry, probes, settings -> {});
    }

    /**
     * Starts listening.
     *
     * @throws IllegalStateException when the address can't be bound; the message says which
     */
    public OpsServer start() {
        try {
            javalin.start(config.host(), config.port());
        } catch (RuntimeException e) {
            throw new IllegalStateException(
                    "can't listen on " + config.host() + ":" + config.port() + " (" + rootMessage(e)
                            + "); check http.host and http.port",
                    e);
        }
        return this;
    }

    /** The port it listens on, also where the configuration said 0. */
    public int port() {
        return javalin.port();
    }

    /** {@code http://HOST:PORT} */
    public String address() {
        String host = config.host().contains(":") && !config.host().startsWith("[")
                ? "[" + config.host() + "]"
                : config.host();
        return "http://" + host + ":" + port();
    }

    private static void ready(Context ctx, List<Probe> probes) {
        Map<String, String> failing = new TreeMap<>();
        probes.forEach(probe -> probe.failureNow().ifPresent(why -> failing.put(probe.name(), why)));
        ObjectNode answer = JSON.createObjectNode().put("status", failing.isEmpty() ? "ready" : "not_ready");
        ArrayNode list = answer.putArray("failing");
        failing.forEach((name, why) -> list.addObject().put("name", name).put("why", why));
        json(ctx, failing.isEmpty() ? 200 : 503, answer);
    }

    private static void json(Context ctx, int status, ObjectNode body) {
        ctx.status(status)
                .contentType("application/json")
                .header("Cache-Control", "no-store")
                .result(body.toString());
    }

    private static String rootMessage(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.toString() : root.getMessage();
    }

    /** Stops listening; requests under way get two seconds, and are cut off then. */
    @Override
    public void close() {
        try {
            javalin.stop();
        } catch (JavalinException e) {
            if (!(e.getCause() instanceof TimeoutException)) {
                throw e;
            }
            log.info("requests were cut off that had not ended within {} ms", STOP_TIMEOUT_MS);
        }
    }
}
