package io.shardsync.actuator.diagnose;

import io.shardsync.actuator.bedside.Bedside;

/**
 * What is needed for a closer look than the routing table allows.
 *
 * @param bedside the cluster
 * @param standstill finds what stands still
 * @param pause waits between two looks
 */
public record Looking(Bedside bedside, Standstill standstill, Pause pause) {}
