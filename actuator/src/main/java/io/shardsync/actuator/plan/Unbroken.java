package io.shardsync.actuator.plan;

import io.shardsync.actuator.bedside.Copy;
import io.shardsync.actuator.diagnose.Cause;
import io.shardsync.actuator.diagnose.Examination;
import io.shardsync.actuator.diagnose.Finding;
import io.shardsync.actuator.diagnose.Looking;
import io.shardsync.actuator.diagnose.Rehearsals;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What RECOVER does about recoveries and copies that stand still: one copy at a time, the others by the next one. */
final class Unbroken {
    private Unbroken() {}

    /** Looks closer where a copy recovers, or where it was said that one is stuck. */
    static Examination look(Examination seen, Looking looking) {
        String cause = seen.scope().cause();
        boolean act =
                seen.findings().stream().anyMatch(finding -> finding.cause().answer() == Cause.Answer.ACT);
        if ("replica_stuck".equals(cause)) {
            Examination closer = looking.standstill().copies(looking.bedside(), seen, looking.pause());
            return first(closer, Cause.REPLICA_STUCK)
                    .map(finding ->
                            ResyncReplica.rehearsed(closer, finding.copies().get(0), Optional.empty(), looking))
                    .orElse(closer);
        }
        if ("recovery_stalled".equals(cause) || (cause == null && !act)) {
            Examination closer = looking.standstill().recoveries(looking.bedside(), seen, looking.pause());
            return first(closer, Cause.RECOVERY_STALLED)
                    .flatMap(Unbroken::replica)
                    .map(copy -> closer.rehearsed(List.of(Rehearsals.ofRetry(
                            looking.bedside(),
                            closer.view(),
                            copy,
                            copy.movesTo() == null ? copy.node() : copy.movesTo()))))
                    .orElse(closer);
        }
        return seen;
    }

    private static Optional<Finding> first(Examination seen, Cause cause) {
        return seen.of(cause);
    }

    private static Optional<Copy> replica(Finding finding) {
        return finding.copies().stream().filter(copy -> !copy.primary()).findFirst();
    }

    /** The plan where something stands still; empty where nothing does. */
    static Optional<Plan> plan(Examination seen) {
        Optional<Finding> stuck = seen.of(Cause.REPLICA_STUCK);
        if (stuck.isPresent()) {
            return Optional.of(ResyncReplica.of(stuck.get().copies().get(0), seen));
        }
        return seen.of(Cause.RECOVERY_STALLED).map(stalled -> replica(stalled)
                .map(copy -> cancel(copy, stalled, seen))
                .orElseGet(() -> Plan.held("a primary's recovery is never cancelled: "
                        + stalled.reason().text())));
    }

    private static Plan cancel(Copy copy, Finding stalled, Examination seen) {
        String target = copy.movesTo() == null ? copy.node() : copy.movesTo();
        var place = Chosen.rehearsal(copy, seen).flatMap(rehearsal -> rehearsal.best());
        List<String> message = new ArrayList<>();
        message.add("cancel the stalled recovery of " + copy.shard() + " on "
                + seen.view().nodeName(target));
        message.add(place.map(to -> "the next attempt on " + to.name())
                .orElse(copy.movesTo() == null ? "no other node can take it" : "it goes on serving where it is"));
        if (stalled.copies().size() > 1) {
            message.add((stalled.copies().size() - 1) + " more stalled recoveries are left for the next command");
        }
        return Plan.to(
                new Goal.Healed(Set.of(copy.shard())),
                place.map(to -> Calls.elsewhere(copy.shard(), target, to, seen.view()))
                        .orElseGet(() -> Calls.cancel(copy.shard(), target, seen.view())),
                String.join("; ", message));
    }
}
