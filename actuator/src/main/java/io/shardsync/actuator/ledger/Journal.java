package io.shardsync.actuator.ledger;

import io.shardsync.schemas.model.ConsistencyReport;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.RecoveryStep;

import java.util.List;
import java.util.Optional;

/** Where a command's records go. */
@FunctionalInterface
public interface Journal {
    /**
     * Writes them together, or not at all; they are committed when this returns.
     *
     * @param report what a comparison of copies came to, where the record tells of one
     * @throws Ousted if another actuator has taken over
     */
    void write(RecoveryResult result, List<RecoveryStep> steps, Optional<ConsistencyReport> report);
}
