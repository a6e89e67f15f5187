package io.shardsync.actuator.brake;

import io.shardsync.actuator.bedside.ClusterView;
import io.shardsync.actuator.bedside.Pulse;
import io.shardsync.actuator.diagnose.Examination;
import io.shardsync.actuator.plan.Plan;
import io.shardsync.schemas.model.ClusterSnapshot;
import io.shardsync.schemas.model.Control;
import io.shardsync.schemas.model.RecoveryCommand;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * All that the brakes look at.
 *
 * @param now when
 * @param command what was asked
 * @param controls the words of people that are in force, for this cluster and for others
 * @param pulse which nodes answer
 * @param identity the cluster that answers now, and its master
 * @param shutdowns nodes with a registered shutdown
 * @param seen what was diagnosed; empty before
 * @param plan what is about to be done; empty before it is known
 * @param snapshot the newest collection on record; empty where there is none of late
 * @param past what was done before, on any cluster
 */
public record Circumstances(
        Instant now,
        RecoveryCommand command,
        List<Control> controls,
        Pulse pulse,
        ClusterView identity,
        Set<String> shutdowns,
        Optional<Examination> seen,
        Optional<Plan> plan,
        Optional<ClusterSnapshot> snapshot,
        List<PastAct> past) {
    public Circumstances {
        controls = List.copyOf(controls);
        shutdowns = Set.copyOf(shutdowns);
        past = List.copyOf(past);
    }

    /** Whether nobody but ShardSync itself asked for it. */
    public static boolean automatic(RecoveryCommand command) {
        return command.requestedBy() != null && command.requestedBy().startsWith("shardsync");
    }

    boolean automatic() {
        return automatic(command);
    }
}
