package io.shardsync.actuator.plan;

import io.shardsync.actuator.bedside.ShardId;
import io.shardsync.schemas.model.RecoveryResult.PlannedCall;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What will be done, and when it is done.
 *
 * @param measures in their order; empty where nothing can or need be done
 * @param targets shards all of whose copies must be STARTED afterwards
 * @param primaries those of the targets whose primary is not assigned
 * @param message for people: what the plan is, or why there is none
 */
public record Plan(List<Measure> measures, Set<ShardId> targets, Set<ShardId> primaries, String message) {
    public Plan {
        measures = List.copyOf(measures);
        targets = Collections.unmodifiableSet(new TreeSet<>(targets));
        primaries = Collections.unmodifiableSet(new TreeSet<>(primaries));
    }

    /** A plan to do nothing. */
    public static Plan nothing(String why) {
        return new Plan(List.of(), Set.of(), Set.of(), why);
    }

    public boolean isEmpty() {
        return measures.isEmpty();
    }

    /** The calls, in their order. */
    public List<PlannedCall> calls() {
        return measures.stream().map(Measure::call).toList();
    }
}
