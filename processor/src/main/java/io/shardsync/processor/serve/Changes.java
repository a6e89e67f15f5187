package io.shardsync.processor.serve;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.ClusterSnapshot;
import io.shardsync.schemas.model.ConsistencyReport;
import io.shardsync.schemas.model.Control;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.ReplicationStatus.RecoveryProgress;
import io.shardsync.schemas.model.ShardKey;
import io.shardsync.schemas.topic.Json;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.List;

/** Tells what changes, as events: the record itself where that is short, its essence where it can be long. */
final class Changes {
    static final String STATUS = "status";
    static final String RECOVERY = "recovery";
    static final String ALERT = "alert";
    static final String COMMAND = "command";
    static final String CLUSTER = "cluster";
    static final String CONSISTENCY = "consistency";
    static final String CONTROL = "control";

    /** Everything a client can ask for with {@code ?type=}. */
    static final List<String> TYPES = List.of(STATUS, RECOVERY, ALERT, COMMAND, CLUSTER, CONSISTENCY, CONTROL);

    private static final Logger log = LoggerFactory.getLogger(Changes.class);

    /** A plan may name every shard of a cluster. */
    private static final int LONGEST = 256 * 1024;

    private final EventLog events;

    Changes(EventLog events) {
        this.events = events;
    }

    void status(ShardKey key, StatusEssence status, byte[] json, ShardEntry before) {
        if (status == null) {
            if (before != null) {
                events.append(STATUS, key.cluster(), bytes(address(key).put("removed", true)));
            }
        } else {
            events.append(STATUS, key.cluster(), oneLine(json));
        }
        recoveries(key, status, before);
    }

    /** A shard's running recoveries, and once more, empty, when the last one has ended. */
    private void recoveries(ShardKey key, StatusEssence status, ShardEntry before) {
        List<RecoveryProgress> running = status == null ? List.of() : status.recoveries();
        if (!running.isEmpty() || (before != null && before.recovering() > 0)) {
            events.append(RECOVERY, key.cluster(), bytes(address(key).putPOJO("recoveries", running)));
        }
    }

    void alert(String fingerprint, Alert alert, byte[] json) {
        events.append(
                ALERT,
                alert == null ? Control.ALL_CLUSTERS : alert.cluster(),
                alert == null
                        ? bytes(Json.MAPPER
                                .createObjectNode()
                                .put("fingerprint", fingerprint)
                                .put("removed", true))
                        : oneLine(json));
    }

    void sent(RecoveryCommand command) {
        events.append(COMMAND, command.cluster(), bytes(SentCommand.of(command)));
    }

    void result(String commandId, RecoveryResult result, byte[] json) {
        if (result == null) {
            events.append(
                    COMMAND,
                    Control.ALL_CLUSTERS,
                    bytes(Json.MAPPER
                            .createObjectNode()
                            .put("command_id", commandId)
                            .put("removed", true)));
        } else {
            String cluster = result.cluster() == null ? Control.ALL_CLUSTERS : result.cluster();
            events.append(COMMAND, cluster, json.length > LONGEST ? abridged(result) : oneLine(json));
        }
    }

    void cluster(String name, ClusterSnapshot snapshot, byte[] json) {
        events.append(
                CLUSTER,
                name,
                snapshot == null
                        ? bytes(Json.MAPPER
                                .createObjectNode()
                                .put("cluster", name)
                                .put("removed", true))
                        : oneLine(json));
    }

    /** Without the shards: a divergent report lists documents by the hundred. */
    void consistency(String key, ConsistencyReport report) {
        if (report == null) {
            events.append(
                    CONSISTENCY,
                    key.substring(0, Math.max(0, key.indexOf('/'))),
                    bytes(Json.MAPPER.createObjectNode().put("key", key).put("removed", true)));
        } else {
            events.append(CONSISTENCY, report.cluster(), bytes(Api.Check.of(report)));
        }
    }

    void control(String key, Control control) {
        events.append(
                CONTROL,
                control == null ? key.substring(0, Math.max(0, key.indexOf('/'))) : control.cluster(),
                bytes(Json.MAPPER.createObjectNode().put("key", key).putPOJO("control", control)));
    }

    private static ObjectNode address(ShardKey key) {
        return Json.MAPPER
                .createObjectNode()
                .put("cluster", key.cluster())
                .put("index", key.index())
                .put("shard", key.shard());
    }

    private static byte[] abridged(RecoveryResult result) {
        ObjectNode tree = Json.MAPPER.valueToTree(result);
        tree.remove(List.of("command", "diagnosis", "plan", "steps", "undo", "resume"));
        return bytes(tree.put("abridged", true));
    }

    private static byte[] bytes(Object value) {
        try {
            return Json.MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(value.getClass().getSimpleName() + " can't be written as JSON", e);
        }
    }

    /** Other producers may write over several lines, and a line break ends the data of an event. */
    private static byte[] oneLine(byte[] json) {
        for (byte one : json) {
            if (one == '\n' || one == '\r') {
                try {
                    return Json.MAPPER.writeValueAsBytes(Json.MAPPER.readTree(json));
                } catch (IOException e) {
                    log.warn("a record that could be read as a value can't be read as a tree", e);
                    return Answer.utf8("{}");
                }
            }
        }
        return json;
    }
}
