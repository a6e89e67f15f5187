package io.shardsync.schemas.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

import java.time.Instant;

/**
 * A person's word that binds all services: healing paused, a maintenance window, a cluster retired. A tombstone under
 * its key ends it.
 *
 * @param kind what it is
 * @param cluster the configured cluster name; {@code *} for all
 * @param node narrows a maintenance window to one node, by name
 * @param from begin
 * @param until end; null where it has none
 * @param by who said so
 * @param why the reason given
 */
public record Control(
        Kind kind,
        String cluster,
        @JsonInclude(JsonInclude.Include.NON_NULL) String node,
        Instant from,
        Instant until,
        String by,
        String why)
        implements Message {

    public Control {
        // People write controls by hand, and one that lacks its beginning must hold all the same.
        from = from == null ? Instant.EPOCH : from;
    }

    /** As {@link #cluster()}: every cluster. */
    public static final String ALL_CLUSTERS = "*";

    public enum Kind {
        @JsonProperty("pause")
        PAUSE,
        @JsonProperty("maintenance")
        MAINTENANCE,
        @JsonProperty("retired")
        RETIRED
    }

    /** Whether it holds for a cluster at a moment. */
    public boolean appliesTo(String someCluster, Instant at) {
        return (cluster.equals(ALL_CLUSTERS) || cluster.equals(someCluster))
                && !at.isBefore(from)
                && (until == null || at.isBefore(until));
    }

    @Override
    public String eventId() {
        return cluster + ":" + kind + ":" + from.toEpochMilli();
    }

    @Override
    public Instant eventTime() {
        return from;
    }
}
