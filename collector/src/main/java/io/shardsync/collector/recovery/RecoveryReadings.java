package io.shardsync.collector.recovery;

import io.shardsync.collector.read.RecoveryReading;

import java.util.List;

/**
 * What a collection could read of recoveries.
 *
 * @param all whether it is every recovery that nodes remember, those that have ended included
 */
public record RecoveryReadings(List<RecoveryReading> readings, boolean all) {
    /** Nothing could be read. */
    public static final RecoveryReadings NONE = new RecoveryReadings(List.of(), false);

    /** Copies the list. */
    public RecoveryReadings {
        readings = List.copyOf(readings);
    }
}
