package io.shardsync.processor.judge;

import java.time.Duration;

/** @param grace how long a copy may take to reach what its primary had before it counts as lagging */
public record LagSettings(Duration grace) {}
