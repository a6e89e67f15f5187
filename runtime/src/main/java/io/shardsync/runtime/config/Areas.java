package io.shardsync.runtime.config;

import java.util.Set;

/** One file may serve all services: each leaves alone what belongs to the others. */
final class Areas {
    private static final Set<String> AREAS =
            Set.of("collector", "processor", "actuator", "alerts", "healing", "approval", "consistency", "control");

    private Areas() {}

    /**
     * Whether an undeclared key is another service's business. Not if it lies in the service's own area, nor if it is
     * hardly different from a key declared here: then it is a slip of the pen.
     */
    static boolean leaveToOthers(Definition definition, String key) {
        String area = key.contains(".") ? key.substring(0, key.indexOf('.')) : key;
        return AREAS.contains(area)
                && !area.equals(definition.service())
                && Nearest.to(key, definition.names(), 2).isEmpty();
    }
}
