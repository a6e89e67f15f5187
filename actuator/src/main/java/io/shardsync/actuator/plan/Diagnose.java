package io.shardsync.actuator.plan;

import io.shardsync.actuator.diagnose.Examination;
import io.shardsync.actuator.diagnose.Looking;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.RecoveryCommand;

/** Says why and changes nothing. */
final class Diagnose implements Remedy {
    @Override
    public CommandType type() {
        return CommandType.DIAGNOSE;
    }

    @Override
    public Examination look(RecoveryCommand command, Examination seen, Looking looking) {
        // To be sure takes a while, and is done only where it was asked for.
        return seen.scope().cause() == null ? seen : Unbroken.look(seen, looking);
    }

    @Override
    public Plan plan(RecoveryCommand command, Examination seen) {
        return Plan.nothing(Words.found(seen));
    }
}
