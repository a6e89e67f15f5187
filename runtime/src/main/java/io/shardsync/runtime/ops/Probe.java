package io.shardsync.runtime.ops;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * Answers "is this part of the service ready?".
 *
 * @param name shown when it isn't, for example {@code kafka-streams}
 * @param failure empty when ready, otherwise why not, in one line; must answer at once, without asking anybody
 */
public record Probe(String name, Supplier<Optional<String>> failure) {
    /** The failure now; a probe that throws has failed. */
    Optional<String> failureNow() {
        try {
            return failure.get();
        } catch (RuntimeException broken) {
            return Optional.of("the probe itself failed: " + broken);
        }
    }
}
