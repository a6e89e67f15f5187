package io.shardsync.processor.judge;

import io.shardsync.processor.join.CopyGroup;
import io.shardsync.processor.judge.ShardMemory.Pace;
import io.shardsync.schemas.model.ConsistencyReport.Copy;
import io.shardsync.schemas.model.ConsistencyReport.Counts;
import io.shardsync.schemas.model.CopyState;
import io.shardsync.schemas.model.ShardSnapshot;
import io.shardsync.schemas.model.Verdict;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The light check: compares the checkpoints of a shard's copies. Equal ones say that no operation is missing; unequal
 * ones say something only of copies at rest, since under writes a replica is always some operations behind. Document
 * counts and store sizes of healthy copies differ nearly always, for ever where a copy is not searched and so not
 * refreshed: they are told as facts and never judged. Pure.
 *
 * @param rest how long primary and replica have to stand still before a difference counts
 */
public record LightPolicy(Duration rest) {
    /** What was seen is told again this often, and is evidence for as long. */
    static final Duration HOUR = Duration.ofHours(1);

    private static final String SHOWN = " (shown, not judged)";
    /** Identical copies were seen to differ in size by 45 %. */
    private static final int SIZES_APART = 2;

    /**
     * What is remembered of the light checks of a shard.
     *
     * @param verdict as last told
     * @param seenAt when the verdict was last borne out
     * @param toldAt when it was last told
     * @param doubts what was doubted then, as a hash
     */
    public record Light(Verdict verdict, Instant seenAt, Instant toldAt, int doubts) {}

    /**
     * @param memory to be kept
     * @param told if there is news, or an hour has passed
     */
    record Look(Light memory, Optional<ShardCheck> told) {}

    /** What one copy shows: null where it shows nothing now. */
    private record Shown(Verdict verdict, String doubt) {
        static final Shown NOTHING = new Shown(null, null);
        static final Shown EQUAL = new Shown(Verdict.CONSISTENT, null);
    }

    /**
     * @param group the collection judged
     * @param memory the judgement of it
     * @param before what was told earlier of the same index; null if nothing was
     */
    Look look(CopyGroup group, ShardMemory memory, Light before) {
        Instant now = group.collectedAt();
        if (!group.primaryActive()) {
            return found(group, memory, before, Verdict.INCONCLUSIVE, List.of("no primary"), copy -> Shown.NOTHING);
        }
        Set<Verdict> verdicts = EnumSet.noneOf(Verdict.class);
        List<String> doubts = new ArrayList<>();
        boolean allEqual = true;
        for (ShardSnapshot copy : group.replicas()) {
            Shown shown = shows(group, copy, memory);
            allEqual &= shown.verdict() == Verdict.CONSISTENT;
            if (shown.verdict() != null) {
                verdicts.add(shown.verdict());
            }
            if (shown.doubt() != null) {
                doubts.add(shown.doubt());
            }
        }
        if (verdicts.contains(Verdict.DIVERGENT)) {
            return found(group, memory, before, Verdict.DIVERGENT, doubts, copy -> shows(group, copy, memory));
        }
        if (verdicts.contains(Verdict.INCONCLUSIVE)) {
            return found(group, memory, before, Verdict.INCONCLUSIVE, doubts, copy -> shows(group, copy, memory));
        }
        if (allEqual) {
            return found(group, memory, before, Verdict.CONSISTENT, doubts, copy -> Shown.EQUAL);
        }
        boolean stillGood = before != null
                && before.verdict() != Verdict.INCONCLUSIVE
                && Duration.between(before.seenAt(), now).compareTo(HOUR) < 0;
        return stillGood
                ? new Look(before, Optional.empty())
                : found(
                        group,
                        memory,
                        before,
                        Verdict.INCONCLUSIVE,
                        List.of("not seen at rest, with every copy answering, within the last hour"),
                        copy -> shows(group, copy, memory));
    }

    private Look found(
            CopyGroup group,
            ShardMemory memory,
            Light before,
            Verdict verdict,
            List<String> doubts,
            Function<ShardSnapshot, Shown> shows) {
        Instant now = group.collectedAt();
        boolean news = before == null || before.verdict() != verdict || before.doubts() != doubts.hashCode();
        if (!news && hourOf(group, now) == hourOf(group, before.toldAt())) {
            return new Look(new Light(verdict, now, before.toldAt(), before.doubts()), Optional.empty());
        }
        List<Copy> copies = Stream.concat(Stream.of(group.primary()), group.replicas().stream())
                .filter(copy -> copy.nodeName() != null)
                .map(copy -> copy(copy, verdictOf(copy, group, shows)))
                .toList();
        ShardCheck check = new ShardCheck(
                group.key(),
                memory.indexUuid(),
                now,
                verdict,
                group.primaryActive() ? group.primary().nodeName() : null,
                copies,
                doubts,
                facts(copies));
        return new Look(new Light(verdict, now, now, doubts.hashCode()), Optional.of(check));
    }

