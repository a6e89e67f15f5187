package io.shardsync.collector.read;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Where the copies of one index are, or should be.
 *
 * @param name index name
 * @param uuid {@code settings.index.uuid}; {@link #NO_UUID} if the answer does not say
 * @param settings allocation filters, switches and blocks that are set, by full name such as
 *     {@code index.routing.allocation.enable}
 * @param delayedTimeout {@code index.unassigned.node_left.delayed_timeout}
 * @param shards by shard number, ascending
 */
public record IndexRouting(
        String name, String uuid, Map<String, String> settings, Duration delayedTimeout, List<ShardRouting> shards) {
    /** What Elasticsearch itself writes where it knows no uuid. */
    public static final String NO_UUID = "_na_";

    /** Elasticsearch's default of {@code index.unassigned.node_left.delayed_timeout}. */
    public static final Duration DEFAULT_DELAYED_TIMEOUT = Duration.ofMinutes(1);
}
