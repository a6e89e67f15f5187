package io.shardsync.collector.read;

import com.fasterxml.jackson.core.JsonParser;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is set on the cluster, {@code GET _cluster/settings?flat_settings=true}, by full name.
 *
 * @param persistent survives a restart of all nodes
 * @param temporary Elasticsearch's transient settings, which override persistent ones
 */
public record ClusterSettings(Map<String, String> persistent, Map<String, String> temporary) {
    static final String PATH = "/_cluster/settings";
    static final String FILTER = "persistent,transient";

    /** Copies the maps. */
    public ClusterSettings {
        persistent = Map.copyOf(persistent);
        temporary = Map.copyOf(temporary);
    }

    /** @throws IOException when the body is not JSON or ends early */
    public static ClusterSettings read(JsonParser json) throws IOException {
        Map<String, String> persistent = new TreeMap<>();
        Map<String, String> temporary = new TreeMap<>();
        json.nextToken();
        Walk.members(json, (name, at) -> {
            switch (name) {
                case "persistent" -> Walk.members(at, (setting, value) -> put(persistent, setting, value));
                case "transient" -> Walk.members(at, (setting, value) -> put(temporary, setting, value));
                default -> {}
            }
        });
        return new ClusterSettings(persistent, temporary);
    }

    private static void put(Map<String, String> settings, String name, JsonParser json) throws IOException {
        if (json.isExpectedStartArrayToken()) {
            List<String> values = new ArrayList<>();
            Walk.elements(json, at -> values.add(Walk.text(at)));
            settings.put(name, String.join(",", values));
        } else if (Walk.text(json) != null) {
            settings.put(name, Walk.text(json));
        }
    }
}
