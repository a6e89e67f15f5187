package io.shardsync.schemas.model;

import com.fasterxml.jackson.annotation.JsonInclude;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

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

    /**
     * Begins with what every command needs. It is about the whole cluster, in earnest and without parameters unless
     * more is said.
     */
    public static Builder builder(CommandType type, String cluster) {
        return new Builder(type, cluster);
    }

    @Override
    public String eventId() {
        return commandId;
    }

    @Override
    public Instant eventTime() {
        return requestedAt;
    }

    /** Says the rest of a command, each thing by its name. Not safe for use by several threads. */
    public static final class Builder {
        private final CommandType type;
        private final String cluster;
        private String commandId;
        private String clusterUuid;
        private String index;
        private Integer shard;
        private String node;
        private String targetNode;
        private String cause;
        private String alertFingerprint;
        private boolean dryRun;
        private String requestedBy;
        private Instant requestedAt;
        private Instant expiresAt;
        private String reason;
        private Map<String, Object> params;

        private Builder(CommandType type, String cluster) {
            this.type = type;
            this.cluster = cluster;
        }

        /** A random UUID else. */
        public Builder commandId(String id) {
            commandId = id;
            return this;
        }

        public Builder clusterUuid(String uuid) {
            clusterUuid = uuid;
            return this;
        }

        public Builder index(String name) {
            index = name;
            return this;
        }

        /** Of the index; null for all of them. */
        public Builder shard(Integer number) {
            shard = number;
            return this;
        }

        public Builder node(String name) {
            node = name;
            return this;
        }

        public Builder targetNode(String name) {
            targetNode = name;
            return this;
        }

        public Builder cause(String code) {
            cause = code;
            return this;
        }

        public Builder alertFingerprint(String fingerprint) {
            alertFingerprint = fingerprint;
            return this;
        }

        public Builder dryRun(boolean only) {
            dryRun = only;
            return this;
        }

        /** Who asks, when, and until when it may be started. */
        public Builder requested(String by, Instant at, Instant expires) {
            requestedBy = by;
            requestedAt = at;
            expiresAt = expires;
            return this;
        }

        public Builder reason(String why) {
            reason = why;
            return this;
        }

        public Builder params(Map<String, Object> all) {
            params = all;
            return this;
        }

        public RecoveryCommand build() {
            return new RecoveryCommand(
                    commandId == null ? UUID.randomUUID().toString() : commandId,
                    type,
                    cluster,
                    clusterUuid,
                    index,
                    shard,
                    node,
                    targetNode,
                    cause,
                    alertFingerprint,
                    dryRun,
                    requestedBy,
                    requestedAt,
                    expiresAt,
                    reason,
                    params);
        }
    }
}
