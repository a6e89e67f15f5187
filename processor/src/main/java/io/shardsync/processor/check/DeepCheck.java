package io.shardsync.processor.check;

import io.shardsync.schemas.model.ConsistencyReport;
import io.shardsync.schemas.model.ConsistencyReport.Copy;
import io.shardsync.schemas.model.ShardKey;
import io.shardsync.schemas.model.Verdict;

import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * What judgement needs of a deep report.
 *
 * @param cluster the configured cluster name
 * @param index index name
 * @param indexUuid of the index that was checked
 * @param verdict of the whole index: never consistent where a shard was not checked
 * @param complete whether it could tell of all documents of all shards
 * @param shards one entry per shard that was ever checked
 */
public record DeepCheck(
        String cluster, String index, String indexUuid, Verdict verdict, boolean complete, List<Shard> shards) {
    private static final int EXAMPLES = 5;
    private static final double ALL = 100;

    public DeepCheck {
        shards = List.copyOf(shards);
    }

    /**
     * @param verdict the worst of its copies'; inconclusive where no copy was looked at
     * @param at when it was checked
     * @param primaryNode that the others were compared with; null without one
     * @param wrong copies that were found to differ
     */
    public record Shard(int shard, Verdict verdict, Instant at, String primaryNode, List<WrongCopy> wrong) {
        public Shard {
            wrong = List.copyOf(wrong);
        }
    }

    /**
     * A copy that differs from its primary; the numbers are documents.
     *
     * @param node node name
     * @param missing on the primary, not here
     * @param extra here, not on the primary
     * @param different on both, not equal
     * @param examples the first few ids
     */
    public record WrongCopy(String node, long missing, long extra, long different, List<String> examples) {
        public WrongCopy {
            examples = List.copyOf(examples);
        }

        public long documents() {
            return missing + extra + different;
        }
    }

    public static DeepCheck of(ConsistencyReport report) {
        return new DeepCheck(
                report.cluster(),
                report.index(),
                report.indexUuid(),
                report.verdict(),
                report.verdict() != Verdict.INCONCLUSIVE && report.coveragePercent() >= ALL,
                report.shards().stream().map(DeepCheck::shard).toList());
    }

    public ShardKey key(Shard shard) {
        return new ShardKey(cluster, index, shard.shard());
    }

    private static Shard shard(ConsistencyReport.Shard shard) {
        return new Shard(
                shard.shard(),
                verdict(shard.copies()),
                shard.checkedAt(),
                shard.primaryNode(),
                shard.copies().stream()
                        .filter(copy -> copy.verdict() == Verdict.DIVERGENT)
                        .map(DeepCheck::wrong)
                        .toList());
    }

    private static Verdict verdict(List<Copy> copies) {
        if (copies.stream().anyMatch(copy -> copy.verdict() == Verdict.DIVERGENT)) {
            return Verdict.DIVERGENT;
        }
        boolean all = !copies.isEmpty() && copies.stream().allMatch(copy -> copy.verdict() == Verdict.CONSISTENT);
        return all ? Verdict.CONSISTENT : Verdict.INCONCLUSIVE;
    }

    private static WrongCopy wrong(Copy copy) {
        return new WrongCopy(
                copy.node(),
                copy.counts().missing(),
                copy.counts().extra(),
                copy.counts().different(),
                Stream.of(copy.missing(), copy.extra(), copy.different())
                        .flatMap(List::stream)
                        .limit(EXAMPLES)
                        .toList());
    }
}
