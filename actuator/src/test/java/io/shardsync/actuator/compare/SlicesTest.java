package io.shardsync.actuator.compare;

import io.shardsync.actuator.bedside.Bucket;
import io.shardsync.actuator.bedside.Span;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

import static org.assertj.core.api.Assertions.assertThat;

class SlicesTest {
    private static final Span WHOLE = new Span(0, 99_999);

    @Property
    void slicesFollowOneAnotherToTheEnd(
            @ForAll @LongRange(max = 300_000) long upTo, @ForAll @LongRange(min = 1, max = 50_000) long length) {
        long next = 0;
        while (next <= upTo) {
            Span slice = Slices.next(next, upTo, length);
            assertThat(slice.from()).isEqualTo(next);
            assertThat(slice.from() % Slices.WIDTH).isZero();
            next = slice.to() + 1;
        }
        assertThat(next).isEqualTo(upTo + 1);
    }

    @Test
    void aBucketThatOneCopyLacksDiffers() {
        Bucket bucket = new Bucket(1, 5, 5, 5, 1);
        assertThat(Slices.differing(
                        new TreeMap<>(Map.of(0L, bucket, 2_048L, bucket)), new TreeMap<>(Map.of(0L, bucket))))
                .containsExactly(2_048L);
        assertThat(Slices.differing(new TreeMap<>(), new TreeMap<>(Map.of(0L, bucket))))
                .containsExactly(0L);
    }

    @Test
    void joinsNeighbours() {
        assertThat(Slices.spans(new TreeSet<>(List.of(0L, 2_048L, 8_192L)), WHOLE))
                .containsExactly(new Span(0, 4_095), new Span(8_192, 10_239));
    }

    @Test
    void staysWithinTheSlice() {
        assertThat(Slices.spans(new TreeSet<>(List.of(98_304L)), WHOLE)).containsExactly(new Span(98_304, 99_999));
    }

    @Test
    void asksForTheWholeSliceWhereTooMuchDiffers() {
        TreeSet<Long> many = new TreeSet<>();
        for (long i = 0; i < 200; i += 2) {
            many.add(i * Slices.WIDTH);
        }
        Span slice = new Span(0, 200 * Slices.WIDTH);
        assertThat(Slices.spans(many, slice)).containsExactly(slice);
    }
}
