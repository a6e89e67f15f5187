package io.shardsync.actuator.execute;

import java.time.Duration;

/**
 * How a heal is watched.
 *
 * @param interval between two looks
 * @param patience how long without any progress
 * @param settle how long copies may be unassigned with nothing running
 */
public record WatchTiming(Duration interval, Duration patience, Duration settle) {}
