package io.shardsync.actuator.plan;

import io.shardsync.actuator.bedside.ShardId;
import io.shardsync.schemas.model.RecoveryResult.PlannedCall;
import io.shardsync.schemas.model.RecoveryResult.Status;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What will be done, and when it is done.
 *
 * @param measures in their order; empty where nothing can or need be done
 * @param after what follows in any case once the goal is reached or given up: settings go back
 * @param goal when it is fulfilled
 * @param primaries those of the goal's shards whose primary is not assigned
 * @param rebuild the replica that will be overwritten with its primary's data; empty where none is
 * @param message for people: what the plan is, or why there is none
 * @param otherwise how the command ends where there is no measure
 */
public record Plan(
        List<Measure> measures,
        List<Measure> after,
        Goal goal,
        Set<ShardId> primaries,
        Optional<Rebuild> rebuild,
        String message,
        Status otherwise) {
    public Plan {
        measures = List.copyOf(measures);
        after = List.copyOf(after);
        primaries = Collections.unmodifiableSet(new TreeSet<>(primaries));
    }

    /**
     * A replica that will be rebuilt from its primary: what it alone holds is lost.
     *
     * @param shard the shard
     * @param node id of the replica's node
     */
    public record Rebuild(ShardId shard, String node) {}

    /** A plan to bring copies back to service. */
    public Plan(List<Measure> measures, Set<ShardId> targets, Set<ShardId> primaries, String message) {
        this(measures, List.of(), new Goal.Healed(targets), primaries, Optional.empty(), message, Status.NOTHING_TO_DO);
    }

    /** A plan to make one call and reach a goal. */
    static Plan to(Goal goal, Measure measure, String message) {
        return new Plan(List.of(measure), List.of(), goal, Set.of(), Optional.empty(), message, Status.NOTHING_TO_DO);
    }

    /** A plan to do nothing, for nothing needs to be done. */
    public static Plan nothing(String why) {
        return none(Status.NOTHING_TO_DO, why);
    }

    /** A plan to do nothing but to watch what Elasticsearch does by itself, and to verify it. */
    static Plan watching(Set<ShardId> shards, String why) {
        return new Plan(List.of(), shards, Set.of(), why);
    }

    /** A plan to do nothing, for it would not be safe. */
    static Plan held(String why) {
        return none(Status.HELD, why);
    }

    /** A plan to do nothing, for what is asked can't be. */
    static Plan rejected(String why) {
        return none(Status.REJECTED, why);
    }

    private static Plan none(Status status, String why) {
        return new Plan(List.of(), List.of(), new Goal.Healed(Set.of()), Set.of(), Optional.empty(), why, status);
    }

    /** The same, for a replica that is overwritten. */
    Plan rebuilding(ShardId shard, String node) {
        return new Plan(measures, after, goal, primaries, Optional.of(new Rebuild(shard, node)), message, otherwise);
    }

    public boolean isEmpty() {
        return measures.isEmpty();
    }

    /** Whether there is nothing to do, but something to watch. */
    public boolean onlyWatches() {
        return isEmpty() && !targets().isEmpty();
    }

    /** The shards it is about. */
    public Set<ShardId> targets() {
        return goal.shards();
    }

    /** The calls, in their order, those that follow in any case at the end. */
    public List<PlannedCall> calls() {
        return Stream.concat(measures.stream(), after.stream())
                .map(Measure::call)
                .toList();
    }
}
