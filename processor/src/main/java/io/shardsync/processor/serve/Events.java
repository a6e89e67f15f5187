package io.shardsync.processor.serve;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * {@code GET /events}: server-sent events. A servlet of its own beside Javalin, because Javalin's writes wait for the
 * client; here one thread serves all of them, and whoever doesn't read is dropped.
 */
final class Events extends HttpServlet implements AutoCloseable {
    static final int MOST_CLIENTS = 1_000;
    static final Duration HEARTBEAT = Duration.ofSeconds(15);

    private static final long serialVersionUID = 1;
    private static final Logger log = LoggerFactory.getLogger(Events.class);
    private static final long TICK_MS = 1_000;
    private static final List<String> METHODS = List.of("GET", "HEAD");

    /** Events come in bursts: one write for a burst, not one for each event. */
    private static final long GATHER_NANOS = Duration.ofMillis(20).toNanos();

    private static final long CLOSE_MS = 1_000;

    private final transient EventLog events;
    private final transient Runnable eachTick;
    private final transient Duration heartbeat;
    private final transient Set<EventClient> clients = ConcurrentHashMap.newKeySet();
    private final transient Thread pump;
    private final AtomicInteger dropped = new AtomicInteger();
    private volatile boolean closed;

    /**
     * @param eachTick run about once a second
     * @param heartbeat after so much silence a client hears that it is not forgotten
     */
    Events(EventLog events, Runnable eachTick, Duration heartbeat) {
        this.events = events;
        this.eachTick = eachTick;
        this.heartbeat = heartbeat;
        pump = new Thread(this::run, "events");
        pump.setDaemon(true);
    }

    void start() {
        pump.start();
    }

    /** How many listen now. */
    int clients() {
        return clients.size();
    }

    /** How many were dropped for being slow. */
    int dropped() {
        return dropped.get();
    }

