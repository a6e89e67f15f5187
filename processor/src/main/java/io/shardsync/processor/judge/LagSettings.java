package io.shardsync.processor.judge;

import java.time.Duration;

/**
 * @param grace how long a copy may take to reach what its primary had before it counts as lagging
 * @param stuckAfter how long a copy may stand still while its primary moves on before it counts as stuck
 */
public record LagSettings(Duration grace, Duration stuckAfter) {}