    /** All shards of an index are told again together, and different indices at different times. */
    private static long hourOf(CopyGroup group, Instant at) {
        int phase = Math.floorMod((group.cluster() + "/" + group.key().index()).hashCode() * 31, (int) HOUR.toMillis());
        return Math.floorDiv(at.toEpochMilli() + phase, HOUR.toMillis());
    }

    private static Verdict verdictOf(ShardSnapshot copy, CopyGroup group, Function<ShardSnapshot, Shown> shows) {
        if (copy == group.primary()) {
            return group.primaryActive() && copy.answered() ? Verdict.CONSISTENT : Verdict.INCONCLUSIVE;
        }
        Verdict shown = shows.apply(copy).verdict();
        return shown == null ? Verdict.INCONCLUSIVE : shown;
    }

    private Shown shows(CopyGroup group, ShardSnapshot copy, ShardMemory memory) {
        ShardSnapshot primary = group.primary();
        if (copy.state() == CopyState.UNASSIGNED) {
            return new Shown(Verdict.INCONCLUSIVE, "a replica is unassigned");
        }
        if (copy.state() == CopyState.INITIALIZING) {
            return new Shown(Verdict.INCONCLUSIVE, "the replica on " + copy.nodeName() + " is being built");
        }
        if (!primary.answered() || primary.seqNo() == null || !copy.answered() || copy.seqNo() == null) {
            return Shown.NOTHING;
        }
        long end = primary.seqNo().max();
        boolean primaryWhole = primary.seqNo().localCheckpoint() == end;
        boolean equal = copy.seqNo().max() == end && copy.seqNo().localCheckpoint() == end;
        if (primaryWhole && equal) {
            return Shown.EQUAL;
        }
        return atRest(memory, copy, end, group.collectedAt())
                ? new Shown(
                        Verdict.DIVERGENT,
                        "the replica on " + copy.nodeName() + " ends at operation "
                                + copy.seqNo().max() + " and has all up to "
                                + copy.seqNo().localCheckpoint() + ", the primary on " + primary.nodeName()
                                + " ends at " + end + " and has all up to "
                                + primary.seqNo().localCheckpoint() + ", and neither moves")
                : Shown.NOTHING;
    }

    private boolean atRest(ShardMemory memory, ShardSnapshot copy, long end, Instant now) {
        List<PrimaryHistory.Sample> samples = memory.history().samples();
        Pace pace = memory.paceOf(copy.allocationId());
        return !samples.isEmpty()
                && samples.get(samples.size() - 1).maxSeqNo() == end
                && isOver(samples.get(samples.size() - 1).at(), now)
                && pace != null
                && isOver(pace.since(), now);
    }

    private boolean isOver(Instant since, Instant now) {
        return Duration.between(since, now).compareTo(rest) >= 0;
    }

    private static Copy copy(ShardSnapshot copy, Verdict verdict) {
        return new Copy(
                copy.nodeName(),
                copy.docs() == null ? null : copy.docs().count(),
                copy.storeBytes(),
                copy.seqNo() == null ? null : copy.seqNo().max(),
                null,
                verdict,
                List.of(),
                List.of(),
                List.of(),
                new Counts(0, 0, 0));
    }

    private static List<String> facts(List<Copy> copies) {
        List<String> facts = new ArrayList<>();
        if (copies.stream().map(Copy::docs).filter(Objects::nonNull).distinct().count() > 1) {
            facts.add("document counts: " + each(copies, Copy::docs) + SHOWN);
        }
        List<Long> sizes =
                copies.stream().map(Copy::storeBytes).filter(Objects::nonNull).toList();
        long least = sizes.stream().mapToLong(Long::longValue).min().orElse(0);
        long most = sizes.stream().mapToLong(Long::longValue).max().orElse(0);
        if (most > least * SIZES_APART) {
            facts.add("bytes on disk: " + each(copies, Copy::storeBytes) + SHOWN);
        }
        return facts;
    }

    private static String each(List<Copy> copies, Function<Copy, Long> number) {
        return copies.stream()
                .filter(copy -> number.apply(copy) != null)
                .map(copy -> copy.node() + " " + number.apply(copy))
                .collect(Collectors.joining(", "));
    }
}
