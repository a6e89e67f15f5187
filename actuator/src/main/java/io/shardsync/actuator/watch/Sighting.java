package io.shardsync.actuator.watch;

import io.shardsync.actuator.bedside.ClusterView;
import io.shardsync.actuator.bedside.Copy;
import io.shardsync.actuator.bedside.Recoveries;
import io.shardsync.actuator.bedside.ShardId;
import io.shardsync.schemas.model.CopyState;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * The targets, seen once.
 *
 * @param at when
 * @param copies how many copies the targets have; 0 when all of them were deleted
 * @param started how many of them serve
 * @param initializing how many recover
 * @param recoveries how far those have come
 * @param words the same for people
 */
public record Sighting(Instant at, int copies, int started, int initializing, Recoveries recoveries, String words) {

    /** Counts the targets in a routing table; a target that was deleted counts for nothing. */
    public static Sighting of(Instant at, ClusterView view, Set<ShardId> targets, Recoveries recoveries) {
        List<Copy> copies = targets.stream()
                .map(view.groups()::get)
                .filter(Objects::nonNull)
                .flatMap(Collection::stream)
                .toList();
        int started = (int) copies.stream().filter(Copy::serves).count();
        int initializing = (int) copies.stream()
                .filter(copy -> copy.state() == CopyState.INITIALIZING)
                .count();
        return new Sighting(
                at,
                copies.size(),
                started,
                initializing,
                recoveries,
                started == copies.size()
                        ? "all " + copies.size() + " copies of " + targets.size() + " shards are STARTED"
                        : started + " of " + copies.size() + " copies are STARTED, " + initializing + " recover");
    }

    boolean healed() {
        return started == copies;
    }

    /** Copies that nothing is being done about at this moment. */
    int idle() {
        return copies - started - initializing;
    }
}
