package io.shardsync.actuator.brake;

import java.time.Duration;

/**
 * Where the brakes catch.
 *
 * @param retryCooldown least time between two retries of one shard
 * @param flipFlopWindow in which the same setting is put back twice at most
 * @param mostPerHour commands that may change one cluster within an hour, at least 1
 * @param mostPerHourInAll the same over all clusters, at least 1
 * @param mostLostPercent share of the nodes that may be gone, 0 to 100
 * @param mostLostNodes number of nodes that may be gone
 * @param switchGrace how long a switch must have been off before it is put back unasked
 * @param mostDataAge how old a diagnosis may be, and the newest snapshot where nobody asked for the heal
 * @param mostMasterChanges elections within an hour from which on the master counts as unstable, at least 1
 */
public record BrakeLimits(
        Duration retryCooldown,
        Duration flipFlopWindow,
        int mostPerHour,
        int mostPerHourInAll,
        int mostLostPercent,
        int mostLostNodes,
        Duration switchGrace,
        Duration mostDataAge,
        int mostMasterChanges) {}
