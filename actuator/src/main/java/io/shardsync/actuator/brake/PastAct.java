package io.shardsync.actuator.brake;

import java.time.Instant;
import java.util.Set;

/**
 * A state-changing call that was made, or may have been.
 *
 * @param commandId by which command
 * @param cluster the configured cluster name
 * @param action as in the plan, such as {@code retry_failed}
 * @param at when it was about to be made
 * @param affects the shards and settings it touched
 */
public record PastAct(String commandId, String cluster, String action, Instant at, Set<String> affects) {
    public PastAct {
        affects = Set.copyOf(affects);
    }
}
