package io.shardsync.collector.watch;

import io.shardsync.collector.read.Activity;
import io.shardsync.collector.read.Position;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

class StillnessTest {
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
    private static final Instant LATER = NOON.plusSeconds(10);
    private static final Position STATE = new Position("u", 7, "s7", "m");

    private static final Position OTHER_STATE = new Position("u", 8, "s8", "m");

    private final Stillness stillness = new Stillness();

    private static Activity written(long byA, long byB) {
        return new Activity(Map.of("A", new Activity.OfNode(byA, 0, null), "B", new Activity.OfNode(byB, 0, null)));
    }

    @Test
    void beginsOnlyWhenCopiesWereRead() {
        assertThat(stillness.lasts(STATE, written(5, 5), NOON)).isFalse();
    }

    @Test
    void lastsWhileNobodyWrites() {
        stillness.begins(STATE, written(5, 9), NOON);

        assertThat(stillness.lasts(STATE, written(5, 9), LATER)).isTrue();
    }

    @Test
    void endsWithAWriteOnAnyNode() {
        stillness.begins(STATE, written(5, 9), NOON);

        assertThat(stillness.lasts(STATE, written(5, 10), LATER)).isFalse();
    }

    @Test
    void endsWhenANodeBeganAnewAndCountsFromZero() {
        stillness.begins(STATE, written(5, 9), NOON);

        assertThat(stillness.lasts(STATE, written(5, 0), LATER)).isFalse();
    }

    @Test
    void endsWithAnotherClusterState() {
        stillness.begins(STATE, written(5, 9), NOON);

        assertThat(stillness.lasts(OTHER_STATE, written(5, 9), LATER)).isFalse();
    }

    @Test
    void endsWhenANodeDoesNotAnswer() {
        stillness.begins(STATE, written(5, 9), NOON);

        assertThat(stillness.lasts(STATE, new Activity(Map.of("A", new Activity.OfNode(5, 0, null))), LATER))
                .isFalse();
        assertThat(stillness.lasts(STATE, Activity.NONE, LATER)).isFalse();
    }

    @Test
    void isNoneWhereAWriteCountedBeforeWasStillOnItsWayToTheCopy() {
        stillness.begins(STATE, new Activity(Map.of("A", new Activity.OfNode(5, 3, null))), NOON);

        assertThat(stillness.lasts(STATE, new Activity(Map.of("A", new Activity.OfNode(5, 0, null))), LATER))
                .isFalse();
    }

    @Test
    void isNoneWhereANodeDoesNotSay() {
        Activity silent = new Activity(Map.of("A", new Activity.OfNode(-1, -1, null)));

        stillness.begins(STATE, silent, NOON);

        assertThat(stillness.lasts(STATE, silent, LATER)).isFalse();
    }

    @Test
    void isNotBelievedForLongerThanSizesMayBeOld() {
        stillness.begins(STATE, written(5, 9), NOON);

        assertThat(stillness.lasts(STATE, written(5, 9), NOON.plusSeconds(59))).isTrue();
        assertThat(stillness.lasts(STATE, written(5, 9), NOON.plusSeconds(60))).isFalse();
    }

    @Test
    void isBelievedForTwiceAsLongEachTimeAllWasReadAndNothingHadHappened() {
        Instant read = NOON;
        for (int minutes : List.of(1, 2, 4, 8, 8)) {
            stillness.begins(STATE, written(5, 9), read);
            Instant old = read.plus(Duration.ofMinutes(minutes));

            assertThat(stillness.lasts(STATE, written(5, 9), old.minusMillis(1)))
                    .isTrue();
            assertThat(stillness.lasts(STATE, written(5, 9), old)).isFalse();
            stillness.ends();
            read = old;
        }
    }

    @Test
    void isBelievedForAMinuteAgainAfterAWriteOrAnotherState() {
        stillness.begins(STATE, written(5, 9), NOON);
        stillness.begins(STATE, written(5, 9), NOON);

        stillness.begins(STATE, written(5, 10), NOON);
        assertThat(stillness.lasts(STATE, written(5, 10), NOON.plusSeconds(60))).isFalse();

        stillness.begins(STATE, written(5, 10), NOON);
        stillness.begins(OTHER_STATE, written(5, 10), NOON);
        assertThat(stillness.lasts(OTHER_STATE, written(5, 10), NOON.plusSeconds(60)))
                .isFalse();
    }

    @Test
    void endsWhenTheClockIsSetBack() {
        stillness.begins(STATE, written(5, 9), NOON);

        assertThat(stillness.lasts(STATE, written(5, 9), NOON.minusMillis(1))).isFalse();
    }

    @Test
    void endsWhenToldTo() {
        stillness.begins(STATE, written(5, 9), NOON);

        stillness.ends();

        assertThat(stillness.lasts(STATE, written(5, 9), LATER)).isFalse();
    }
}
