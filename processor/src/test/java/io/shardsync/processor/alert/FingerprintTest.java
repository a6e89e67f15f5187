package io.shardsync.processor.alert;

import org.junit.jupiter.api.Test;

import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

class FingerprintTest {
    /** The examples of Prometheus' own test of its signatures. */
    @Test
    void itIsWhatPrometheusComputes() {
        assertThat(Fingerprint.of(Map.of()))
                .isEqualTo(Long.toHexString(Long.parseUnsignedLong("14695981039346656037")));
        assertThat(Fingerprint.of(Map.of("name", "garland, briggs", "fear", "love is not enough")))
                .isEqualTo("%016x".formatted(5799056148416392346L));
    }
}
