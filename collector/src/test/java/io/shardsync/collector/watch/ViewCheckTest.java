package io.shardsync.collector.watch;

import io.shardsync.collector.read.Position;
import io.shardsync.schemas.model.ClusterSnapshot.View;
import org.junit.jupiter.api.Test;

import java.time.Instant;

import static org.assertj.core.api.Assertions.assertThat;

class ViewCheckTest {
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

    private final ViewCheck check = new ViewCheck();

    private static Position at(long version) {
        return new Position("u", version, "s" + version, "m");
    }

    @Test
    void isNotBelievedBeforeTheMasterHasConfirmedIt() {
        assertThat(check.view(at(5))).isEqualTo(View.STALE);

        check.masterAnswered(at(5), NOON);

        assertThat(check.view(at(5))).isEqualTo(View.MASTER);
        assertThat(check.view(new Position("u", 5, "s5", null))).isEqualTo(View.NO_MASTER);
    }

    @Test
    void isBehindWhenItDoesNotReachWhatTheMasterHad() {
        check.masterAnswered(at(7), NOON);

        assertThat(check.isBehind(at(6), NOON.plusMillis(500))).isFalse();
        assertThat(check.isBehind(at(6), NOON.plusSeconds(3))).isTrue();
        assertThat(check.isBehind(at(7), NOON.plusSeconds(3))).isFalse();
    }

    @Test
    void askingTheMasterAgainDoesNotPutOffTheVerdict() {
        check.masterAnswered(at(7), NOON);
        check.masterAnswered(at(7), NOON.plusSeconds(3));

        assertThat(check.isBehind(at(6), NOON.plusSeconds(4))).isTrue();
    }
}
