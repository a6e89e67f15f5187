package io.shardsync.processor.serve;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.ClusterSnapshot;
import io.shardsync.schemas.model.ConsistencyReport;
import io.shardsync.schemas.model.Control;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.ReplicationStatus.RecoveryProgress;
import io.shardsync.schemas.model.ShardKey;
import io.shardsync.schemas.model.Verdict;
import io.shardsync.schemas.topic.Json;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The questions that can be asked over HTTP. */
final class Api {
    private static final int RECENT = 50;
    private static final int MOST_RECOVERIES = 1_000;

    private final View view;
    private final LagHistory history;

    Api(View view, LagHistory history) {
        this.view = view;
        this.history = history;
    }

    /**
     * What recovers, and what was done about it.
     *
     * @param recoveries running now, at most {@value #MOST_RECOVERIES}
     * @param commands running ones first, then the newest
     */
    record RecoveryStatus(List<RunningRecovery> recoveries, List<Object> commands) {}

    record RunningRecovery(String cluster, String index, int shard, RecoveryProgress progress) {}

    record Alerts(List<Alert> alerts) {}

    /** @param reports the newest light and deep one of each cluster that has such an index */
    record Reports(String index, List<ConsistencyReport> reports) {}

    record Checks(List<Check> checks) {}

    /** A report without its shards. */
    record Check(
            String cluster,
            String index,
            ConsistencyReport.Method method,
            Verdict verdict,
            Instant checkedAt,
            double coveragePercent,
            int shards,
            List<String> issues,
            @JsonInclude(JsonInclude.Include.NON_NULL) String commandId) {
        private static final int FEW = 5;

        static Check of(ConsistencyReport report) {
            return new Check(
                    report.cluster(),
                    report.index(),
                    report.method(),
                    report.verdict(),
                    report.checkedAt(),
                    report.coveragePercent(),
                    report.shards().size(),
                    report.issues().stream().limit(FEW).toList(),
                    report.commandId());
        }
    }

    /** @param stepMs time between two points */
    record Lag(String cluster, long stepMs, LagHistory.Columns points) {}

    void routes(JavalinConfig config) {
        config.routes.get("/shards/replication", this::replication);
        config.routes.get("/shards/replication/{cluster}/{index}/{shard}", this::shard);
        config.routes.get("/shards/consistency", this::checks);
        config.routes.get("/shards/consistency/{index}", this::consistency);
        config.routes.get("/shards/recovery/status", this::recoveryStatus);
        config.routes.get("/shards/recovery/{command_id}", this::command);
        config.routes.get("/alerts", this::alerts);
        config.routes.get("/clusters", this::clusters);
        config.routes.get("/clusters/{cluster}/lag", this::lag);
    }

    private void replication(Context context) {
        Answer.json(
                context,
                Page.of(ShardQuery.from(context), view.orNotReady().shards()).json());
    }

    private void shard(Context context) {
        Params.only(context);
        String key =
                String.join("/", context.pathParam("cluster"), context.pathParam("index"), context.pathParam("shard"));
        ShardKey parsed;
        try {
            parsed = ShardKey.parse(key);
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest(e.getMessage());
        }
        ShardEntry shard = view.orNotReady().shards().get(parsed);
        if (shard == null) {
            throw Problem.notFound("no shard " + key + " is known");
        }
        Answer.json(context, shard.json());
    }

    private void checks(Context context) {
        Params.only(context, "cluster");
        String cluster = Params.cluster(context);
        Answer.json(
                context,
                new Checks(view.orNotReady().reports().stream()
                        .filter(report -> cluster == null || cluster.equals(report.cluster()))
                        .map(Check::of)
                        .toList()));
    }

    private void consistency(Context context) {
        Params.only(context, "cluster");
        String cluster = Params.cluster(context);
        String index = context.pathParam("index");
        List<ConsistencyReport> reports = view.orNotReady().reports().stream()
                .filter(report -> report.index().equals(index))
                .filter(report -> cluster == null || cluster.equals(report.cluster()))
                .toList();
        boolean known = !reports.isEmpty()
                || (cluster == null ? view.clusterNames().stream() : Stream.of(cluster))
                        .anyMatch(name -> !view.shardsOf(name, index).isEmpty());
        if (!known) {
            throw Problem.notFound(
                    "no index '" + index + "' is known" + (cluster == null ? "" : " in cluster " + cluster));
        }
        Answer.json(context, new Reports(index, reports));
    }

