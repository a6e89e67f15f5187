package io.shardsync.actuator.bedside;

import com.fasterxml.jackson.databind.JsonNode;

import java.util.Optional;

/**
 * How a cluster is doing, from {@code GET _cluster/health}.
 *
 * @param status {@code green}, {@code yellow} or {@code red}
 * @param initializing copies that recover
 * @param relocating copies that move
 * @param unassigned copies without a place
 */
public record Condition(String status, int initializing, int relocating, int unassigned) {
    static final String FILTER = "status,initializing_shards,relocating_shards,unassigned_shards";

    static Condition read(JsonNode health) {
        return new Condition(
                health.path("status").asText("?"),
                health.path("initializing_shards").asInt(),
                health.path("relocating_shards").asInt(),
                health.path("unassigned_shards").asInt());
    }

    /** Why it should be spared work that can wait; empty where nothing speaks against it. */
    public Optional<String> unrest() {
        if (initializing > 0 || relocating > 0) {
            return Optional.of("the cluster recovers: " + initializing + " copies initialize, " + relocating + " move");
        }
        return status.equals("green")
                ? Optional.empty()
                : Optional.of("the cluster is " + status + ", " + unassigned + " copies are unassigned");
    }
}
