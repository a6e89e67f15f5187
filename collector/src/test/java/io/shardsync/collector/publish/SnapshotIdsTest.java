package io.shardsync.collector.publish;

import io.shardsync.schemas.model.ClusterSnapshot;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

class SnapshotIdsTest {
    private static final long NOON = 1_795_384_800_000L;

    static ClusterSnapshot snapshot(long id) {
        return new ClusterSnapshot(
                "prod",
                "uuid",
                id,
                "c0",
                Instant.EPOCH,
                Instant.EPOCH,
                0,
                false,
                Map.of(),
                null,
                null,
                null,
                null,
                List.of(),
                null,
                null,
                List.of(),
                null,
                true,
                null);
    }

    /** Invariant: whatever the clocks do, ids rise strictly and are never behind the clock. */
    @Property
    void idsRiseStrictly(
            @ForAll List<@LongRange(min = -5_000, max = 5_000) Long> clock,
            @ForAll @LongRange(min = -5_000, max = 5_000) long predecessor) {
        SnapshotIds ids = SnapshotIds.after(snapshot(NOON + predecessor));
        long last = NOON + predecessor;
        for (long drift : clock) {
            long id = ids.next(Instant.ofEpochMilli(NOON + drift));
            assertThat(id).isGreaterThan(last).isGreaterThanOrEqualTo(NOON + drift);
            last = id;
        }
    }

    @Property(tries = 1)
    void beginsWithTheClock() {
        assertThat(SnapshotIds.after(null).next(Instant.ofEpochMilli(NOON))).isEqualTo(NOON);
    }
}