    private void recoveryStatus(Context context) {
        Params.only(context, "cluster");
        String cluster = Params.cluster(context);
        view.orNotReady();
        List<RecoveryResult> results = view.results().stream()
                .filter(result -> cluster == null || cluster.equals(result.cluster()))
                .sorted(Comparator.comparing(
                                (RecoveryResult result) -> result.status().terminal())
                        .thenComparing(RecoveryResult::at, Comparator.reverseOrder()))
                .limit(RECENT)
                .toList();
        List<Object> commands = new ArrayList<>();
        view.waiting().stream()
                .filter(command -> cluster == null || cluster.equals(command.cluster()))
                .filter(command ->
                        command.expiresAt() == null || command.expiresAt().isAfter(Instant.now()))
                .map(SentCommand::of)
                .forEach(commands::add);
        commands.addAll(results);
        Answer.json(context, new RecoveryStatus(running(cluster), commands));
    }

    private List<RunningRecovery> running(String cluster) {
        return view.shards().values().stream()
                .filter(shard -> shard.recovering() > 0)
                .filter(shard -> cluster == null || cluster.equals(shard.key().cluster()))
                .flatMap(Api::recoveries)
                .limit(MOST_RECOVERIES)
                .toList();
    }

    private static Stream<RunningRecovery> recoveries(ShardEntry shard) {
        try {
            return Json.MAPPER.readValue(shard.json(), StatusEssence.class).recoveries().stream()
                    .map(progress -> new RunningRecovery(
                            shard.key().cluster(),
                            shard.key().index(),
                            shard.key().shard(),
                            progress));
        } catch (IOException e) {
            throw new UncheckedIOException("a status that could be read once: " + shard.key(), e);
        }
    }

    private void command(Context context) {
        Params.only(context);
        String id = context.pathParam("command_id");
        Object found = view.orNotReady()
                .result(id)
                .map(Object.class::cast)
                .or(() -> view.waiting(id).map(SentCommand::of))
                .orElseThrow(() -> Problem.notFound("no command " + id + " is known"));
        Answer.json(context, found);
    }

    private void alerts(Context context) {
        Params.only(context, "status", "cluster", "alertname");
        String status = context.queryParam("status");
        String name = context.queryParam("alertname");
        String cluster = Params.cluster(context);
        List<String> allowed = Arrays.stream(Alert.Status.values())
                .map(each -> each.name().toLowerCase(Locale.ROOT))
                .toList();
        if (status != null && !allowed.contains(status)) {
            throw Problem.badRequest("status is '" + status + "', allowed: " + String.join(", ", allowed));
        }
        Answer.json(
                context,
                new Alerts(view.orNotReady().alerts().stream()
                        .filter(alert -> status == null
                                || alert.status()
                                        .name()
                                        .toLowerCase(Locale.ROOT)
                                        .equals(status))
                        .filter(alert -> name == null || name.equals(alert.alertname()))
                        .filter(alert -> cluster == null || cluster.equals(alert.cluster()))
                        .sorted(Comparator.comparing(Alert::severity)
                                .thenComparing(Alert::startsAt)
                                .thenComparing(Alert::fingerprint))
                        .toList()));
    }

    /** The last collection's facts, and beside them what was judged. */
    private void clusters(Context context) {
        Params.only(context);
        Map<String, Figures> figures = Figures.of(view.orNotReady());
        ObjectNode answer = Json.MAPPER.createObjectNode();
        ArrayNode list = answer.putArray("clusters");
        TreeSet<String> names = new TreeSet<>(view.clusterNames());
        view.clusters().stream().map(ClusterSnapshot::cluster).forEach(names::add);
        for (String name : names) {
            ObjectNode one = view.cluster(name)
                    .map(snapshot -> (ObjectNode) Json.MAPPER.valueToTree(snapshot))
                    .orElseGet(() -> Json.MAPPER.createObjectNode().put("cluster", name));
            one.putPOJO("replication", figures.getOrDefault(name, Figures.none()));
            one.put("healing_paused", controlled(Control.Kind.PAUSE, name));
            one.put("in_maintenance", controlled(Control.Kind.MAINTENANCE, name));
            one.put("retired", view.retired(name));
            list.add(one);
        }
        Answer.json(context, answer);
    }

    private boolean controlled(Control.Kind kind, String cluster) {
        Instant now = Instant.now();
        return view.controls().values().stream()
                .anyMatch(control -> control.kind() == kind && control.appliesTo(cluster, now));
    }

    private void lag(Context context) {
        Params.only(context);
        String cluster = context.pathParam("cluster");
        if (!view.orNotReady().clusterNames().contains(cluster)) {
            throw Problem.notFound("no cluster '" + cluster + "' is known, but: "
                    + view.clusterNames().stream().collect(Collectors.joining(", ")));
        }
        Answer.json(context, new Lag(cluster, LagHistory.STEP.toMillis(), history.of(cluster)));
    }
}
