package io.shardsync.actuator.bedside;

import com.fasterxml.jackson.databind.JsonNode;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Cluster settings that someone has set, from {@code GET _cluster/settings?flat_settings=true}. A transient one
 * overrides a persistent one of the same name.
 *
 * @param persistent values by name
 * @param fleeting the transient ones, by name
 */
public record SettingsView(Map<String, String> persistent, Map<String, String> fleeting) {
    public SettingsView {
        persistent = Map.copyOf(persistent);
        fleeting = Map.copyOf(fleeting);
    }

    /** Reads the answer. */
    public static SettingsView read(JsonNode settings) {
        return new SettingsView(flat(settings.path("persistent")), flat(settings.path("transient")));
    }

    private static Map<String, String> flat(JsonNode scope) {
        Map<String, String> values = new HashMap<>();
        scope.properties()
                .forEach(entry -> values.put(entry.getKey(), entry.getValue().asText()));
        return values;
    }

    /** A setting's values by the scope where it is set; empty where it is set in none of the two. */
    public Map<String, String> scopesOf(String setting) {
        Map<String, String> scopes = new LinkedHashMap<>();
        if (persistent.containsKey(setting)) {
            scopes.put("persistent", persistent.get(setting));
        }
        if (fleeting.containsKey(setting)) {
            scopes.put("transient", fleeting.get(setting));
        }
        return scopes;
    }
}
