package io.shardsync.actuator.plan;

import io.shardsync.actuator.diagnose.Examination;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.RecoveryCommand;

/** Says why and changes nothing. */
final class Diagnose implements Remedy {
    @Override
    public CommandType type() {
        return CommandType.DIAGNOSE;
    }

    @Override
    public Plan plan(RecoveryCommand command, Examination seen) {
        return Plan.nothing(Words.found(seen));
    }
}
