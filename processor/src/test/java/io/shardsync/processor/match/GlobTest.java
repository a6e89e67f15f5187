package io.shardsync.processor.match;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class GlobTest {
    @ParameterizedTest
    @CsvSource({
        "orders, orders, true",
        "orders, orders-1, false",
        "*, anything, true",
        "logs-*, logs-2026.11.23, true",
        "logs-*, log-1, false",
        "*-1, a-1-1, true",
        "a*b*c, aXbYbZc, true",
        "a*b*c, aXbYbZ, false",
        "**, x, true",
        "a.b, axb, false",
    })
    void aStarStandsForAnythingAndNothingElseDoes(String pattern, String name, boolean matches) {
        assertThat(new Glob(pattern).matches(name)).isEqualTo(matches);
    }

    @Test
    void noPatternTakesLong() {
        assertThat(new Glob("a*".repeat(120) + "b").matches("a".repeat(255))).isFalse();
    }
}
