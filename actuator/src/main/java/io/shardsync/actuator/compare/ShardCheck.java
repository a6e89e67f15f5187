package io.shardsync.actuator.compare;

import io.shardsync.actuator.bedside.Bedside;
import io.shardsync.actuator.bedside.Copy;
import io.shardsync.actuator.bedside.CopyReader;
import io.shardsync.actuator.bedside.CopyStats;
import io.shardsync.actuator.bedside.IndexFacts;
import io.shardsync.actuator.bedside.IndexView;
import io.shardsync.actuator.bedside.NotAnswered;
import io.shardsync.actuator.bedside.ShardId;
import io.shardsync.actuator.bedside.Span;
import io.shardsync.actuator.diagnose.Pause;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;

/**
 * Compares the copies of one shard after the other, each slice by slice, up to what every copy had when it began. A
 * slice counts once the copies are seen to be the same as before. Used by one thread.
 */
public final class ShardCheck {
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
    private static final long FIRST_SLICE = 262_144;

    private final Bedside bedside;
    private final CopyReader reader;
    private final Clock clock;
    private final Pace pace;
    private final Pause pause;
    private final Reads reads;
    private final Slicing slicing;
    /** For the cluster to be well, in all checks made with this. */
    private Duration waited = Duration.ZERO;
    /** What the last slice still owes to the pace; a shard's last one is followed by the next shard's first. */
    private Duration owed = Duration.ZERO;
    /** The newest operation that the shard's primary is known to have had. */
    private long newest;

    /** @param threads on which copies are read at the same moment; stays the caller's */
    public ShardCheck(Bedside bedside, ExecutorService threads, Clock clock, Pace pace, Pause pause) {
        this.bedside = bedside;
        this.reader = bedside.copies();
        this.clock = clock;
        this.pace = pace;
        this.pause = pause;
        this.reads = new Reads(reader, threads, pause);
        this.slicing = new Slicing(reads, pause);
    }

    /**
     * Checks a shard.
     *
     * @throws NotAnswered if not even its copies can be looked up
     */
    public Checked check(Task task, Follower follower) {
        Instant begun = clock.instant();
        Patience patience = new Patience(task, follower);
        Optional<String> unrest = patience.awaitCalm();
        IndexView seen = reader.look(task.shard().index());
        Group group = group(seen, task);
        Findings findings = new Findings(task, group);
        Optional<String> objection = group.objection()
                .or(() -> seen.facts().map(IndexFacts::unreadable))
                .or(() -> unrest)
                .or(() -> withoutSeqNos(group));
        if (objection.isPresent()) {
            return findings.unchecked(objection.get(), clock.instant(), Map.of());
        }
        Map<String, CopyStats> stats = reader.stats(task.shard(), group.nodes());
        Optional<Copy> silent = group.copies().stream()
                .filter(copy -> !stats.containsKey(copy.node()))
                .findFirst();
        if (silent.isPresent()) {
            return findings.unchecked(
                    "the node of the " + silent.get().role() + ", " + group.name(silent.get())
                            + ", does not tell its checkpoints",
                    clock.instant(),
                    stats);
        }
        Optional<Standing> resumed = task.resume()
                .filter(told -> Standing.concerns(told, task))
                .flatMap(told -> Standing.resumed(told, group, task.depth()));
        if (task.resume().filter(told -> Standing.concerns(told, task)).isPresent() && resumed.isEmpty()) {
            return findings.unchecked(
                    "the copies changed while the actuator was restarted; what had been compared no longer counts",
                    clock.instant(),
                    stats);
        }
        Extent extent;
        try {
            extent = Extent.of(group, stats, task.replica().isPresent(), reader, pause);
        } catch (NotAnswered e) {
            return findings.unchecked(e.getMessage(), clock.instant(), stats);
        }
        extent.doubts().forEach(findings::issue);
        newest = extent.upTo();
        Standing standing = resumed.orElseGet(() -> new Standing(group, task.depth(), begun, extent.upTo()));
        String withoutContent = seen.facts().map(IndexFacts::withoutContent).orElse(null);
        Slicing.Content content;
        try {
            content = task.depth() == Depth.CONTENT && withoutContent == null
                    ? content(group, seen.facts().orElseThrow(), stats)
                    : null;
        } catch (NotAnswered e) {
            return findings.unchecked(e.getMessage(), clock.instant(), stats);
        }
        Optional<Stopped> stopped = slices(standing, content, patience, task, follower);
        if (task.depth() == Depth.CONTENT && withoutContent != null) {
            findings.issue(withoutContent);
        }
        return findings.checked(standing, stopped, clock.instant(), statsIfAnswered(group.shard(), group.nodes()));
    }

    private static Group group(IndexView view, Task task) {
        Group all = Group.of(view, task.shard());
        return task.replica().map(all::only).orElse(all);
    }

    private Optional<String> withoutSeqNos(Group group) {
        try {
            return group.copies().stream()
                    .filter(copy -> !reader.hasSeqNos(group.pin(copy)))
                    .findFirst()
                    .map(copy -> "the documents carry no sequence numbers");
        } catch (NotAnswered e) {
            return Optional.of(e.getMessage());
        }
    }

