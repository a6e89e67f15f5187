package io.shardsync.sandbox.fault;

import io.shardsync.sandbox.Sandbox;

import java.util.Optional;
import java.util.Set;

/**
 * Somebody switched allocation off and forgot about it. Undone by removing the setting.
 *
 * @param index the index it is switched off for; empty for the whole cluster
 * @param value {@code none}, {@code primaries} or {@code new_primaries}
 */
public record SwitchOffAllocation(Optional<String> index, String value) implements Fault {
    private static final Set<String> VALUES = Set.of("none", "primaries", "new_primaries");

    /** @throws IllegalArgumentException when the value is none of the three */
    public SwitchOffAllocation {
        if (!VALUES.contains(value)) {
            throw new IllegalArgumentException(
                    "sandbox: allocation is to be switched to '" + value + "', allowed is one of " + VALUES);
        }
    }

    /** For every index. */
    public static SwitchOffAllocation inCluster(String value) {
        return new SwitchOffAllocation(Optional.empty(), value);
    }

    /** For one index. */
    public static SwitchOffAllocation ofIndex(String index, String value) {
        return new SwitchOffAllocation(Optional.of(index), value);
    }

    @Override
    public Runnable inject(Sandbox sandbox) {
        set(sandbox, "\"" + value + "\"");
        return () -> set(sandbox, "null");
    }

    private void set(Sandbox sandbox, String json) {
        if (index.isPresent()) {
            sandbox.http().put("/" + index.get() + "/_settings", "{\"index.routing.allocation.enable\":" + json + "}");
        } else {
            sandbox.http()
                    .put("/_cluster/settings", "{\"persistent\":{\"cluster.routing.allocation.enable\":" + json + "}}");
        }
    }
}
