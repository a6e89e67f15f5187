package io.shardsync.actuator.compare;

import io.shardsync.schemas.model.ConsistencyReport;
import io.shardsync.schemas.model.ConsistencyReport.Copy;
import io.shardsync.schemas.model.ConsistencyReport.Counts;
import io.shardsync.schemas.model.ConsistencyReport.Shard;
import io.shardsync.schemas.model.Verdict;
import io.shardsync.schemas.topic.Topics;
import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

import static org.assertj.core.api.Assertions.assertThat;

class IndexReportTest {
    private static final Instant AT = Instant.parse("2026-11-23T03:00:00Z");

    private static Checked checked(String uuid, int shard, Verdict verdict, List<String> missing, String... issues) {
        return new Checked(
                uuid,
                new Shard(
                        shard,
                        AT.plusSeconds(shard),
                        "n1",
                        List.of(new Copy(
                                "n2",
                                1L,
                                1L,
                                1L,
                                "f",
                                verdict,
                                missing,
                                List.of(),
                                List.of(),
                                new Counts(missing.size(), 0, 0))),
                        List.of(issues),
                        verdict == Verdict.INCONCLUSIVE ? 0.0 : 100.0,
                        "versions"),
                verdict,
                true,
                false);
    }

    private static ConsistencyReport merged(ConsistencyReport before, int shards, Checked checked) {
        return IndexReport.merged(Optional.ofNullable(before), "prod", "orders", shards, checked, 7, "c");
    }

    @Test
    void isNotConsistentBeforeEachShardWasChecked() {
        ConsistencyReport first = merged(null, 2, checked("u", 1, Verdict.CONSISTENT, List.of()));
        assertThat(first.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(first.coveragePercent()).isEqualTo(50);
        assertThat(first.issues()).containsExactly("never checked: shard 0");

        ConsistencyReport both = merged(first, 2, checked("u", 0, Verdict.CONSISTENT, List.of()));
        assertThat(both.verdict()).isEqualTo(Verdict.CONSISTENT);
        assertThat(both.coveragePercent()).isEqualTo(100);
        assertThat(both.shards()).extracting(Shard::shard).containsExactly(0, 1);
        assertThat(both.issues()).isEmpty();
    }

    @Test
    void staysDivergentWhileOneShardIs() {
        ConsistencyReport one =
                merged(null, 2, checked("u", 0, Verdict.DIVERGENT, List.of("a"), "n2 lacks 1 document"));
        ConsistencyReport other = merged(one, 2, checked("u", 1, Verdict.INCONCLUSIVE, List.of(), "no replica"));

        assertThat(other.verdict()).isEqualTo(Verdict.DIVERGENT);
        assertThat(other.issues()).containsExactly("orders/0: n2 lacks 1 document", "orders/1: no replica");
        assertThat(merged(other, 2, checked("u", 0, Verdict.CONSISTENT, List.of()))
                        .verdict())
                .isEqualTo(Verdict.INCONCLUSIVE);
    }

    @Test
    void forgetsAnIndexOfTheSameNameAndShardsThatAreGone() {
        ConsistencyReport old = merged(null, 3, checked("u", 2, Verdict.DIVERGENT, List.of("a")));

        assertThat(merged(old, 1, checked("u", 0, Verdict.CONSISTENT, List.of()))
                        .verdict())
                .isEqualTo(Verdict.CONSISTENT);
        assertThat(merged(old, 3, checked("another", 0, Verdict.CONSISTENT, List.of()))
                        .shards())
                .hasSize(1);
    }

    @Test
    void fitsIntoARecordHoweverManyShardsAreDamaged() {
        List<String> ids = Collections.nCopies(100, "x".repeat(120));
        ConsistencyReport report = null;
        for (int shard = 0; shard < 300; shard++) {
            report = merged(report, 300, checked("u", shard, Verdict.DIVERGENT, ids, "n2 lacks 100 documents"));
        }

        byte[] bytes = new Topics("", "/test")
                .consistencyReports()
                .values()
                .serializer()
                .serialize("t", report);
        assertThat(bytes).hasSizeLessThan(1_000_000);
        assertThat(report.shards())
                .allSatisfy(shard ->
                        assertThat(shard.copies().get(0).counts().missing()).isEqualTo(100));
    }
}