    private Slicing.Content content(Group group, IndexFacts facts, Map<String, CopyStats> stats) {
        CopyStats primary = stats.get(group.primary().orElseThrow().node());
        return new Slicing.Content(
                reader.docValueFields(group.shard().index(), facts.runtimeFields()),
                primary.storeBytes() / Math.max(1, primary.docs()));
    }

    /** Empty where all were compared. */
    private Optional<Stopped> slices(
            Standing standing, Slicing.Content content, Patience patience, Task task, Follower follower) {
        long length = Math.min(pace.sliceDocs(), FIRST_SLICE);
        while (!standing.done()) {
            pause.pause(owed);
            owed = Duration.ZERO;
            Optional<String> unrest = patience.awaitCalm();
            if (unrest.isPresent()) {
                return unrest.map(Stopped::before);
            }
            Instant begun = clock.instant();
            Span slice = Slices.next(standing.next(), standing.upTo(), length);
            Optional<Outcome> outcome;
            try {
                outcome = Optional.of(slicing.compare(standing.group(), slice, standing.upTo(), content));
            } catch (NotAnswered e) {
                Optional<Stopped> changed = changed(standing, task);
                if (changed.isPresent()) {
                    return changed;
                }
                if (e.kind() == NotAnswered.Kind.REFUSED || !patience.spend(e.getMessage())) {
                    return Optional.of(Stopped.before(e.getMessage()));
                }
                outcome = Optional.empty();
                length = Math.max(Slices.WIDTH, length / 2);
            }
            if (outcome.isEmpty()) {
                continue;
            }
            Optional<Stopped> changed = changed(standing, task);
            if (changed.isPresent()) {
                return changed;
            }
            standing.advance(outcome.get(), slice.to());
            follower.advanced(standing.share(), words(standing), standing::told);
            Duration took = Duration.between(begun, clock.instant());
            owed = pace.rest(slice.length(), took, reads.slowest(), written(standing.group()));
            length = pace.next(length, took);
        }
        return Optional.empty();
    }

    private static String words(Standing standing) {
        long found = standing.group().replicas().stream()
                .mapToLong(replica -> standing.differences(replica).total())
                .sum();
        return standing.group().shard() + " compared up to operation " + (standing.next() - 1) + " of "
                + standing.upTo() + ", " + (found == 0 ? "no difference so far" : found + " differences so far");
    }

    private Optional<Stopped> changed(Standing standing, Task task) {
        Group now = group(reader.look(task.shard().index()), task);
        return standing.group().changedTo(now).map(what -> Stopped.byChange(what, now));
    }

    /** Whether the primary has taken in more since this was asked last. Where it does not say, it has enough to do. */
    private boolean written(Group group) {
        String node = group.primary().orElseThrow().node();
        long before = newest;
        CopyStats stats = statsIfAnswered(group.shard(), List.of(node)).get(node);
        if (stats == null) {
            return true;
        }
        newest = stats.maxSeqNo();
        return newest > before;
    }

    private Map<String, CopyStats> statsIfAnswered(ShardId shard, List<String> nodes) {
        try {
            return reader.stats(shard, nodes);
        } catch (NotAnswered e) {
            return Map.of();
        }
    }

    /** Waits while the cluster has other worries, and for no longer than a check may. */
    private final class Patience {
        private final boolean gentle;
        private final Follower follower;

        Patience(Task task, Follower follower) {
            this.gentle = task.gentle();
            this.follower = follower;
        }

        /** Empty once nothing speaks against going on; otherwise what still does when patience is at its end. */
        Optional<String> awaitCalm() {
            while (gentle) {
                Optional<String> unrest = unrest();
                if (unrest.isEmpty()) {
                    return unrest;
                }
                if (!spend(unrest.get())) {
                    return Optional.of(unrest.get() + "; waited for " + waited.toSeconds() + " s");
                }
            }
            return Optional.empty();
        }

        /** Waits once more; false where that would be too long. */
        boolean spend(String why) {
            if (waited.compareTo(pace.patience()) >= 0) {
                return false;
            }
            follower.waits(why);
            Instant begun = clock.instant();
            pause.pause(BETWEEN_LOOKS);
            Duration passed = Duration.between(begun, clock.instant());
            waited = waited.plus(passed.compareTo(BETWEEN_LOOKS) > 0 ? passed : BETWEEN_LOOKS);
            return true;
        }

        private Optional<String> unrest() {
            List<String> reasons = new ArrayList<>();
            try {
                reader.condition().unrest().ifPresent(reasons::add);
                var pulse = bedside.pulse();
                if (!pulse.allAnswer()) {
                    reasons.add(pulse.failed() + " of " + pulse.members() + " nodes do not answer within a second");
                }
            } catch (NotAnswered e) {
                reasons.add("the cluster does not answer: " + e.getMessage());
            }
            return reasons.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", reasons));
        }
    }
}
