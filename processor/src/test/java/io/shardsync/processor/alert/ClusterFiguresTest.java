package io.shardsync.processor.alert;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import java.util.concurrent.atomic.AtomicLong;

import static org.assertj.core.api.Assertions.assertThat;

class ClusterFiguresTest {
    private final AtomicLong now = new AtomicLong(1_000);
    private final ClusterFigures figures = new ClusterFigures(new SimpleMeterRegistry(), now::get);

    @Test
    void anInstanceWithoutAClusterOfItsOwnIsNotStandingStill() {
        figures.begin();
        now.addAndGet(100_000);
        figures.looked();
        now.addAndGet(10);
        assertThat(figures.ageMs()).isEqualTo(10);
    }

    @Test
    void anInstanceWithoutAnyTaskIsNotStandingStillEither() {
        figures.begin();
        figures.end();
        now.addAndGet(100_000);
        assertThat(figures.ageMs()).isZero();
    }

    @Test
    void oneThatLooksNoMoreIsStandingStill() {
        figures.begin();
        now.addAndGet(100_000);
        assertThat(figures.ageMs()).isEqualTo(100_000);
    }
}
