package io.shardsync.runtime.service;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

import static org.assertj.core.api.Assertions.assertThat;

class PartsTest {
    private final List<String> closed = new CopyOnWriteArrayList<>();

    @Test
    void partsAreClosedOnceInReverseOrder() {
        // Given
        Parts parts = new Parts();
        parts.add("a", () -> closed.add("a"));
        parts.add("b", () -> closed.add("b"));

        // When
        parts.close();
        parts.close();

        // Then
        assertThat(closed).containsExactly("b", "a");
    }

    @Test
    void aPartThatFailsDoesNotKeepTheOthersOpen() {
        // Given
        Parts parts = new Parts();
        parts.add("a", () -> closed.add("a"));
        parts.add("b", () -> {
            throw new IllegalStateException("boom");
        });

        // When
        parts.close();

        // Then
        assertThat(closed).containsExactly("a");
    }

    @Test
    void aPartThatHangsIsLeftBehindWithinTheLimit() {
        // Given
        Parts parts = new Parts(Duration.ofMillis(400));
        parts.add("a", () -> closed.add("a"));
        parts.add("b", () -> new CountDownLatch(1).await());

        // When
        long started = System.nanoTime();
        parts.close();

        // Then
        assertThat(closed).containsExactly("a");
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(3));
    }

    @Test
    void aPartAddedTooLateIsClosedAtOnce() {
        // Given
        Parts parts = new Parts();
        parts.close();

        // When
        parts.add("late", () -> closed.add("late"));

        // Then
        assertThat(closed).containsExactly("late");
    }
}
