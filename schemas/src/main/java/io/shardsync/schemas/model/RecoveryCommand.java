package io.shardsync.schemas.model;

import com.fasterxml.jackson.annotation.JsonInclude;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Asks the actuator for something, by a person, a runbook or the processor.
 *
 * @param commandId a UUID chosen by who asks; the same id is executed once
 * @param type what is asked
 * @param cluster the configured cluster name; also the record's key
 * @param clusterUuid if given, the cluster behind the address must be this one
 * @param index narrows it to an index
 * @param shard narrows it to a shard of that index
 * @param node the copy's node, by name, where a command is about one copy
 * @param targetNode where to, by name
 * @param cause narrows a RECOVER to one cause
 * @param alertFingerprint the alert it answers
 * @param dryRun only say what would be done
 * @param requestedBy who asks
 * @param requestedAt when
 * @param expiresAt not to be started after this; mandatory
 * @param reason why, for the audit
 * @param params what the type needs beyond that
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RecoveryCommand(
        String commandId,
        CommandType type,
        String cluster,
        String clusterUuid,
        String index,
        Integer shard,
        String node,
        String targetNode,
        String cause,
        String alertFingerprint,
        boolean dryRun,
        String requestedBy,
        Instant requestedAt,
        Instant expiresAt,
        String reason,
        Map<String, Object> params)
        implements Message {

    public RecoveryCommand {
        params = params == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(params));
    }

    @Override
    public String eventId() {
        return commandId;
    }

    @Override
    public Instant eventTime() {
        return requestedAt;
    }
}
