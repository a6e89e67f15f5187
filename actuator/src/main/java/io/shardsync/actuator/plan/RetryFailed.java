package io.shardsync.actuator.plan;

import io.shardsync.actuator.diagnose.Cause;
import io.shardsync.actuator.diagnose.Examination;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.RecoveryCommand;

import java.util.Set;

/** Retries what Elasticsearch gave up on, and only that. */
final class RetryFailed implements Remedy {
    @Override
    public CommandType type() {
        return CommandType.RETRY_FAILED;
    }

    @Override
    public Plan plan(RecoveryCommand command, Examination seen) {
        return Recover.planFor(seen, Set.of(Cause.MAX_RETRIES));
    }
}
