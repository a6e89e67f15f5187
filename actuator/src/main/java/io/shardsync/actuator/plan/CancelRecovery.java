package io.shardsync.actuator.plan;

import io.shardsync.actuator.bedside.Copy;
import io.shardsync.actuator.diagnose.Examination;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.RecoveryCommand;

import java.util.Optional;

/** Ends a replica's recovery. What follows is Elasticsearch's own choice, as a rule another attempt. */
final class CancelRecovery implements Remedy {
    @Override
    public CommandType type() {
        return CommandType.CANCEL_RECOVERY;
    }

    @Override
    public Plan plan(RecoveryCommand command, Examination seen) {
        Optional<Plan> wrong = Chosen.objection(command, seen.view());
        if (wrong.isPresent()) {
            return wrong.get();
        }
        Copy copy = Chosen.copy(command, seen.view()).orElseThrow();
        if (copy.primary()) {
            return Plan.held("it is the primary of " + copy.shard() + "; a primary's recovery is never cancelled");
        }
        if (!Chosen.recovers(copy)) {
            return Plan.nothing("the replica of " + copy.shard() + " is " + copy.state() + ", no recovery of it runs");
        }
        String target = copy.movesTo() == null ? copy.node() : copy.movesTo();
        return Plan.to(
                new Goal.Cancelled(copy.shard(), target, copy.allocationId()),
                Calls.cancel(copy.shard(), target, seen.view()),
                "cancel the recovery of a replica of " + copy.shard() + " on "
                        + seen.view().nodeName(target));
    }
}
