package io.shardsync.actuator.plan;

import io.shardsync.actuator.diagnose.Examination;
import io.shardsync.actuator.diagnose.Looking;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.RecoveryCommand;

/** How one type of command is answered. A further type is one more of these, named in {@link Remedies}. */
public interface Remedy {
    CommandType type();

    /** Looks closer, where the type needs to know more than the routing table and allocation explain tell. */
    default Examination look(RecoveryCommand command, Examination seen, Looking looking) {
        return seen;
    }

    /** The calls that answer what was seen; pure, so that a dry run and the real thing plan the same. */
    Plan plan(RecoveryCommand command, Examination seen);
}
