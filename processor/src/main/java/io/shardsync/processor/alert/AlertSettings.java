package io.shardsync.processor.alert;

import java.time.Duration;

/**
 * @param lagBytes above which a lagging copy is told
 * @param lagOps above which a lagging copy is told
 * @param switchFor how long an allocation switch may be off
 * @param masterFor how long a cluster may be without a master
 * @param clear how long a condition has to be gone before its alert is resolved
 * @param heartbeat a firing alert is repeated at least this often
 * @param flapChanges more changes than this within the window are flapping
 * @param flapWindow the window
 * @param stale how long collections may stay away
 * @param balanceRatio times the mean that a node may hold
 * @param balanceFor for how long it has to hold more
 * @param keepResolved how long a resolved alert stays on the topic
 * @param runbooks put before the name of the alert to make a link
 */
public record AlertSettings(
        long lagBytes,
        long lagOps,
        Duration switchFor,
        Duration masterFor,
        Duration clear,
        Duration heartbeat,
        int flapChanges,
        Duration flapWindow,
        Duration stale,
        double balanceRatio,
        Duration balanceFor,
        Duration keepResolved,
        String runbooks) {}
