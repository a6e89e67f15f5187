package io.shardsync.processor.serve;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.ClusterSnapshot;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.ReplicationStatus;
import io.shardsync.schemas.model.ReplicationStatus.Health;
import io.shardsync.schemas.model.ReplicationStatus.RecoveryProgress;
import io.shardsync.schemas.model.ShardKey;
import io.shardsync.schemas.topic.Json;
import org.apache.kafka.streams.state.KeyValueIterator;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The questions that can be asked over HTTP. */
public final class Api {
    private static final int RECENT = 50;

    private final Stores stores;

    public Api(Stores stores) {
        this.stores = stores;
    }

    /**
     * What recovers, and what was done about it.
     *
     * @param recoveries running now
     * @param commands running ones first, then the newest
     */
    record RecoveryStatus(List<RunningRecovery> recoveries, List<RecoveryResult> commands) {}

    record RunningRecovery(String cluster, String index, int shard, RecoveryProgress progress) {}

    record Alerts(List<Alert> alerts) {}

    record Clusters(List<ClusterSnapshot> clusters) {}

    /** Adds the routes. */
    public void routes(JavalinConfig config) {
        config.routes.get("/shards/replication", this::replication);
        config.routes.get("/shards/replication/{cluster}/{index}/{shard}", this::shard);
        config.routes.get("/shards/recovery/status", this::recoveryStatus);
        config.routes.get("/shards/recovery/{command_id}", this::command);
        config.routes.get("/alerts", this::alerts);
        config.routes.get("/clusters", this::clusters);
        config.routes.exception(Problem.class, (problem, context) -> problem.answer(context));
        config.routes.exception(Stores.NotReady.class, (problem, context) -> Problem.unavailable(problem.getMessage())
                .answer(context));
    }

    private void replication(Context context) {
        json(context, Page.of(ShardQuery.from(context), stores.statuses()));
    }

    private void shard(Context context) {
        String key =
                String.join("/", context.pathParam("cluster"), context.pathParam("index"), context.pathParam("shard"));
        ShardKey parsed;
        try {
            parsed = ShardKey.parse(key);
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest(e.getMessage());
        }
        ReplicationStatus status = stores.statuses().get(parsed);
        if (status == null) {
            throw Problem.notFound("no shard " + key + " is known");
        }
        json(context, status);
    }

    private void recoveryStatus(Context context) {
        List<RecoveryResult> commands = new ArrayList<>(stores.results(result -> true));
        commands.sort(
                Comparator.comparing((RecoveryResult result) -> result.status().terminal())
                        .thenComparing(RecoveryResult::at, Comparator.reverseOrder()));
        json(
                context,
                new RecoveryStatus(running(), commands.stream().limit(RECENT).toList()));
    }

    private List<RunningRecovery> running() {
        List<RunningRecovery> running = new ArrayList<>();
        try (KeyValueIterator<ShardKey, ReplicationStatus> each =
                stores.statuses().all()) {
            each.forEachRemaining(one -> {
                if (one.value.health() != Health.IN_SYNC || hasRecovery(one.value)) {
                    one.value.replicas().stream()
                            .filter(replica -> replica.recovery() != null)
                            .forEach(replica -> running.add(new RunningRecovery(
                                    one.key.cluster(), one.key.index(), one.key.shard(), replica.recovery())));
                }
            });
        }
        return running;
    }

    private static boolean hasRecovery(ReplicationStatus status) {
        return status.replicas().stream().anyMatch(replica -> replica.recovery() != null);
    }

    private void command(Context context) {
        String id = context.pathParam("command_id");
        RecoveryResult result = stores.result(id);
        if (result == null) {
            throw Problem.notFound("no command " + id + " is known; it may not have been accepted yet");
        }
        json(context, result);
    }

    private void alerts(Context context) {
        String status = context.queryParam("status");
        String cluster = context.queryParam("cluster");
        List<Alert> found = new ArrayList<>(
                stores.alerts(alert -> (status == null || alert.status().name().equalsIgnoreCase(status))
                        && (cluster == null || cluster.equals(alert.cluster()))));
        found.sort(Comparator.comparing(Alert::severity).thenComparing(Alert::startsAt));
        json(context, new Alerts(found));
    }

    private void clusters(Context context) {
        json(context, new Clusters(stores.clusters()));
    }

    private static void json(Context context, Object value) {
        try {
            context.contentType("application/json").result(Json.MAPPER.writeValueAsBytes(value));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(value.getClass().getSimpleName() + " can't be written as JSON", e);
        }
    }
}
