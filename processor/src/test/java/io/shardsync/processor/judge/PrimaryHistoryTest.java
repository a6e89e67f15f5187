package io.shardsync.processor.judge;

import io.shardsync.processor.judge.PrimaryHistory.Sample;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

class PrimaryHistoryTest {
    private static final Instant START = Instant.parse("2026-11-23T02:00:00Z");

    @Test
    void itTellsWhenThePrimaryPassedAnOperation() {
        PrimaryHistory history = PrimaryHistory.empty()
                .with(sample(0, 100), 90)
                .with(sample(10, 200), 90)
                .with(sample(20, 300), 90);
        assertThat(history.passed(95)).contains(START);
        assertThat(history.passed(100)).contains(START.plusSeconds(10));
        assertThat(history.passed(299)).contains(START.plusSeconds(20));
        assertThat(history.passed(300)).isEmpty();
    }

    @Test
    void aPrimaryAtRestWasPassedWhenItCameToRest() {
        PrimaryHistory history = PrimaryHistory.empty().with(sample(0, 100), 50).with(sample(10, 100), 50);
        assertThat(history.passed(50)).contains(START);
    }

    /** However long a copy stays behind, the moment at which it fell behind is not forgotten, and memory is bounded. */
    @Property(tries = 200)
    void theFirstSampleACopyHasNotReachedIsNeverForgotten(
            @ForAll @Size(min = 1, max = 300) List<@IntRange(min = 1, max = 1000) Integer> growth,
            @ForAll @IntRange(min = 0, max = 999) int behind) {
        PrimaryHistory history = PrimaryHistory.empty();
        long max = behind;
        Instant firstBeyond = null;
        for (int i = 0; i < growth.size(); i++) {
            max += growth.get(i);
            Sample sample = sample(i * 10L, max);
            firstBeyond = firstBeyond == null ? sample.at() : firstBeyond;
            history = history.with(sample, behind);
        }
        assertThat(history.passed(behind)).contains(firstBeyond);
        assertThat(history.samples()).hasSizeLessThanOrEqualTo(PrimaryHistory.CAPACITY);
    }

    private static Sample sample(long seconds, long maxSeqNo) {
        return new Sample(START.plusSeconds(seconds), maxSeqNo);
    }
}
