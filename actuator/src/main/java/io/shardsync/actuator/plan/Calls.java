package io.shardsync.actuator.plan;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardsync.actuator.bedside.ClusterView;
import io.shardsync.actuator.bedside.Copy;
import io.shardsync.actuator.bedside.ShardId;
import io.shardsync.actuator.diagnose.Rehearsal;
import io.shardsync.actuator.diagnose.Rehearsals;
import io.shardsync.runtime.elasticsearch.Call;
import io.shardsync.schemas.model.RecoveryResult.PlannedCall;
import io.shardsync.schemas.model.RecoveryResult.Undo;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The state-changing calls there are. A switch is only ever put back to null. Values are given to persistent settings
 * alone, and every such call has its counterpart that puts the former ones back. Nothing here can set a transient one,
 * and nothing can allocate a copy that Elasticsearch itself would not.
 */
public final class Calls {
    public static final String RETRY_FAILED = "retry_failed";
    public static final String ENABLE_ALLOCATION = "enable_allocation";
    public static final String MOVE = "move_copy";
    public static final String CANCEL = "cancel_recovery";
    public static final String SET = "set_allocation";
    public static final String PUT_BACK = "put_back";

    /** With explain, a refusal is an answer that says why; without metric=none the answer is the cluster state. */
    private static final String REROUTE = "/_cluster/reroute?explain=true&metric=none";

    /** The first line of a request must stay below Elasticsearch's 4,096 bytes; index names have up to 255. */
    private static final int MOST_INDICES = 12;

    private static final String PERSISTENT = "persistent";

    /** How a node stands among what a call touches. */
    public static final String NODE = "node ";

    private Calls() {}

    /** Elasticsearch has no way to retry some shards only: the flag resets every copy that ever failed. */
    static Measure retryFailed(ClusterView view) {
        List<String> affects = view.unassigned()
                .filter(copy -> copy.unassigned() != null && copy.unassigned().failedAttempts() > 0)
                .map(copy -> copy.shard().toString())
                .distinct()
                .sorted()
                .toList();
        // Without metric=none the answer is the whole cluster state.
        return new Measure(
                new PlannedCall(RETRY_FAILED, "POST", "/_cluster/reroute?retry_failed=true&metric=none", null, affects),
                List.of());
    }

    /** The copy serves until the other has taken over. */
    static Measure move(Copy copy, ClusterView view, Rehearsal.Place to) {
        return reroute(
                MOVE,
                Rehearsals.move(copy.shard(), copy.node(), to.node()),
                copy.shard(),
                view.nodeName(copy.node()),
                to.name());
    }

    /** Of a replica: for a primary Elasticsearch refuses. */
    static Measure cancel(ShardId shard, String node, ClusterView view) {
        return reroute(CANCEL, Rehearsals.cancel(shard, node), shard, view.nodeName(node));
    }

    /** The same, and the next attempt on another node. */
    static Measure elsewhere(ShardId shard, String node, Rehearsal.Place to, ClusterView view) {
        return reroute(CANCEL, Rehearsals.elsewhere(shard, node, to.node()), shard, view.nodeName(node), to.name());
    }

    private static Measure reroute(String action, ObjectNode body, ShardId shard, String... nodes) {
        List<String> affects = new ArrayList<>();
        affects.add(shard.toString());
        for (String node : nodes) {
            affects.add(NODE + node);
        }
        return new Measure(new PlannedCall(action, "POST", REROUTE, body, affects), List.of());
    }

    /** @param former null for those that were not set */
    static Measure set(Map<String, String> values, Map<String, String> former) {
        return persistent(
                SET,
                values,
                values.keySet().stream()
                        .map(setting -> new Undo(setting, PERSISTENT, former.get(setting)))
                        .toList());
    }

    /**
     * Former values, from a plan or from what a result says.
     *
     * @param former null for those that were not set
     */
    public static Measure putBack(Map<String, String> former) {
        return persistent(PUT_BACK, former, List.of());
    }

    /** The persistent values that a call sets, by setting. */
    public static Map<String, String> values(PlannedCall call) {
        Map<String, String> values = new TreeMap<>();
        if (call.body() != null) {
            call.body()
                    .path(PERSISTENT)
                    .properties()
                    .forEach(one -> values.put(
                            one.getKey(),
                            one.getValue().isNull() ? null : one.getValue().asText()));
        }
        return values;
    }

    private static Measure persistent(String action, Map<String, String> values, List<Undo> undo) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        ObjectNode settings = body.putObject(PERSISTENT);
        values.forEach(settings::put);
        return new Measure(
                new PlannedCall(
                        action,
                        "PUT",
                        "/_cluster/settings",
                        body,
                        values.keySet().stream()
                                .map(setting -> settingName(setting, PERSISTENT))
                                .toList()),
                undo);
    }

    /** @param valueByScope the scopes to clear, with the values found there */
    static Measure clusterSettingBack(String setting, Map<String, String> valueByScope) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        List<Undo> undo = new ArrayList<>();
        List<String> affects = new ArrayList<>();
        valueByScope.forEach((scope, value) -> {
            body.putObject(scope).putNull(setting);
            undo.add(new Undo(setting, scope, value));
            affects.add(settingName(setting, scope));
        });
        return new Measure(new PlannedCall(ENABLE_ALLOCATION, "PUT", "/_cluster/settings", body, affects), undo);
    }

    /** @param valueByIndex the indices, with the values found there */
    static List<Measure> indexSettingBack(String setting, Map<String, String> valueByIndex) {
        List<String> indices = valueByIndex.keySet().stream().sorted().toList();
        List<Measure> measures = new ArrayList<>();
        for (int from = 0; from < indices.size(); from += MOST_INDICES) {
            List<String> some = indices.subList(from, Math.min(indices.size(), from + MOST_INDICES));
            ObjectNode body = JsonNodeFactory.instance.objectNode();
            body.putNull(setting);
            measures.add(new Measure(
                    new PlannedCall(
                            ENABLE_ALLOCATION,
                            "PUT",
                            "/" + some.stream().map(Call::segment).collect(Collectors.joining(",")) + "/_settings",
                            body,
                            some.stream()
                                    .map(index -> settingName(setting, "index " + index))
                                    .toList()),
                    some.stream()
                            .map(index -> new Undo(setting, "index " + index, valueByIndex.get(index)))
                            .toList()));
        }
        return measures;
    }

    private static String settingName(String setting, String scope) {
        return setting + " (" + scope + ")";
    }
}
