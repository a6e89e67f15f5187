package io.shardsync.processor;

import io.shardsync.schemas.model.ConsistencyReport;
import io.shardsync.schemas.model.ConsistencyReport.Copy;
import io.shardsync.schemas.model.ConsistencyReport.Counts;
import io.shardsync.schemas.model.ConsistencyReport.Method;
import io.shardsync.schemas.model.ConsistencyReport.Shard;
import io.shardsync.schemas.model.Verdict;

import java.time.Instant;
import java.util.List;

/** Writes deep reports as an actuator would: of one shard, with its primary on n1. */
public final class Reports {
    private Reports() {}

    public static ConsistencyReport consistent(String index, Instant at) {
        return report(index, at, List.of(good("n1"), good("n2")));
    }

    /** The replica on n2 lacks three documents. */
    public static ConsistencyReport lacking(String index, Instant at) {
        return report(
                index,
                at,
                List.of(
                        good("n1"),
                        copy("n2", Verdict.DIVERGENT, List.of("101", "1202", "3303"), List.of(), new Counts(3, 0, 0))));
    }

    /** The replica on n2 has two documents that the primary has not. */
    public static ConsistencyReport beyond(String index, Instant at) {
        return report(
                index,
                at,
                List.of(good("n1"), copy("n2", Verdict.DIVERGENT, List.of(), List.of("7", "8"), new Counts(0, 2, 0))));
    }

    public static ConsistencyReport inconclusive(String index, Instant at) {
        return report(
                index,
                at,
                List.of(good("n1"), copy("n2", Verdict.INCONCLUSIVE, List.of(), List.of(), new Counts(0, 0, 0))));
    }

    /** Only one of its two shards was ever checked. */
    public static ConsistencyReport half(String index, Instant at) {
        ConsistencyReport whole = consistent(index, at);
        return new ConsistencyReport(
                whole.cluster(),
                whole.index(),
                whole.indexUuid(),
                whole.checkedAt(),
                whole.method(),
                Verdict.INCONCLUSIVE,
                50.0,
                whole.shards(),
                List.of("never checked: shard 1"),
                whole.tookMs(),
                whole.commandId());
    }

    /** The same of another index of that name. */
    public static ConsistencyReport ofIndex(String uuid, ConsistencyReport report) {
        return new ConsistencyReport(
                report.cluster(),
                report.index(),
                uuid,
                report.checkedAt(),
                report.method(),
                report.verdict(),
                report.coveragePercent(),
                report.shards(),
                report.issues(),
                report.tookMs(),
                report.commandId());
    }

    private static ConsistencyReport report(String index, Instant at, List<Copy> copies) {
        Verdict worst = copies.get(1).verdict();
        return new ConsistencyReport(
                "prod",
                index,
                "uuid-" + index,
                at,
                Method.FINGERPRINT,
                worst,
                worst == Verdict.INCONCLUSIVE ? 0 : 100,
                List.of(new Shard(0, at, "n1", copies, List.of())),
                List.of(),
                2500,
                "2f9d3c11-77aa-4b62-8f70-b1d7a9b5a003");
    }

    private static Copy good(String node) {
        return copy(node, Verdict.CONSISTENT, List.of(), List.of(), new Counts(0, 0, 0));
    }

    private static Copy copy(String node, Verdict verdict, List<String> missing, List<String> extra, Counts counts) {
        return new Copy(node, 4900L, 138_273L, 5599L, "90aa17c4", verdict, missing, extra, List.of(), counts);
    }
}
