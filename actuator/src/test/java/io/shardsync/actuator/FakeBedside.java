package io.shardsync.actuator;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardsync.actuator.bedside.Answer;
import io.shardsync.actuator.bedside.Bedside;
import io.shardsync.actuator.bedside.ClusterView;
import io.shardsync.actuator.bedside.Copy;
import io.shardsync.actuator.bedside.Pulse;
import io.shardsync.actuator.bedside.Recoveries;
import io.shardsync.actuator.bedside.SettingsView;
import io.shardsync.actuator.bedside.ShardId;
import io.shardsync.schemas.model.CopyState;
import io.shardsync.schemas.model.RecoveryResult.PlannedCall;
import io.shardsync.schemas.topic.Json;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A cluster with replicas that Elasticsearch gave up on, healed by the retry; notes what is done to it. */
public final class FakeBedside implements Bedside {
    public final List<String> log = new ArrayList<>();
    public int members = 3;
    public int silent;
    public boolean healed;
    public boolean retryHelps = true;
    public RuntimeException answerLost;

    private final int indices;

    /** @param indices how many, each with one shard and one replica that is not assigned */
    public FakeBedside(int indices) {
        this.indices = indices;
    }

    @Override
    public ClusterView identity() {
        return new ClusterView("uuid", "m", Map.of("m", "n1", "a", "n2", "b", "n3"), Map.of());
    }

    @Override
    public ClusterView view() {
        Map<ShardId, List<Copy>> groups = new TreeMap<>();
        for (int i = 0; i < indices; i++) {
            ShardId shard = new ShardId("orders-" + i, 0);
            Copy primary = new Copy(shard, true, CopyState.STARTED, "m", null);
            Copy replica = healed
                    ? new Copy(shard, false, CopyState.STARTED, "a", null)
                    : new Copy(
                            shard,
                            false,
                            CopyState.UNASSIGNED,
                            null,
                            new Copy.Unassigned(
                                    "ALLOCATION_FAILED", Instant.EPOCH, 5, false, null, "failed", "no_attempt"));
            groups.put(shard, List.of(primary, replica));
        }
        return new ClusterView("uuid", "m", identity().nodes(), groups);
    }

    @Override
    public ClusterView view(Collection<String> names) {
        return view();
    }

    @Override
    public SettingsView settings() {
        return new SettingsView(Map.of(), Map.of());
    }

    @Override
    public Map<String, String> indexSetting(Collection<String> names, String setting) {
        return Map.of();
    }

    @Override
    public JsonNode explain(ShardId shard, boolean primary) {
        log.add("explain");
        return Captures.read("allocation-explain-max-retry");
    }

    @Override
    public Pulse pulse() {
        return new Pulse(members, Set.of("n1"), silent);
    }

    @Override
    public Set<String> shutdowns() {
        return Set.of();
    }

    @Override
    public Recoveries recoveries(Collection<String> names) {
        return Recoveries.NONE;
    }

    @Override
    public Answer send(PlannedCall call) {
        log.add("call " + call.method() + " " + call.path());
        healed = retryHelps;
        if (answerLost != null) {
            throw answerLost;
        }
        return new Answer(200, Json.MAPPER.createObjectNode().put("acknowledged", true));
    }
}
