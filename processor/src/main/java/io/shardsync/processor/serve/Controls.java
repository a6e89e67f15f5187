package io.shardsync.processor.serve;

import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.shardsync.schemas.model.Control;
import io.shardsync.schemas.model.Control.Kind;
import io.shardsync.schemas.topic.Topic;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Pausing of healing, and maintenance windows: records that bind all services. */
final class Controls {
    private static final int CREATED = 201;
    private static final int NO_CONTENT = 204;
    private static final String PAUSE = "/pause";
    private static final String MAINTENANCE = "/maintenance/";
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final String NO_REASON = "no reason given";

    private final View view;
    private final Topic<String, Control> topic;
    private final Outbox outbox;
    private final Clock clock;

    Controls(View view, Topic<String, Control> topic, Outbox outbox, Clock clock) {
        this.view = view;
        this.topic = topic;
        this.outbox = outbox;
        this.clock = clock;
    }

    /**
     * @param id its name within the topic; null for a pause
     * @param active whether it holds now
     */
    record Window(
            String id,
            String cluster,
            String node,
            Instant from,
            Instant until,
            String by,
            String why,
            boolean active) {}

    record Windows(List<Window> maintenance) {}

    /** @param pauses what pauses healing, now or later */
    record Healing(List<Window> pauses) {}

    /** @param cluster which was meant; {@code *} for all */
    record Changed(String cluster, boolean paused, List<Window> pauses) {}

    void routes(JavalinConfig config) {
        config.routes.get("/healing", context -> {
            Params.only(context);
            Answer.json(context, new Healing(windows(Kind.PAUSE)));
        });
        config.routes.post("/healing/pause", this::pause);
        config.routes.post("/healing/resume", this::resume);
        config.routes.get("/maintenance", context -> {
            Params.only(context);
            Answer.json(context, new Windows(windows(Kind.MAINTENANCE)));
        });
        config.routes.get("/maintenance/{id}", context -> {
            Map.Entry<String, Control> found = find(context);
            Answer.json(context, window(found.getKey(), found.getValue()));
        });
        config.routes.post("/maintenance", this::open);
        config.routes.delete("/maintenance/{id}", this::end);
    }

    private void pause(Context context) {
        Params.only(context);
        Fields fields = Fields.of(context, List.of("cluster", "until", "why"));
        Caller caller = Caller.of(context);
        String cluster = cluster(fields);
        Control control = new Control(
                Kind.PAUSE, cluster, null, Instant.now(clock), future(fields, "until"), caller.name(), why(fields));
        outbox.send(topic, cluster + PAUSE, control, caller);
        Answer.json(context, new Changed(cluster, true, List.of(window(cluster + PAUSE, control))));
    }

    private void resume(Context context) {
        Params.only(context);
        Fields fields = Fields.of(context, List.of("cluster", "why"));
        Caller caller = Caller.of(context);
        String cluster = cluster(fields);
        fields.text("why");
        outbox.send(topic, cluster + PAUSE, null, caller);
        // One cluster's own pause is gone; one for all still holds it.
        List<Window> left = windows(Kind.PAUSE).stream()
                .filter(window -> !window.cluster().equals(cluster))
                .filter(window -> window.cluster().equals(Control.ALL_CLUSTERS) || cluster.equals(Control.ALL_CLUSTERS))
                .toList();
        Answer.json(context, new Changed(cluster, left.stream().anyMatch(Window::active), left));
    }

    private void open(Context context) {
        Params.only(context);
        Fields fields = Fields.of(context, List.of("id", "cluster", "node", "from", "until", "why"));
        Caller caller = Caller.of(context);
        String cluster = cluster(fields);
        String id = id(fields.text("id"));
        Instant now = Instant.now(clock);
        Instant from = fields.time("from") == null ? now : fields.time("from");
        Instant until = future(fields, "until");
        if (until != null && !until.isAfter(from)) {
            throw Fields.wrong("until", until, "a time after 'from', " + from);
        }
        Control control =
                new Control(Kind.MAINTENANCE, cluster, node(fields, cluster), from, until, caller.name(), why(fields));
        String key = cluster + MAINTENANCE + id;
        // Over HTTP it is named by its id alone.
        List<String> others =
                clustersWith(id).filter(other -> !other.equals(cluster)).toList();
        if (!others.isEmpty()) {
            throw Problem.conflict("there is a maintenance window '" + id + "' of " + String.join(", ", others)
                    + " already, allowed: another id");
        }
        outbox.send(topic, key, control, caller);
        Answer.json(context.status(CREATED).header("Location", "/maintenance/" + id), window(key, control));
    }

