package io.shardsync.actuator.plan;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardsync.actuator.bedside.ClusterView;
import io.shardsync.runtime.elasticsearch.Call;
import io.shardsync.schemas.model.RecoveryResult.PlannedCall;
import io.shardsync.schemas.model.RecoveryResult.Undo;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The state-changing calls there are. A setting is only ever put back to null: nothing here can set a transient one,
 * and nothing can allocate a copy that Elasticsearch itself would not.
 */
final class Calls {
    static final String RETRY_FAILED = "retry_failed";
    static final String ENABLE_ALLOCATION = "enable_allocation";

    /** The first line of a request must stay below Elasticsearch's 4,096 bytes; index names have up to 255. */
    private static final int MOST_INDICES = 12;

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
