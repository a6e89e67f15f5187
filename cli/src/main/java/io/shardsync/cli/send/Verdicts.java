package io.shardsync.cli.send;

import io.shardsync.cli.print.Exit;
import io.shardsync.cli.print.Io;
import io.shardsync.cli.print.Plain;
import io.shardsync.cli.print.Table;
import io.shardsync.cli.print.Words;
import io.shardsync.schemas.model.ConsistencyReport;
import io.shardsync.schemas.model.ConsistencyReport.Copy;
import io.shardsync.schemas.model.Verdict;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** What a deep check found, copy by copy. */
final class Verdicts {
    private static final int FEW = 3;

    private Verdicts() {}

    /** @param only the shard that was asked about; null for all */
    static void print(Io io, ConsistencyReport report, Integer only) {
        Table table = new Table("SHARD", "NODE", "ROLE", "DOCS", "SIZE", "FINGERPRINT", "VERDICT", "DIFFERS");
        shards(report, only).forEach(shard -> shard.copies()
                .forEach(copy -> table.row(
                        report.index() + "/" + shard.shard(),
                        copy.node(),
                        copy.node() != null && copy.node().equals(shard.primaryNode()) ? "primary" : "replica",
                        Words.count(copy.docs()),
                        Words.bytes(copy.storeBytes()),
                        copy.fingerprint(),
                        Words.code(copy.verdict()),
                        differs(copy))));
        io.say(table);
        Stream.concat(report.issues().stream(), shards(report, only).stream().flatMap(shard -> shard.issues().stream()))
                .distinct()
                .forEach(issue -> io.say("  " + Plain.line(issue)));
        io.say("");
        io.say(Words.code(verdict(report, only)) + ": " + report.cluster() + "/" + report.index()
                + (only == null ? "" : "/" + only) + ", "
                + String.format(Locale.ROOT, "%.0f %%", report.coveragePercent()) + " compared, took "
                + (report.tookMs() < 10_000 ? report.tookMs() + " ms" : Words.duration(report.tookMs())));
    }

    static Exit exit(ConsistencyReport report, Integer only) {
        return switch (verdict(report, only)) {
            case CONSISTENT -> Exit.OK;
            case DIVERGENT -> Exit.ATTENTION;
            case INCONCLUSIVE -> Exit.UNKNOWN;
        };
    }

    /** A report keeps what former checks said of other shards; only what was asked about counts. */
    private static Verdict verdict(ConsistencyReport report, Integer only) {
        if (only == null) {
            return report.verdict();
        }
        List<Verdict> verdicts = shards(report, only).stream()
                .flatMap(shard -> shard.copies().stream())
                .map(Copy::verdict)
                .toList();
        if (verdicts.contains(Verdict.DIVERGENT)) {
            return Verdict.DIVERGENT;
        }
        return verdicts.isEmpty() || verdicts.contains(Verdict.INCONCLUSIVE)
                ? Verdict.INCONCLUSIVE
                : Verdict.CONSISTENT;
    }

    private static List<ConsistencyReport.Shard> shards(ConsistencyReport report, Integer only) {
        return report.shards().stream()
                .filter(shard -> only == null || shard.shard() == only)
                .toList();
    }

    private static String differs(Copy copy) {
        List<String> parts = new ArrayList<>();
        if (copy.counts() != null) {
            part(parts, copy.counts().missing(), "missing", copy.missing());
            part(parts, copy.counts().extra(), "extra", copy.extra());
            part(parts, copy.counts().different(), "different", copy.different());
        }
        return String.join("; ", parts);
    }

    private static void part(List<String> parts, long count, String word, List<String> ids) {
        if (count > 0) {
            parts.add(count + " " + word + ": " + String.join(", ", ids.subList(0, Math.min(FEW, ids.size())))
                    + (count > FEW ? ", …" : ""));
        }
    }
}
