package io.shardsync.actuator.compare;

import io.shardsync.schemas.model.ConsistencyReport;
import io.shardsync.schemas.model.ConsistencyReport.Copy;
import io.shardsync.schemas.model.ConsistencyReport.Counts;
import io.shardsync.schemas.model.ConsistencyReport.Method;
import io.shardsync.schemas.model.ConsistencyReport.Shard;
import io.shardsync.schemas.model.Verdict;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Makes an index's report of its shards' checks, whenever each was made. Pure. */
public final class IndexReport {
    /** Of all ids in a report, in characters: a record is at most a million bytes long. */
    private static final int MOST_CHARACTERS = 200_000;

    private static final int MOST_ISSUES = 100;
    private static final int FEW_IDS = 5;

    private IndexReport() {}

    /**
     * A report with one shard checked anew.
     *
     * @param before the report that stands; empty where there is none, or of an index of this name that is gone
     * @param shards how many the index has
     * @param tookMs of the command so far
     */
    public static ConsistencyReport merged(
            Optional<ConsistencyReport> before,
            String cluster,
            String index,
            int shards,
            Checked checked,
            long tookMs,
            String commandId) {
        SortedMap<Integer, Shard> all = new TreeMap<>();
        before.filter(report -> Objects.equals(report.indexUuid(), checked.indexUuid()))
                .ifPresent(report -> report.shards().stream()
                        .filter(shard -> shard.shard() < shards)
                        .forEach(shard -> all.put(shard.shard(), shard)));
        all.merge(checked.shard().shard(), checked.shard(), IndexReport::notDisproved);
        List<Integer> unchecked = IntStream.range(0, shards)
                .filter(shard -> !all.containsKey(shard))
                .boxed()
                .toList();
        return new ConsistencyReport(
                cluster,
                index,
                String.valueOf(checked.indexUuid()),
                checked.shard().checkedAt(),
                Method.FINGERPRINT,
                verdict(all.values(), unchecked),
                coverage(all.values(), shards),
                small(all.values()),
                issues(index, all.values(), unchecked),
                tookMs,
                commandId);
    }

    /**
     * A shard checked anew. Content that differed stays on record until a check by content has come to an end: by
     * versions alone such copies are equal.
     */
    private static Shard notDisproved(Shard before, Shard now) {
        if (verdict(now) != Verdict.INCONCLUSIVE || !Depth.CONTENT.word().equals(before.depth())) {
            return now;
        }
        List<String> issues = new ArrayList<>(now.issues());
        List<Copy> copies = new ArrayList<>();
        for (Copy copy : now.copies()) {
            Optional<Copy> differed = before.copies().stream()
                    .filter(one ->
                            one.node().equals(copy.node()) && one.counts().different() > 0)
                    .findFirst();
            differed.ifPresent(one -> issues.add(
                    "content differed on " + one.node() + " in " + one.counts().different()
                            + " documents when it was compared last; this check did not disprove it"));
            copies.add(differed.map(one -> withDifferent(copy, one)).orElse(copy));
        }
        return new Shard(
                now.shard(), now.checkedAt(), now.primaryNode(), copies, issues, now.coveragePercent(), now.depth());
    }

    private static Copy withDifferent(Copy copy, Copy before) {
        return new Copy(
                copy.node(),
                copy.docs(),
                copy.storeBytes(),
                copy.maxSeqNo(),
                copy.fingerprint(),
                copy.verdict(),
                copy.missing(),
                copy.extra(),
                before.different(),
                new Counts(
                        copy.counts().missing(),
                        copy.counts().extra(),
                        before.counts().different()));
    }

    private static Verdict verdict(Collection<Shard> shards, List<Integer> unchecked) {
        return shards.stream()
                .map(IndexReport::verdict)
                .reduce(unchecked.isEmpty() ? Verdict.CONSISTENT : Verdict.INCONCLUSIVE, IndexReport::worse);
    }

    /** Divergent is worse than not known, not known worse than consistent. */
    public static Verdict worse(Verdict one, Verdict other) {
        if (one == Verdict.DIVERGENT || other == Verdict.DIVERGENT) {
            return Verdict.DIVERGENT;
        }
        return one == Verdict.CONSISTENT ? other : one;
    }

    /** The worst of its copies'. */
    public static Verdict verdict(Shard shard) {
        return shard.copies().isEmpty()
                ? Verdict.INCONCLUSIVE
                : shard.copies().stream().map(Copy::verdict).reduce(Verdict.CONSISTENT, IndexReport::worse);
    }

    /** Shards count alike: how many documents those have that were never looked at is not known. */
    private static double coverage(Collection<Shard> checked, int shards) {
        double sum = checked.stream()
                .mapToDouble(shard -> shard.coveragePercent() == null ? 0 : shard.coveragePercent())
                .sum();
        return Math.round(sum / Math.max(1, shards) * 100) / 100.0;
    }

    private static List<String> issues(String index, Collection<Shard> shards, List<Integer> unchecked) {
        List<String> all = shards.stream()
                .flatMap(shard -> shard.issues().stream().map(issue -> index + "/" + shard.shard() + ": " + issue))
                .collect(Collectors.toCollection(ArrayList::new));
        if (all.size() > MOST_ISSUES) {
            int left = all.size() - MOST_ISSUES;
            all = new ArrayList<>(all.subList(0, MOST_ISSUES));
            all.add("and " + left + " more, see the shards");
        }
        if (!unchecked.isEmpty()) {
            all.add("never checked: " + (unchecked.size() == 1 ? "shard " : "shards ")
                    + unchecked.stream().limit(FEW_IDS).map(String::valueOf).collect(Collectors.joining(", "))
                    + (unchecked.size() > FEW_IDS ? " and " + (unchecked.size() - FEW_IDS) + " more" : ""));
        }
        return all;
    }

    /** Counts stay full; of the ids a few go with many shards damaged at once. */
    private static List<Shard> small(Collection<Shard> shards) {
        int characters = shards.stream()
                .flatMap(shard -> shard.copies().stream())
                .flatMap(copy -> Stream.of(copy.missing(), copy.extra(), copy.different()))
                .flatMap(List::stream)
                .mapToInt(String::length)
                .sum();
        return characters <= MOST_CHARACTERS
                ? List.copyOf(shards)
                : shards.stream().map(IndexReport::withFewIds).toList();
    }

    private static Shard withFewIds(Shard shard) {
        return new Shard(
                shard.shard(),
                shard.checkedAt(),
                shard.primaryNode(),
                shard.copies().stream()
                        .map(copy -> new Copy(
                                copy.node(),
                                copy.docs(),
                                copy.storeBytes(),
                                copy.maxSeqNo(),
                                copy.fingerprint(),
                                copy.verdict(),
                                few(copy.missing()),
                                few(copy.extra()),
                                few(copy.different()),
                                copy.counts()))
                        .toList(),
                shard.issues(),
                shard.coveragePercent(),
                shard.depth());
    }

    private static List<String> few(List<String> ids) {
        return ids.subList(0, Math.min(FEW_IDS, ids.size()));
    }
}
