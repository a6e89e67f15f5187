package io.shardsync.actuator.plan;

import io.shardsync.actuator.bedside.ClusterView;
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

/** Moves a copy that serves to another node; it serves until the other has taken over. */
final class MoveShard implements Remedy {
    @Override
    public CommandType type() {
        return CommandType.MOVE_SHARD;
    }

    @Override
    public Examination look(RecoveryCommand command, Examination seen, Looking looking) {
        return Chosen.copy(command, seen.view())
                .filter(copy -> copy.state() == CopyState.STARTED)
                .map(copy -> seen.rehearsed(
                        List.of(Rehearsals.ofMove(looking.bedside(), seen.view(), copy, wanted(command, seen.view())))))
                .orElse(seen);
    }

    /** The id of the node it shall go to; where it is no member, its name, which Elasticsearch will refuse. */
    static Optional<String> wanted(RecoveryCommand command, ClusterView view) {
        return Optional.ofNullable(command.targetNode())
                .map(name -> view.nodeId(name).orElse(name));
    }

    @Override
    public Plan plan(RecoveryCommand command, Examination seen) {
        Optional<Plan> wrong = Chosen.objection(command, seen.view());
        if (wrong.isPresent()) {
            return wrong.get();
        }
        Copy copy = Chosen.copy(command, seen.view()).orElseThrow();
        if (copy.state() != CopyState.STARTED) {
            return Chosen.notStarted(copy, seen.view());
        }
        Optional<Rehearsal> rehearsal = Chosen.rehearsal(copy, seen);
        Optional<Rehearsal.Place> place = rehearsal.flatMap(Rehearsal::best);
        if (place.isEmpty()) {
            return Plan.held("Elasticsearch lets the " + copy.role() + " of " + copy.shard() + " go to no node: "
                    + rehearsal.map(Rehearsal::objections).orElse("it was not asked"));
        }
        return Plan.to(
                new Goal.Moved(copy.shard(), copy.node(), place.get().node()),
                Calls.move(copy, seen.view(), place.get()),
                "move the " + copy.role() + " of " + copy.shard() + " from "
                        + seen.view().nodeName(copy.node()) + " to "
                        + place.get().name());
    }
}
