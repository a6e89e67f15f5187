package io.shardsync.processor.heal;

import io.shardsync.runtime.config.HealingMode;

import java.time.Duration;
import java.util.function.BiFunction;

/**
 * @param mode by cluster and cause
 * @param grace how long an alert has fired before a heal is asked for
 * @param switchGrace the same where a switch is off: it may be deliberate
 * @param backoff between two heals of one cause, doubled each time
 * @param maxBackoff at most
 * @param maxAttempts heals that count before a person has to look
 * @param expiry how long a command may wait for its start
 */
public record HealSettings(
        BiFunction<String, String, HealingMode> mode,
        Duration grace,
        Duration switchGrace,
        Duration backoff,
        Duration maxBackoff,
        int maxAttempts,
        Duration expiry) {}
