package io.shardsync.collector.recovery;

import io.shardsync.collector.group.Stamp;
import io.shardsync.collector.read.ClusterState;
import io.shardsync.collector.read.CopyRouting;
import io.shardsync.collector.read.IndexRouting;
import io.shardsync.collector.read.RecoveryReading;
import io.shardsync.collector.read.ShardRouting;
import io.shardsync.schemas.model.CopyState;
import io.shardsync.schemas.model.RecoveryEvent;
import io.shardsync.schemas.model.RecoveryEvent.Outcome;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * All recoveries of one cluster. Immutable: a collection that can't be published simply forgets what followed from it,
 * so no last event is lost.
 */
public final class RecoveryTracker {
    /** By then Elasticsearch has done without a node that hangs, and a list that can't be read never will be. */
    private static final Duration LONGEST_TAKEOVER = Duration.ofMinutes(3);

    private final ClusterState before;
    private final Map<String, Progress> running;
    private final Instant predecessor;
    /** When the first step was made; null before it. */
    private final Instant begunAt;

    private RecoveryTracker(ClusterState before, Map<String, Progress> running, Instant predecessor, Instant begunAt) {
        this.before = before;
        this.running = running;
        this.predecessor = predecessor;
        this.begunAt = begunAt;
    }

    /** Has seen nothing. */
    public static RecoveryTracker create() {
        return new RecoveryTracker(null, Map.of(), null, null);
    }

    /** @param predecessor when another one looked last, who may have told of recoveries whose end it did not see */
    public static RecoveryTracker after(Instant predecessor) {
        return new RecoveryTracker(null, Map.of(), predecessor, null);
    }

    /**
     * What a collection adds.
     *
     * @param events at most one for each recovery
     * @param after the tracker to go on with once the events are published
     */
    public record Step(List<RecoveryEvent> events, RecoveryTracker after) {}

    /** Number of recoveries under way. */
    public int size() {
        return running.size();
    }

    /**
     * Whether the next step wants all recoveries, those that have ended included: a predecessor may have begun them.
     * That lasts until they could be read once, for some minutes at most.
     */
    public boolean isTakingOver() {
        return predecessor != null;
    }

    /**
     * Names of indices in which copies have started since the last step: only a list of all their recoveries still
     * shows the final numbers.
     */
    public Set<String> endedIn(ClusterState now) {
        Set<String> indices = new TreeSet<>();
        startedSince(now).forEach(target -> indices.add(target.index()));
        return indices;
    }

    /**
     * Takes the next readings.
     *
     * @param readings of active recoveries, and of all in the indices of {@link #endedIn}; all there are when
     *     {@link #isTakingOver}; none where they could not be read, and then an end is told without its numbers
     */
    public Step next(Stamp stamp, ClusterState now, RecoveryReadings readings) {
        Instant at = stamp.collectedAt();
        Instant begun = begunAt == null ? at : begunAt;
        Readings found = new Readings(readings.readings());
        List<RecoveryEvent> events = new ArrayList<>();
        Map<String, Progress> still = new LinkedHashMap<>();
        Shards shards = new Shards(now);

        for (Progress progress : running.values()) {
            shards.fateOf(progress.target()).ifPresent(outcome -> {
                Progress last = outcome == Outcome.DONE
                        ? found.done(progress.target())
                                .map(reading -> progress.with(reading, at))
                                .orElse(progress)
                        : progress;
                events.add(last.event(stamp, at, outcome));
            });
        }
        for (Target target : startedSince(now)) {
            if (!running.containsKey(target.recoveryId())) {
                Progress unseen = Progress.begin(target, at);
                events.add(found.done(target)
                        .map(reading -> unseen.with(reading, at))
                        .orElse(unseen)
                        .event(stamp, at, Outcome.DONE));
            }
        }
        if (isTakingOver() && readings.all()) {
            Set<String> told = events.stream().map(RecoveryEvent::recoveryId).collect(Collectors.toSet());
            for (Target target : targets(now, copy -> serves(copy) && !told.contains(copy.allocationId()))) {
                found.done(target)
                        .filter(reading ->
                                reading.endedAt() != null && !reading.endedAt().isBefore(predecessor))
                        .ifPresent(reading -> events.add(
                                Progress.begin(target, at).with(reading, at).event(stamp, at, Outcome.DONE)));
            }
        }
        for (Target target : targets(now, CopyRouting::recovers)) {
            Progress known = running.get(target.recoveryId());
            Progress progress = known == null ? Progress.begin(target, at) : known;
            Optional<RecoveryReading> reading = found.active(target);
            Progress next = reading.map(newer -> progress.with(newer, at)).orElse(progress);
            still.put(target.recoveryId(), next);
            if (known == null || reading.isPresent()) {
                events.add(next.event(stamp, at, Outcome.RUNNING));
            }
        }
        boolean takenOver = readings.all() || at.isAfter(begun.plus(LONGEST_TAKEOVER));
        return new Step(List.copyOf(events), new RecoveryTracker(now, still, takenOver ? null : predecessor, begun));
    }

