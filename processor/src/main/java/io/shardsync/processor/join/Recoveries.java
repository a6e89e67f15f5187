package io.shardsync.processor.join;

import io.shardsync.schemas.model.RecoveryEvent;
import io.shardsync.schemas.model.RecoveryEvent.Outcome;
import io.shardsync.schemas.model.ReplicationStatus.RecoveryProgress;

import java.util.Map;
import java.util.TreeMap;

/**
 * The recoveries of one shard that run now.
 *
 * @param byTarget the newest progress, by the target's allocation id
 */
public record Recoveries(Map<String, RecoveryProgress> byTarget) {

    public Recoveries {
        byTarget = byTarget == null ? Map.of() : Map.copyOf(byTarget);
    }

    public static Recoveries none() {
        return new Recoveries(Map.of());
    }

    /**
     * A running recovery replaces what was known of it, an ended one leaves; an older reading is ignored.
     *
     * @return null when none is left, so that nothing is kept of shards that have long been built
     */
    public Recoveries with(RecoveryEvent event) {
        RecoveryProgress known = byTarget.get(event.recoveryId());
        if (known != null && known.at().isAfter(event.at())) {
            return this;
        }
        Map<String, RecoveryProgress> next = new TreeMap<>(byTarget);
        if (event.outcome() == Outcome.RUNNING) {
            next.put(event.recoveryId(), RecoveryProgress.of(event));
        } else {
            next.remove(event.recoveryId());
        }
        return next.isEmpty() ? null : new Recoveries(next);
    }
}
