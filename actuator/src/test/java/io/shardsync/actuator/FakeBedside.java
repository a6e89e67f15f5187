package io.shardsync.actuator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardsync.actuator.bedside.Answer;
import io.shardsync.actuator.bedside.Bedside;
import io.shardsync.actuator.bedside.Checkpoint;
import io.shardsync.actuator.bedside.Checkpoints;
import io.shardsync.actuator.bedside.ClusterView;
import io.shardsync.actuator.bedside.Copy;
import io.shardsync.actuator.bedside.CopyReader;
import io.shardsync.actuator.bedside.NotAnswered;
import io.shardsync.actuator.bedside.Pulse;
import io.shardsync.actuator.bedside.Recoveries;
import io.shardsync.actuator.bedside.SettingsView;
import io.shardsync.actuator.bedside.ShardId;
import io.shardsync.actuator.plan.Calls;
import io.shardsync.schemas.model.CopyState;
import io.shardsync.schemas.model.RecoveryResult.PlannedCall;
import io.shardsync.schemas.topic.Json;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
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
    /** What the next call fails with before it has had any effect; null where it arrives. */
    public RuntimeException callLost;

    public final Map<String, String> persistent = new HashMap<>();
    public Recoveries running = Recoveries.NONE;
    public Map<ShardId, Map<String, Checkpoint>> checkpoints = Map.of();
    /** What deciders say to every move; null where they allow it. */
    public String refusal;
    /** Questions for settings that stay unanswered from now on. */
    public int unanswered;
    /** Calls that are refused with HTTP 429 from now on. */
    public int overloaded;
    /** What a question for recoveries fails with; null where it is answered. */
    public RuntimeException broken;
    /** Happens at each question for recoveries. */
    public volatile Runnable atRecoveries = () -> {};
    /** Happens once, after the next call. */
    public Runnable afterSend = () -> {};

    /** Where the replicas are. */
    public String replicaOn = "a";

    /** What the copies hold, whatever the index. */
    public final FakeCopies copies = new FakeCopies(this::view);

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
            Copy primary = new Copy(shard, true, CopyState.STARTED, "m", null, "p-m", null);
            Copy replica = healed
                    ? new Copy(shard, false, CopyState.STARTED, replicaOn, null, "r-" + replicaOn, null)
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
        if (unanswered > 0) {
            unanswered--;
            throw new NotAnswered(NotAnswered.Kind.TIMEOUT, "no answer within 30 s", null);
        }
        return new SettingsView(persistent, Map.of());
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
        atRecoveries.run();
        if (broken != null) {
            throw broken;
        }
        return running;
    }

    @Override
    public Checkpoints checkpoints() {
        return new Checkpoints(identity().nodes().keySet(), checkpoints);
    }

    @Override
    public CopyReader copies() {
        return copies;
    }

    @Override
    public Answer rehearse(JsonNode body) {
        log.add("rehearse");
        ObjectNode answer = Json.MAPPER.createObjectNode();
        body.path("commands").forEach(command -> answer.withArray("explanations")
                .addObject()
                .put("command", command.fieldNames().next())
                .putArray("decisions")
                .addObject()
                .put("decider", "disk_threshold")
                .put("decision", refusal == null ? "YES" : "NO")
                .put("explanation", String.valueOf(refusal)));
        return new Answer(200, answer);
    }

    @Override
    public Answer send(PlannedCall call) {
        log.add("call " + call.method() + " " + call.path());
        if (callLost != null) {
            RuntimeException lost = callLost;
            callLost = null;
            throw lost;
        }
        if (overloaded > 0) {
            overloaded--;
            return new Answer(429, Json.MAPPER.createObjectNode().put("error", "circuit_breaking_exception"));
        }
        if (call.path().equals("/_cluster/settings")) {
            Calls.values(call).forEach((setting, value) -> {
                if (value == null) {
                    persistent.remove(setting);
                } else {
                    persistent.put(setting, value);
                }
            });
        } else if (call.action().equals(Calls.MOVE)) {
            replicaOn = call.body().findValue("to_node").asText();
        } else if (call.action().equals(Calls.RETRY_FAILED)) {
            healed = retryHelps;
        } else {
            running = Recoveries.NONE;
        }
        afterSend.run();
        afterSend = () -> {};
        if (answerLost != null) {
            throw answerLost;
        }
        return new Answer(200, Json.MAPPER.createObjectNode().put("acknowledged", true));
    }
}
