package io.shardsync.actuator.plan;

import io.shardsync.actuator.bedside.Copy;
import io.shardsync.actuator.diagnose.Examination;
import io.shardsync.actuator.diagnose.Looking;
import io.shardsync.actuator.diagnose.Rehearsal;
import io.shardsync.actuator.diagnose.Rehearsals;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.CopyState;
import io.shardsync.schemas.model.RecoveryCommand;

import java.util.List;
import java.util.Optional;

/**
 * Rebuilds a replica from its primary, on a node without a copy: there it has no files of its own to begin with.
 * Cancelling it instead would bring it back from its own files, as wrong as before.
 */
final class ResyncReplica implements Remedy {
    @Override
    public CommandType type() {
        return CommandType.RESYNC_REPLICA;
    }

    @Override
    public Examination look(RecoveryCommand command, Examination seen, Looking looking) {
        return Chosen.copy(command, seen.view())
                .map(copy -> rehearsed(seen, copy, MoveShard.wanted(command, seen.view()), looking))
                .orElse(seen);
    }

    /** The same examination, knowing where this replica could go; as it is where it can't be moved anyway. */
    static Examination rehearsed(Examination seen, Copy copy, Optional<String> wanted, Looking looking) {
        return copy.primary() || copy.state() != CopyState.STARTED
                ? seen
                : seen.rehearsed(List.of(Rehearsals.ofMove(looking.bedside(), seen.view(), copy, wanted)));
    }

    @Override
    public Plan plan(RecoveryCommand command, Examination seen) {
        return Chosen.objection(command, seen.view()).orElseGet(() -> Chosen.copy(command, seen.view())
                .map(copy -> of(copy, seen))
                .orElseThrow());
    }

    /** The plan for one replica. */
    static Plan of(Copy copy, Examination seen) {
        if (copy.primary()) {
            return Plan.rejected("the copy of " + copy.shard() + " on "
                    + seen.view().nodeName(copy.node()) + " is the primary; only a replica can be rebuilt");
        }
        if (copy.state() != CopyState.STARTED) {
            return Chosen.notStarted(copy, seen.view());
        }
        Optional<Copy> primary = seen.view().copiesOf(copy.shard()).stream()
                .filter(one -> one.primary() && one.state() == CopyState.STARTED)
                .findFirst();
        if (primary.isEmpty()) {
            return Plan.held("the primary of " + copy.shard() + " is not STARTED, there is nothing to rebuild from");
        }
        Optional<Rehearsal> rehearsal = Chosen.rehearsal(copy, seen);
        Optional<Rehearsal.Place> place = rehearsal.flatMap(Rehearsal::best);
        if (place.isEmpty()) {
            return Plan.held("no node can take the replica of " + copy.shard() + " ("
                    + rehearsal.map(Rehearsal::objections).orElse("it was not asked")
                    + "). What is left is for a person to choose: make sure that the primary is right, lower"
                    + " index.number_of_replicas of " + copy.shard().index()
                    + " by one and raise it again; Elasticsearch then picks the copy to drop, and until the new one"
                    + " is there every shard of the index has one copy less");
        }
        return Plan.to(
                        new Goal.Moved(copy.shard(), copy.node(), place.get().node()),
                        Calls.move(copy, seen.view(), place.get()),
                        "rebuild the replica of " + copy.shard() + " on "
                                + seen.view().nodeName(copy.node()) + " from its primary on "
                                + seen.view().nodeName(primary.get().node()) + ", by moving it to "
                                + place.get().name() + "; afterwards the copies are compared, for green proves"
                                + " nothing")
                .rebuilding(copy.shard(), copy.node());
    }
}
