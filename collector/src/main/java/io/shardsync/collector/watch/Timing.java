package io.shardsync.collector.watch;

import java.time.Duration;

/**
 * How often.
 *
 * @param poll between two looks at the state's version
 * @param interval between two collections of a quiet cluster
 * @param fullInterval between two full collections
 * @param nodeTimeout how long a node may take to answer
 */
public record Timing(Duration poll, Duration interval, Duration fullInterval, Duration nodeTimeout) {
    /** Collections come no closer than this, whatever happens in the cluster. */
    static final Duration LEAST_GAP = Duration.ofMillis(500);
}
