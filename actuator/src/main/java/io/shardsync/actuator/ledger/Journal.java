package io.shardsync.actuator.ledger;

import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.RecoveryStep;

import java.util.List;

/** Where a command's records go. */
@FunctionalInterface
public interface Journal {
    /**
     * Writes them together, or not at all; they are committed when this returns.
     *
     * @throws Ousted if another actuator has taken over
     */
    void write(RecoveryResult result, List<RecoveryStep> steps);
}
