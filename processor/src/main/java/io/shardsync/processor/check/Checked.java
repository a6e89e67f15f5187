package io.shardsync.processor.check;

import io.shardsync.schemas.model.ConsistencyReport;

/** What follows from the checks of an index's shards. */
public sealed interface Checked {
    /** @param report null to forget a report, of an index that is gone */
    record Report(ConsistencyReport report) implements Checked {}

    record Fact(IndexFact fact) implements Checked {}
}
