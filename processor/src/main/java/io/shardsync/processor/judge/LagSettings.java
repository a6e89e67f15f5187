package io.shardsync.processor.judge;

import java.time.Duration;

/**
 * @param grace how long a copy may take to reach what its primary had before it counts as lagging
 * @param unseen after a gap of this length between two looks nothing is known to have lasted through it
 */
public record LagSettings(Duration grace, Duration unseen) {}
