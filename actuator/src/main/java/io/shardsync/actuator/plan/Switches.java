package io.shardsync.actuator.plan;

import io.shardsync.actuator.bedside.SettingsView;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Which allocation switches are off, and where. */
final class Switches {
    static final String CLUSTER_ALLOCATION = "cluster.routing.allocation.enable";

    /** The switches that may be put back, by their names. */
    static final Set<String> CLUSTER_SWITCHES = Set.of(CLUSTER_ALLOCATION, "cluster.routing.rebalance.enable");

    private static final String ON = "all";

    private Switches() {}

    /**
     * The scopes at which a switch has to be cleared for it to be on; empty where it is on. A transient value hides the
     * persistent one, so a persistent "off" behind a transient "all" does no harm and is left alone.
     */
    static Map<String, String> offScopes(SettingsView settings, String setting) {
        Map<String, String> scopes = new LinkedHashMap<>(settings.scopesOf(setting));
        if (scopes.getOrDefault("transient", "none").equals(ON)) {
            return Map.of();
        }
        scopes.values().removeIf(ON::equals);
        return scopes;
    }

    /** The indices for which it is off. */
    static Map<String, String> offIndices(Map<String, String> valueByIndex) {
        Map<String, String> off = new LinkedHashMap<>(valueByIndex);
        off.values().removeIf(ON::equals);
        return off;
    }
}