    private static List<Target> targets(ClusterState state, Predicate<CopyRouting> which) {
        List<Target> targets = new ArrayList<>();
        for (IndexRouting index : state.indices()) {
            for (ShardRouting shard : index.shards()) {
                for (CopyRouting copy : shard.copies()) {
                    if (which.test(copy)) {
                        targets.add(Target.of(state, index, shard, copy));
                    }
                }
            }
        }
        return targets;
    }

    /** Copies that serve now and did not exist, or did not serve yet, in the state before. */
    private List<Target> startedSince(ClusterState now) {
        if (before == null || before.stateUuid() != null && before.stateUuid().equals(now.stateUuid())) {
            return List.of();
        }
        Map<String, IndexRouting> former = new HashMap<>();
        before.indices().forEach(index -> former.put(index.name(), index));
        List<Target> started = new ArrayList<>();
        for (IndexRouting index : now.indices()) {
            IndexRouting was = former.get(index.name());
            if (was != null && was.shards().equals(index.shards())) {
                continue;
            }
            Set<String> served = was == null ? Set.of() : serving(was);
            for (ShardRouting shard : index.shards()) {
                for (CopyRouting copy : shard.copies()) {
                    if (serves(copy) && !served.contains(copy.allocationId())) {
                        started.add(Target.of(now, index, shard, copy));
                    }
                }
            }
        }
        return started;
    }

    private static Set<String> serving(IndexRouting index) {
        Set<String> ids = new HashSet<>();
        for (ShardRouting shard : index.shards()) {
            for (CopyRouting copy : shard.copies()) {
                if (serves(copy)) {
                    ids.add(copy.allocationId());
                }
            }
        }
        return ids;
    }

    private static boolean serves(CopyRouting copy) {
        return copy.state() == CopyState.STARTED || copy.state() == CopyState.RELOCATING;
    }

    /** Where the shards of one state are found by name and number. */
    private static final class Shards {
        private final Map<String, IndexRouting> indices = new HashMap<>();

        Shards(ClusterState state) {
            state.indices().forEach(index -> indices.put(index.name(), index));
        }

        /** How a recovery ended; empty while it runs. */
        Optional<Outcome> fateOf(Target target) {
            IndexRouting index = indices.get(target.index());
            if (index == null || !index.uuid().equals(target.indexUuid())) {
                return Optional.of(Outcome.CANCELLED);
            }
            for (ShardRouting shard : index.shards()) {
                if (shard.shard() == target.shard()) {
                    return fateOf(target, shard);
                }
            }
            return Optional.of(Outcome.CANCELLED);
        }

        private static Optional<Outcome> fateOf(Target target, ShardRouting shard) {
            for (CopyRouting copy : shard.copies()) {
                if (target.recoveryId().equals(copy.allocationId())) {
                    return serves(copy) ? Optional.of(Outcome.DONE) : Optional.empty();
                }
            }
            return Optional.of(target.failedBy(shard) ? Outcome.FAILED : Outcome.CANCELLED);
        }
    }

    /** Readings by the place of the copy they fill: an index has one copy of a shard on a node. */
    private static final class Readings {
        private final Map<Place, RecoveryReading> places = new HashMap<>();

        private record Place(String index, int shard, String nodeId) {}

        Readings(List<RecoveryReading> readings) {
            readings.forEach(reading -> places.merge(
                    new Place(reading.index(), reading.shard(), reading.targetNodeId()), reading, Readings::newer));
        }

        private static RecoveryReading newer(RecoveryReading one, RecoveryReading other) {
            boolean firstEnded = RecoveryEvent.DONE.equals(one.stage());
            boolean otherEnded = RecoveryEvent.DONE.equals(other.stage());
            if (one.startedAt().equals(other.startedAt()) && firstEnded != otherEnded) {
                return firstEnded ? one : other;
            }
            return other.startedAt().isBefore(one.startedAt()) ? one : other;
        }

        Optional<RecoveryReading> active(Target target) {
            return Optional.ofNullable(at(target)).filter(reading -> !RecoveryEvent.DONE.equals(reading.stage()));
        }

        Optional<RecoveryReading> done(Target target) {
            return Optional.ofNullable(at(target)).filter(reading -> RecoveryEvent.DONE.equals(reading.stage()));
        }

        private RecoveryReading at(Target target) {
            return places.get(new Place(target.index(), target.shard(), target.nodeId()));
        }
    }
}
