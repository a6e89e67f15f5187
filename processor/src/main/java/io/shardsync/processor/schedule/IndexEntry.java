package io.shardsync.processor.schedule;

import io.shardsync.processor.check.DeepCheck;
import io.shardsync.processor.check.IndexFact;
import io.shardsync.schemas.model.Verdict;

import java.time.Instant;

/**
 * What is known of one index's checks.
 *
 * @param index index name
 * @param indexUuid tells a recreated index from its predecessor
 * @param light verdict of the light check; null before the first
 * @param deep verdict of the deep check; null before the first
 * @param copied whether there is a second copy to compare with
 * @param since no check was due before; moves on with each check, and when one is given up
 * @param attempts commands sent since then
 * @param notBefore no further command before this; null where nothing forbids
 */
public record IndexEntry(
        String index,
        String indexUuid,
        Verdict light,
        Verdict deep,
        boolean copied,
        Instant since,
        int attempts,
        Instant notBefore) {

    /** The index as its light check shows it; what was known of another index of that name is forgotten. */
    static IndexEntry of(IndexFact fact, IndexEntry before) {
        if (before == null || !before.indexUuid().equals(fact.indexUuid())) {
            return new IndexEntry(
                    fact.index(), fact.indexUuid(), fact.light(), null, fact.copied(), fact.at(), 0, null);
        }
        return new IndexEntry(
                before.index(),
                before.indexUuid(),
                fact.light(),
                before.deep(),
                fact.copied(),
                before.since(),
                before.attempts(),
                before.notBefore());
    }

    /**
     * Counts a deep check, whoever asked for it, as of its oldest shard: until then everything was compared. One that
     * could not tell of all is no check.
     */
    IndexEntry with(DeepCheck check) {
        Instant oldest = check.shards().stream()
                .map(DeepCheck.Shard::at)
                .min(Instant::compareTo)
                .orElse(since);
        boolean newer = check.complete() && oldest.isAfter(since);
        return new IndexEntry(
                index,
                indexUuid,
                light,
                check.verdict(),
                copied,
                newer ? oldest : since,
                newer ? 0 : attempts,
                newer ? null : notBefore);
    }

    IndexEntry asked() {
        return new IndexEntry(index, indexUuid, light, deep, copied, since, attempts + 1, notBefore);
    }

    IndexEntry waitingUntil(Instant time) {
        return new IndexEntry(index, indexUuid, light, deep, copied, since, attempts, time);
    }

    /** Its turn is over, with or without a check. */
    IndexEntry doneAt(Instant time) {
        return new IndexEntry(index, indexUuid, light, deep, copied, time.isAfter(since) ? time : since, 0, null);
    }
}
