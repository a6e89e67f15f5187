package io.shardsync.processor.serve;

import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.shardsync.runtime.config.HttpConfig;
import io.shardsync.runtime.kafka.KafkaClients;
import io.shardsync.schemas.topic.Topics;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/** Everything a processor shows and takes over HTTP: the API, the events, the dashboard. */
public final class Face implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Face.class);
    private static final int MOST_CONNECTIONS = 2_000;
    private static final int MOST_HEADER_BYTES = 16 * 1024;

    private final View view = new View();
    private final LagHistory history = new LagHistory();
    private final Gate gate;
    private final ViewReader reader;
    private final Events events;
    private final Outbox outbox;
    private final Commands commands;
    private final Controls controls;

    /** @param fatal told when the topics can't be read any more */
    public Face(KafkaClients clients, Topics topics, HttpConfig http, Consumer<Throwable> fatal) {
        this(clients, topics, http, fatal, Events.HEARTBEAT);
    }

    Face(KafkaClients clients, Topics topics, HttpConfig http, Consumer<Throwable> fatal, Duration heartbeat) {
        Clock clock = Clock.systemUTC();
        EventLog eventLog = new EventLog();
        gate = new Gate(http);
        reader = new ViewReader(clients, topics, view, new Changes(eventLog), fatal);
        events = new Events(eventLog, () -> history.sample(Instant.now(clock), view), heartbeat);
        outbox = new Outbox(clients);
        commands = new Commands(view, topics.recoveryCommands(), outbox, clock);
        controls = new Controls(view, topics.controls(), outbox, clock);
    }

    /** @param needsToken whether changes need a token */
    record Session(boolean needsToken, String version) {}

    /** Adds the routes, and what binds them all. */
    public void routes(JavalinConfig config) {
        config.http.prefer405over404 = true;
        config.jetty.modifyHttpConfiguration(http -> http.setRequestHeaderSize(MOST_HEADER_BYTES));
        config.jetty.modifyServer(server -> {
            server.addBean(new NetworkConnectionLimit(MOST_CONNECTIONS, server));
            server.setErrorHandler(new ProblemPages());
        });
        config.jetty.modifyServletContextHandler(handler -> {
            ServletHolder holder = new ServletHolder(events);
            holder.setAsyncSupported(true);
            handler.addServlet(holder, "/events");
            handler.setErrorHandler(new ProblemPages());
        });
        config.routes.before(context -> SecurityHeaders.set(context::header));
        config.routes.before(gate::check);
        config.routes.exception(Problem.class, Problem::answer);
        config.routes.exception(HttpResponseException.class, Face::refused);
        config.routes.exception(Exception.class, Face::failed);
        new Api(view, history).routes(config);
        commands.routes(config);
        controls.routes(config);
        new Assets().routes(config);
        config.routes.get("/session", context -> {
            Params.only(context);
            Answer.json(context, new Session(gate.needsToken(), version()));
        });
    }

    private static void refused(HttpResponseException refusal, Context context) {
        int status = refusal.getStatus();
        String title = HttpStatus.getMessage(status);
        String detail =
                switch (status) {
                    case 404 -> "there is nothing at " + context.path();
                    case 405 ->
                        context.method().name() + " is not what " + context.path() + " understands, allowed: "
                                + refusal.getDetails().getOrDefault("availableMethods", "another method");
                    default -> title;
                };
        Problem.of(status, title, detail).answer(context);
    }

    private static void failed(Exception failure, Context context) {
        log.error("{} {} failed", context.method(), context.path(), failure);
        Problem.of(500, "Internal error", "it is a fault of ours, and has been logged")
                .answer(context);
    }

    private static String version() {
        return Optional.ofNullable(Face.class.getPackage().getImplementationVersion())
                .orElse("development");
    }

    /** Reads the topics to their present ends, then goes on in the background. */
    public void start() {
        reader.start();
        events.start();
    }

    /** How many listen to events now. */
    int eventClients() {
        return events.clients();
    }

    /** How many were dropped for being slow. */
    int eventClientsDropped() {
        return events.dropped();
    }

    /** Why nothing can be answered now; empty when it can. */
    public Optional<String> notReady() {
        return view.isReady() ? Optional.empty() : Optional.of("the topics are still being read");
    }

    /** Ends all event streams, and the clients of Kafka; to be called before the server stops. */
    @Override
    public void close() {
        events.close();
        reader.close();
        outbox.close();
    }
}