    private void end(Context context) {
        outbox.send(topic, find(context).getKey(), null, Caller.of(context));
        context.status(NO_CONTENT);
    }

    /** Who writes to the topic may give windows of several clusters one id: then the cluster has to be named. */
    private Map.Entry<String, Control> find(Context context) {
        Params.only(context, "cluster");
        String id = context.pathParam("id");
        String asked = Control.ALL_CLUSTERS.equals(context.queryParam("cluster"))
                ? Control.ALL_CLUSTERS
                : Params.cluster(context);
        List<String> clusters = clustersWith(id)
                .filter(cluster -> asked == null || cluster.equals(asked))
                .toList();
        if (clusters.size() > 1) {
            throw Problem.conflict("there are maintenance windows '" + id + "' of " + String.join(", ", clusters)
                    + "; name one by the parameter 'cluster'");
        }
        return clusters.stream()
                .map(cluster -> cluster + MAINTENANCE + id)
                .flatMap(key -> Stream.ofNullable(view.controls().get(key)).map(control -> Map.entry(key, control)))
                .findFirst()
                .orElseThrow(() -> Problem.notFound(
                        "there is no maintenance window '" + id + "'" + (asked == null ? "" : " of " + asked)));
    }

    private Stream<String> clustersWith(String id) {
        String end = MAINTENANCE + id;
        return view.orNotReady().controls().keySet().stream()
                .filter(key -> key.endsWith(end))
                .map(key -> key.substring(0, key.length() - end.length()))
                .sorted();
    }

    private List<Window> windows(Kind kind) {
        return view.orNotReady().controls().entrySet().stream()
                .filter(each -> each.getValue().kind() == kind)
                .map(each -> window(each.getKey(), each.getValue()))
                .toList();
    }

    private Window window(String key, Control control) {
        int id = key.indexOf(MAINTENANCE);
        return new Window(
                id < 0 ? null : key.substring(id + MAINTENANCE.length()),
                control.cluster(),
                control.node(),
                control.from(),
                control.until(),
                control.by(),
                control.why(),
                control.appliesTo(control.cluster(), Instant.now(clock)));
    }

    /** All clusters, unless one is named; a misspelt name would pause nothing and look as if it had. */
    private String cluster(Fields fields) {
        String cluster = fields.text("cluster");
        if (cluster == null || cluster.equals(Control.ALL_CLUSTERS)) {
            view.orNotReady();
            return Control.ALL_CLUSTERS;
        }
        Set<String> known = view.orNotReady().clusterNames();
        if (!known.contains(cluster)) {
            throw Fields.wrong(
                    "cluster",
                    "'" + cluster + "'",
                    "* for all" + (known.isEmpty() ? "" : ", or one of " + String.join(", ", known)));
        }
        return cluster;
    }

    /** Only checked where the cluster is one whose nodes are known; the node may be away just now. */
    private static String node(Fields fields, String cluster) {
        String node = fields.text("node");
        if (node != null && cluster.equals(Control.ALL_CLUSTERS)) {
            throw Fields.wrong("node", "'" + node + "'", "only together with one 'cluster'");
        }
        return node;
    }

    private Instant future(Fields fields, String name) {
        Instant time = fields.time(name);
        if (time != null && !time.isAfter(Instant.now(clock))) {
            throw Fields.wrong(name, time, "a time to come, or none for no end");
        }
        return time;
    }

    private static String why(Fields fields) {
        String why = fields.text("why");
        return why == null ? NO_REASON : why;
    }

    private static String id(String asked) {
        if (asked == null) {
            return UUID.randomUUID().toString().substring(0, 8);
        }
        if (!ID.matcher(asked).matches()) {
            throw Fields.wrong("id", "'" + asked + "'", "1 to 64 of A-Z, a-z, 0-9, _ and -");
        }
        return asked;
    }
}
