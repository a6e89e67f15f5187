package io.shardsync.processor.check;

import io.shardsync.processor.judge.ShardCheck;
import io.shardsync.schemas.model.ConsistencyReport;
import io.shardsync.schemas.model.ConsistencyReport.Method;
import io.shardsync.schemas.model.Verdict;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Makes one report of the light checks of an index's shards. Pure. */
final class LightReport {
    private static final int MOST_ISSUES = 20;
    private static final double ALL = 100;

    private LightReport() {}

    /** @param checks of one index, at least one */
    static ConsistencyReport of(List<ShardCheck> checks) {
        List<ShardCheck> ordered =
                checks.stream().sorted(Comparator.comparing(ShardCheck::key)).toList();
        ShardCheck first = ordered.get(0);
        return new ConsistencyReport(
                first.key().cluster(),
                first.key().index(),
                first.indexUuid(),
                newest(checks),
                Method.CHECKPOINTS,
                worst(checks),
                coverage(checks),
                ordered.stream().map(LightReport::shard).toList(),
                issues(ordered),
                0,
                null);
    }

    static Instant newest(List<ShardCheck> checks) {
        return checks.stream().map(ShardCheck::at).max(Instant::compareTo).orElseThrow();
    }

    static Verdict worst(List<ShardCheck> checks) {
        if (checks.stream().anyMatch(check -> check.verdict() == Verdict.DIVERGENT)) {
            return Verdict.DIVERGENT;
        }
        boolean all = checks.stream().allMatch(check -> check.verdict() == Verdict.CONSISTENT);
        return all ? Verdict.CONSISTENT : Verdict.INCONCLUSIVE;
    }

    private static double coverage(List<ShardCheck> checks) {
        long compared = checks.stream()
                .filter(check -> check.verdict() != Verdict.INCONCLUSIVE)
                .count();
        return ALL * compared / checks.size();
    }

    private static ConsistencyReport.Shard shard(ShardCheck check) {
        List<String> issues = new ArrayList<>(check.doubts());
        issues.addAll(check.facts());
        return new ConsistencyReport.Shard(
                check.key().shard(), check.at(), check.primaryNode(), check.copies(), issues);
    }

    /** Of what differs but is no fault nothing is said here: an index would hardly ever be without it. */
    private static List<String> issues(List<ShardCheck> checks) {
        List<String> all = checks.stream()
                .flatMap(check -> check.doubts().stream()
                        .map(doubt -> check.key().index() + "/" + check.key().shard() + ": " + doubt))
                .toList();
        if (all.size() <= MOST_ISSUES) {
            return all;
        }
        List<String> few = new ArrayList<>(all.subList(0, MOST_ISSUES));
        few.add("and " + (all.size() - MOST_ISSUES) + " more");
        return few;
    }
}
