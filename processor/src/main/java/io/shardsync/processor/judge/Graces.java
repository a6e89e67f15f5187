package io.shardsync.processor.judge;

import java.time.Duration;

/**
 * How long something may be as it is before it counts as wrong. It is measured for each copy: where one index after the
 * other is created, there is always some copy unassigned, and none of them for long.
 *
 * @param unassigned for copies without a node
 * @param created the same for copies that have just been created or restored
 * @param lagging for started copies behind their primary
 * @param stuck for started copies that stand still while their primary moves on
 * @param stalled for recoveries in which nothing moves
 */
public record Graces(Duration unassigned, Duration created, Duration lagging, Duration stuck, Duration stalled) {}
