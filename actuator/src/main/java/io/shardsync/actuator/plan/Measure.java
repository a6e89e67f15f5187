package io.shardsync.actuator.plan;

import io.shardsync.schemas.model.RecoveryResult.PlannedCall;
import io.shardsync.schemas.model.RecoveryResult.Undo;

import java.util.List;

/**
 * One state-changing call, and what it takes away.
 *
 * @param call exactly what will be sent
 * @param undo settings it changes, with their former values
 */
public record Measure(PlannedCall call, List<Undo> undo) {
    public Measure {
        undo = List.copyOf(undo);
    }
}
