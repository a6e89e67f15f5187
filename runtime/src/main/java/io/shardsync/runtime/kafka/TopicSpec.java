package io.shardsync.runtime.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A topic as it must be.
 *
 * @param name full name, prefix included
 * @param partitions at least 1
 * @param cleanupPolicy {@code delete}, {@code compact} or {@code compact,delete}; the order doesn't matter
 * @param retention how long records are kept where they are deleted; empty for the broker's default
 * @param configs further settings of a topic we create; not checked on one that exists
 */
public record TopicSpec(
        String name, int partitions, String cleanupPolicy, Optional<Duration> retention, Map<String, String> configs) {
    private static final Set<String> POLICIES = Set.of("delete", "compact");

    /** Checks that the values make sense. */
    public TopicSpec {
        if (partitions < 1) {
            throw new IllegalArgumentException(name + ": partitions " + partitions + " must be at least 1");
        }
        if (!POLICIES.containsAll(policies(cleanupPolicy))) {
            throw new IllegalArgumentException(
                    name + ": cleanup policy \"" + cleanupPolicy + "\" must be made of delete and compact");
        }
        configs = Map.copyOf(configs);
    }

    /** With {@code retention} null for the broker's default, and no further settings. */
    public TopicSpec(String name, int partitions, String cleanupPolicy, Duration retention) {
        this(name, partitions, cleanupPolicy, Optional.ofNullable(retention), Map.of());
    }

    /** The settings of a new topic. */
    Map<String, String> allConfigs() {
        Map<String, String> all = new HashMap<>(configs);
        all.put("cleanup.policy", cleanupPolicy);
        retention.ifPresent(time -> all.put("retention.ms", Long.toString(time.toMillis())));
        return all;
    }

    boolean hasPolicy(String found) {
        return policies(found).equals(policies(cleanupPolicy));
    }

    private static Set<String> policies(String list) {
        return Set.of(list.strip().split("\\s*,\\s*"));
    }
}
