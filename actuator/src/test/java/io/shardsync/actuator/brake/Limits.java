package io.shardsync.actuator.brake;

import java.time.Duration;

/** Limits of brakes for tests. */
public final class Limits {
    /** So wide that a single command meets none of them. */
    public static final BrakeLimits WIDE = new BrakeLimits(
            Duration.ofMinutes(10),
            Duration.ofHours(1),
            9,
            9,
            40,
            10,
            Duration.ofMinutes(30),
            Duration.ofMinutes(1),
            3);

    private Limits() {}
}