    /**
     * Nothing of what a servlet does by itself: it would answer 501 to a strange method, and tell TRACE all headers.
     */
    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        if (METHODS.contains(request.getMethod())) {
            super.service(request, response);
            return;
        }
        response.setHeader("Allow", String.join(", ", METHODS));
        refuse(
                request,
                response,
                Problem.of(
                        HttpServletResponse.SC_METHOD_NOT_ALLOWED,
                        "Method Not Allowed",
                        request.getMethod() + " is not what /events understands, allowed: "
                                + String.join(", ", METHODS)));
    }

    @Override
    protected void doHead(HttpServletRequest request, HttpServletResponse response) {
        headers(response);
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Set<String> clusters;
        Set<String> types;
        try {
            clusters = filter(request, "cluster");
            types = filter(request, "type");
            check(request, clusters, types);
        } catch (Problem problem) {
            refuse(request, response, problem);
            return;
        }
        if (closed || clients.size() >= MOST_CLIENTS) {
            refuse(
                    request,
                    response,
                    Problem.unavailable(
                            closed
                                    ? "the service is stopping"
                                    : MOST_CLIENTS
                                            + " clients listen already, which is the most this instance serves"));
            return;
        }
        headers(response);
        listen(request, response, clusters, types);
    }

    private void listen(
            HttpServletRequest request, HttpServletResponse response, Set<String> clusters, Set<String> types)
            throws IOException {
        AsyncContext async = request.startAsync();
        async.setTimeout(0);
        long now = events.next();
        String last = request.getHeader("Last-Event-ID") == null
                ? request.getParameter("last_event_id")
                : request.getHeader("Last-Event-ID");
        long seen = events.numberOf(last);
        boolean resumed = seen >= 0 && events.from(seen + 1, 0) != null;
        EventClient client = new EventClient(
                events,
                greeting(now, last, resumed),
                resumed ? seen + 1 : now,
                clusters,
                types,
                response.getOutputStream(),
                (ended, why) -> end(ended, why, request, async));
        async.addListener(new Gone(client));
        clients.add(client);
        response.getOutputStream().setWriteListener(client);
    }

    /**
     * Says where the log stands, so that a client that never saw an event can resume, too; and how often it hears
     * something at least, so that it notices a connection that has died without a word.
     */
    private byte[] greeting(long now, String last, boolean resumed) {
        String id = events.id(now - 1);
        if (last == null) {
            byte[] hello = Answer.utf8("{\"heartbeat_ms\":" + heartbeat.toMillis() + "}");
            return join("retry: 2000\n\n", EventLog.frame("hello", id, hello));
        }
        if (resumed) {
            return Answer.utf8("retry: 2000\n\n");
        }
        return join(
                "retry: 2000\n\n",
                EventLog.frame(
                        "reset",
                        id,
                        Answer.utf8("{\"why\":\"the id is too old, or another instance's: read everything anew\"}")));
    }

    private static byte[] join(String head, byte[] frame) {
        byte[] start = Answer.utf8(head);
        byte[] all = Arrays.copyOf(start, start.length + frame.length);
        System.arraycopy(frame, 0, all, start.length, frame.length);
        return all;
    }

    private void end(EventClient client, String why, HttpServletRequest request, AsyncContext async) {
        clients.remove(client);
        if (why != null) {
            dropped.incrementAndGet();
            log.info("the event client at {} is dropped: {}", request.getRemoteAddr(), why);
            // Its connection takes nothing any more: an orderly end would wait for it.
            ServletContextRequest.getServletContextRequest(request)
                    .getConnectionMetaData()
                    .getConnection()
                    .getEndPoint()
                    .close();
        }
        try {
            async.complete();
        } catch (IllegalStateException e) {
            log.debug("completed already", e);
        }
    }

    private static Set<String> filter(HttpServletRequest request, String name) {
        String[] values = request.getParameterValues(name);
        return values == null
                ? Set.of()
                : Arrays.stream(values)
                        .flatMap(value -> Arrays.stream(value.split(",", -1)))
                        .collect(Collectors.toUnmodifiableSet());
    }

    private static void check(HttpServletRequest request, Set<String> clusters, Set<String> types) {
        List<String> known = List.of("cluster", "type", "last_event_id");
        request.getParameterMap().keySet().stream()
                .filter(name -> !known.contains(name))
                .findFirst()
                .ifPresent(name -> {
                    throw Problem.badRequest(
                            "there is no parameter '" + name + "' here, allowed: " + String.join(", ", known));
                });
        types.stream().filter(type -> !Changes.TYPES.contains(type)).findFirst().ifPresent(type -> {
            throw Problem.badRequest("type is '" + type + "', allowed: " + String.join(", ", Changes.TYPES)
                    + ", or several of them with commas between");
        });
        clusters.stream()
                .filter(name -> !Params.isClusterName(name))
                .findFirst()
                .ifPresent(name -> {
                    throw Problem.badRequest("cluster is '" + name + "', allowed: a name of a-z, 0-9, _ and -");
                });
    }

    private static void refuse(HttpServletRequest request, HttpServletResponse response, Problem problem)
            throws IOException {
        byte[] body = Answer.utf8(problem.body(request.getRequestURI()));
        response.setStatus(problem.status());
        response.setContentType(Problem.MEDIA_TYPE);
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("Cache-Control", "no-store");
        if (problem.status() == HttpServletResponse.SC_SERVICE_UNAVAILABLE) {
            response.setHeader("Retry-After", "5");
        }
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }

    private static void headers(HttpServletResponse response) {
        response.setContentType("text/event-stream;charset=utf-8");
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("X-Accel-Buffering", "no");
        SecurityHeaders.set(response::setHeader);
    }

    private void run() {
        long seen = events.next();
        long tick = System.nanoTime();
        while (!closed) {
            try {
                events.awaitEvent(seen, TICK_MS);
                LockSupport.parkNanos(GATHER_NANOS);
                seen = events.next();
                if (System.nanoTime() - tick > Duration.ofMillis(TICK_MS).toNanos()) {
                    tick = System.nanoTime();
                    clients.forEach(client -> client.heartbeat(heartbeat.toNanos()));
                    eachTick.run();
                } else {
                    clients.forEach(EventClient::send);
                }
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                log.error("telling events failed; going on", e);
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        pump.interrupt();
        clients.forEach(EventClient::close);
        try {
            pump.join(CLOSE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Notices that a client has gone away. */
    private record Gone(EventClient client) implements AsyncListener {
        @Override
        public void onComplete(AsyncEvent event) {
            client.close();
        }

        @Override
        public void onTimeout(AsyncEvent event) {
            client.close();
        }

        @Override
        public void onError(AsyncEvent event) {
            client.close();
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            // Starts once.
        }
    }
}
