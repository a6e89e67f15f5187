package io.shardsync.actuator.bedside;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardsync.schemas.model.RecoveryResult.PlannedCall;

import java.util.Collection;
import java.util.Map;
import java.util.Set;

/**
 * One cluster, asked now. Nothing is remembered between two questions.
 *
 * <p>Every method throws {@link NotAnswered} when no usable answer comes within its timeout.
 */
public interface Bedside {

    /** Which cluster answers and who its master is; without a routing table. */
    ClusterView identity();

    /** The whole routing table, from the elected master. */
    ClusterView view();

    /** The routing table of some indices; those that no longer exist are left out. */
    ClusterView view(Collection<String> indices);

    /** The cluster settings that are set, in both scopes. */
    SettingsView settings();

    /** Values of one index setting, by index; only of indices where it is set. */
    Map<String, String> indexSetting(Collection<String> indices, String setting);

    /** Why a copy is where it is: {@code POST _cluster/allocation/explain} for exactly this one. */
    JsonNode explain(ShardId shard, boolean primary);

    /** Whether every node answers; takes a second at most where one does not. */
    Pulse pulse();

    /** Ids of the nodes with a registered shutdown. */
    Set<String> shutdowns();

    /** Progress of the recoveries that run in some indices. */
    Recoveries recoveries(Collection<String> indices);

    /**
     * How far each copy has come. Copies on nodes that do not answer within a few seconds, and copies that can't tell,
     * are left out.
     */
    Checkpoints checkpoints();

    /** Reads single copies. */
    CopyReader copies();

    /**
     * What Elasticsearch would say to reroute commands; changes nothing.
     *
     * @param body {@code {"commands":[…]}}
     */
    Answer rehearse(JsonNode body);

    /** Makes a planned call exactly as planned. A status that is no success is an answer, not an exception. */
    Answer send(PlannedCall call);
}
