package io.shardsync.actuator.bedside;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardsync.runtime.elasticsearch.Call;
import io.shardsync.runtime.elasticsearch.CallFailed;
import io.shardsync.runtime.elasticsearch.Elasticsearch;
import io.shardsync.schemas.model.RecoveryResult.PlannedCall;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** A real cluster. Answers are read as raw JSON: typed ones break at every value the client does not know yet. */
public final class ElasticsearchBedside implements Bedside {
    private static final Duration PULSE = Duration.ofSeconds(3);
    private static final Duration SHORT = Duration.ofSeconds(6);
    /** Elasticsearch refuses requests whose first line is longer than 4,096 bytes. */
    private static final int MOST_INDICES_IN_PATH = 12;

    private final Elasticsearch cluster;
    private final Duration timeout;
    private final CopyReader copies;

    /**
     * @param cluster whose connection is used; stays the caller's to close
     * @param timeout for a planned call, and for a question at most; small questions have a few seconds
     */
    public ElasticsearchBedside(Elasticsearch cluster, Duration timeout) {
        this.cluster = cluster;
        this.timeout = timeout;
        this.copies = new ElasticsearchCopyReader(cluster, timeout);
    }

    @Override
    public ClusterView identity() {
        return ClusterView.read(ask(state("/_cluster/state/master_node").within(SHORT)));
    }

    @Override
    public ClusterView view() {
        return ClusterView.read(ask(state("/_cluster/state/blocks,master_node,nodes,routing_table")));
    }

    @Override
    public ClusterView view(Collection<String> indices) {
        if (indices.isEmpty() || indices.size() > MOST_INDICES_IN_PATH) {
            return view();
        }
        return ClusterView.read(ask(state("/_cluster/state/blocks,master_node,nodes,routing_table/" + list(indices))
                .with("expand_wildcards", "all")
                .with("ignore_unavailable", true)));
    }

    private static Call state(String path) {
        return Call.get(path).with("filter_path", ClusterView.FILTER).with("master_timeout", "5s");
    }

    @Override
    public SettingsView settings() {
        return SettingsView.read(ask(Call.get("/_cluster/settings").with("flat_settings", true)));
    }

    @Override
    public Map<String, String> indexSetting(Collection<String> indices, String setting) {
        Map<String, String> values = new HashMap<>();
        List<String> all = List.copyOf(indices);
        for (int from = 0; from < all.size(); from += MOST_INDICES_IN_PATH) {
            List<String> some = all.subList(from, Math.min(all.size(), from + MOST_INDICES_IN_PATH));
            ask(Call.get("/" + list(some) + "/_settings/" + Call.segment(setting))
                            .with("flat_settings", true)
                            .with("expand_wildcards", "all")
                            .with("ignore_unavailable", true))
                    .properties()
                    .forEach(index -> {
                        JsonNode value = index.getValue().path("settings").path(setting);
                        if (!value.isMissingNode()) {
                            values.put(index.getKey(), value.asText());
                        }
                    });
        }
        return values;
    }

    @Override
    public JsonNode explain(ShardId shard, boolean primary) {
        ObjectNode which = JsonNodeFactory.instance
                .objectNode()
                .put("index", shard.index())
                .put("shard", shard.number())
                .put("primary", primary);
        return ask(Call.post("/_cluster/allocation/explain").sending(which));
    }

    @Override
    public Pulse pulse() {
        Call call = Call.get("/_nodes/stats/process")
                .with("timeout", "1s")
                .with("filter_path", "_nodes,nodes.*.name")
                .within(PULSE);
        try {
            return Pulse.read(ask(call));
        } catch (NotAnswered e) {
            if (!e.outcomeUnknown() || cluster.hosts().size() == 1) {
                throw e;
            }
            // The host that was asked may itself be the one that hangs; the connection has moved on to the next.
            return Pulse.read(ask(call));
        }
    }

    @Override
    public Set<String> shutdowns() {
        // _nodes/shutdown would need the privilege to manage; the state is allowed to whoever may monitor. With an
        // index in the path Elasticsearch would leave out all that concerns no index.
        JsonNode state = ask(Call.get("/_cluster/state/metadata")
                .with("filter_path", "metadata.node_shutdown.nodes.*.node_id")
                .with("master_timeout", "5s"));
        Set<String> nodes = new TreeSet<>();
        state.path("metadata").path("node_shutdown").path("nodes").fieldNames().forEachRemaining(nodes::add);
        return nodes;
    }

    @Override
    public Recoveries recoveries(Collection<String> indices) {
        String path = indices.isEmpty() || indices.size() > MOST_INDICES_IN_PATH
                ? "/_recovery"
                : "/" + list(indices) + "/_recovery";
        return Recoveries.read(ask(Call.get(path)
                .with("active_only", true)
                .with("expand_wildcards", "all")
                .with("ignore_unavailable", true)
                .with("filter_path", Recoveries.FILTER)));
    }

    @Override
    public Checkpoints checkpoints() {
        return Checkpoints.read(ask(Call.get("/_nodes/stats/indices/docs")
                .with("level", "shards")
                .with("timeout", "3s")
                .with("filter_path", Checkpoints.FILTER)));
    }

    @Override
    public CopyReader copies() {
        return copies;
    }

    @Override
    public Answer rehearse(JsonNode body) {
        return answer(Call.post("/_cluster/reroute")
                .with("dry_run", true)
                .with("explain", true)
                .with("metric", "none")
                .sending(body)
                .within(SHORT));
    }

    @Override
    public Answer send(PlannedCall planned) {
        Call call = Call.of(planned.method(), planned.path()).within(timeout);
        return answer(planned.body() == null ? call : call.sending(planned.body()));
    }

    private Answer answer(Call call) {
        try {
            var reply = cluster.call(call);
            return new Answer(reply.status(), reply.body());
        } catch (CallFailed failed) {
            if (failed.status() >= 400 && failed.status() < 500) {
                return new Answer(failed.status(), error(failed));
            }
            throw notAnswered(failed);
        }
    }

    private static ObjectNode error(CallFailed failed) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.putObject("error").put("type", failed.errorType()).put("reason", failed.reason());
        return body;
    }

    private JsonNode ask(Call call) {
        try {
            return cluster.call(call.timeout().equals(Call.DEFAULT_TIMEOUT) ? call.within(timeout) : call)
                    .body();
        } catch (CallFailed failed) {
            throw notAnswered(failed);
        }
    }

    static NotAnswered notAnswered(CallFailed failed) {
        NotAnswered.Kind kind = failed.errorType().equals("master_not_discovered_exception")
                ? NotAnswered.Kind.NO_MASTER
                : switch (failed.code()) {
                    case UNREACHABLE, TRUNCATED, NOT_ELASTICSEARCH -> NotAnswered.Kind.UNREACHABLE;
                    case TIMEOUT -> NotAnswered.Kind.TIMEOUT;
                    default -> failed.mayHaveActed() ? NotAnswered.Kind.TIMEOUT : NotAnswered.Kind.REFUSED;
                };
        return new NotAnswered(kind, failed.getMessage(), failed);
    }

    private static String list(Collection<String> indices) {
        return indices.stream().map(Call::segment).collect(Collectors.joining(","));
    }
}
