package io.shardsync.actuator.brake;

import io.shardsync.actuator.bedside.ClusterView;
import io.shardsync.actuator.bedside.Copy;
import io.shardsync.actuator.plan.Calls;
import io.shardsync.actuator.plan.Plan;
import io.shardsync.schemas.model.ClusterSnapshot;
import io.shardsync.schemas.model.Control;
import io.shardsync.schemas.model.RecoveryResult.PlannedCall;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Every brake there is, in the order in which they are asked. */
public final class Brakes {
    private static final Duration HOUR = Duration.ofHours(1);
    /** Actions on single shards that are given time to work before they are done again. */
    private static final Set<String> COOLED = Set.of(Calls.RETRY_FAILED, Calls.CANCEL, Calls.MOVE);

    /** One rule: empty where it has nothing against it, otherwise why it says no. */
    private record Brake(String name, Rule rule) {}

    private interface Rule {
        Optional<String> objection(Circumstances now);
    }

    private final BrakeLimits limits;
    private final List<Brake> all;

    public Brakes(BrakeLimits limits) {
        this.limits = limits;
        this.all = List.of(
                new Brake("paused", this::paused),
                new Brake("maintenance", this::maintenance),
                new Brake("hung_node", this::hungNode),
                new Brake("no_master", this::noMaster),
                new Brake("other_cluster", this::otherCluster),
                new Brake("master_unstable", this::masterUnstable),
                new Brake("data_age", this::dataAge),
                new Brake("node_shutdown", this::nodeShutdown),
                new Brake("nodes_lost", this::nodesLost),
                new Brake("switch_grace", this::switchGrace),
                new Brake("cool_down", this::coolDown),
                new Brake("max_per_hour", this::maxPerHour),
                new Brake("flip_flop", this::flipFlop));
    }

    /** The first objection, {@code brake NAME: why}; empty where none objects. */
    public Optional<String> objection(Circumstances now) {
        return all.stream()
                .flatMap(brake -> brake.rule().objection(now).stream().map(why -> "brake " + brake.name() + ": " + why))
                .findFirst();
    }

    private Optional<String> paused(Circumstances now) {
        return controls(now, Control.Kind.PAUSE)
                .findFirst()
                .map(pause -> "healing is paused by " + pause.by() + " since " + pause.from() + ": " + pause.why()
                        + "; resume it first (control " + pause.cluster() + "/pause)");
    }

    private Optional<String> maintenance(Circumstances now) {
        return controls(now, Control.Kind.MAINTENANCE)
                .filter(window -> window.node() == null || touches(now, window.node()))
                .findFirst()
                .map(window -> "a maintenance window of " + window.by()
                        + (window.node() == null ? "" : " for node " + window.node()) + " is open "
                        + (window.until() == null ? "without an end" : "until " + window.until()) + ": "
                        + window.why());
    }

    private static Stream<Control> controls(Circumstances now, Control.Kind kind) {
        return now.controls().stream()
                .filter(control -> control.kind() == kind)
                .filter(control -> control.appliesTo(now.command().cluster(), now.now()));
    }

    /** Whether the plan does something to a node. As long as there is none, nobody knows, and nothing is done. */
    private static boolean touches(Circumstances now, String node) {
        return now.plan().stream().flatMap(plan -> plan.calls().stream()).anyMatch(call -> switch (call.action()) {
            case Calls.MOVE, Calls.CANCEL -> call.affects().contains(Calls.NODE + node);
            case Calls.RETRY_FAILED -> retryTouches(now, node);
            // A cluster's or an index's setting lets copies go to any node.
            default -> true;
        });
    }

    private static boolean retryTouches(Circumstances now, String node) {
        return now.seen().stream()
                .flatMap(seen -> seen.view().unassigned().map(copy -> lastSeenOn(node, copy, seen.view())))
                .anyMatch(Boolean::booleanValue);
    }

    private static boolean lastSeenOn(String node, Copy copy, ClusterView view) {
        if (copy.unassigned() == null || copy.unassigned().failedAttempts() == 0) {
            return false;
        }
        String last = copy.unassigned().lastNode();
        String failure = String.valueOf(copy.unassigned().details());
        // Of a node that is gone only its id is left, which may be this one's.
        boolean gone = last != null
                && !view.nodes().containsKey(last)
                && view.nodeId(node).isEmpty();
        return gone
                || node.equals(view.nodes().get(String.valueOf(last)))
                || view.nodeId(node).filter(failure::contains).isPresent()
                || failure.contains("{" + node + "}");
    }

    private Optional<String> hungNode(Circumstances now) {
        return now.pulse().allAnswer()
                ? Optional.empty()
                : Optional.of(now.pulse().failed() + " of " + now.pulse().members()
                        + " nodes did not answer within a second (those that did: "
                        + String.join(", ", new TreeSet<>(now.pulse().answered()))
                        + "); a change would block behind it and hold up the master");
    }

    private Optional<String> noMaster(Circumstances now) {
        return now.identity().master() == null ? Optional.of("the cluster has no elected master") : Optional.empty();
    }

    private Optional<String> otherCluster(Circumstances now) {
        String found = now.identity().uuid();
        String asked = now.command().clusterUuid();
        if (asked != null && !asked.equals(found)) {
            return Optional.of("the command is for cluster_uuid " + asked + ", behind the address of '"
                    + now.command().cluster() + "' is " + found);
        }
        return now.seen()
                .map(seen -> seen.view().uuid())
                .filter(seen -> !seen.equals(found))
                .map(seen -> "cluster_uuid " + seen + " was diagnosed, but now " + found + " answers");
    }

    private Optional<String> masterUnstable(Circumstances now) {
        String master = now.identity().master();
        Optional<String> before =
                now.seen().map(seen -> seen.view().master()).filter(diagnosed -> !diagnosed.equals(master));
        if (before.isPresent()) {
            return Optional.of("the master was " + before.get() + " when this was diagnosed, now it is " + master);
        }
        return now.snapshot()
                .map(ClusterSnapshot::master)
                .filter(elected -> elected.changes1h() >= limits.mostMasterChanges())
                .map(elected ->
                        "the master changed " + elected.changes1h() + " times within the last hour, allowed are "
                                + (limits.mostMasterChanges() - 1) + " (healing.max.master.changes)");
    }

    /** Who asks unasked has nothing but collections to go by; a person is answered by the diagnosis alone. */
    private Optional<String> dataAge(Circumstances now) {
        Instant oldest = now.now().minus(limits.mostDataAge());
        if (now.seen().filter(seen -> seen.at().isBefore(oldest)).isPresent()) {
            return Optional.of("the diagnosis is of " + now.seen().get().at() + ", allowed are "
                    + limits.mostDataAge().toSeconds() + " s (healing.max.data.age.ms)");
        }
        if (!now.automatic()) {
            return Optional.empty();
        }
        Optional<ClusterSnapshot> usable = now.snapshot()
                .filter(ClusterSnapshot::reachable)
                .filter(snapshot -> !snapshot.completedAt().isBefore(oldest));
        return usable.isPresent()
                ? Optional.empty()
                : Optional.of("the newest collection on record is "
                        + now.snapshot()
                                .map(snapshot -> "of " + snapshot.completedAt()
                                        + (snapshot.reachable() ? "" : ", when the cluster could not be read"))
                                .orElse("too old to be looked at, or there is none")
                        + "; unasked nothing is changed on data older than "
                        + limits.mostDataAge().toSeconds() + " s (healing.max.data.age.ms)");
    }

    private Optional<String> nodeShutdown(Circumstances now) {
        return now.shutdowns().isEmpty()
                ? Optional.empty()
                : Optional.of("a shutdown is registered for node " + String.join(", ", now.shutdowns())
                        + " (GET _nodes/shutdown); what is missing there comes back, or moves, by itself");
    }

    private Optional<String> nodesLost(Circumstances now) {
        if (now.seen().isEmpty()) {
            return Optional.empty();
        }
        int lost = now.seen().get().view().lostNodes().size();
        int known = lost + now.seen().get().view().nodes().size();
        int percent = known == 0 ? 0 : 100 * lost / known;
        return lost > limits.mostLostNodes() || percent > limits.mostLostPercent()
                ? Optional.of(lost + " of " + known + " nodes (" + percent + " %) are gone, allowed are "
                        + limits.mostLostNodes() + " and " + limits.mostLostPercent()
                        + " % (healing.max.lost.nodes.percent): this looks like the network or the platform")
                : Optional.empty();
    }

    /** A switch that is off may be a rolling restart; only who watched it for long enough may ask for it unasked. */
    private Optional<String> switchGrace(Circumstances now) {
        boolean puttingBack =
                now.plan().stream().flatMap(Brakes::switchCalls).findAny().isPresent();
        if (!now.automatic() || !puttingBack) {
            return Optional.empty();
        }
        String cause = now.command().cause();
        if (cause == null
                || !Set.of("switch_off", "cluster_allocation_off", "index_allocation_off")
                        .contains(cause)) {
            return Optional.of("allocation is switched off, which may be somebody's rolling restart; unasked it is put"
                    + " back only by a RECOVER with cause switch_off, found " + cause);
        }
        Object since = now.command().params().get("switch_off_since");
        try {
            if (since != null) {
                Instant allowed = Instant.parse(since.toString()).plus(limits.switchGrace());
                return now.now().isBefore(allowed)
                        ? Optional.of("the switch is off since " + since + ", it is put back unasked from " + allowed
                                + " (healing.switch.grace.ms)")
                        : Optional.empty();
            }
        } catch (DateTimeParseException e) {
            return Optional.of(
                    "params.switch_off_since is '" + since + "', allowed is a time such as " + Instant.EPOCH);
        }
        return Optional.empty();
    }

    private Optional<String> coolDown(Circumstances now) {
        for (String action : COOLED) {
            // Whoever moves a copy by hand, or ends a recovery, knows why; a retry burns attempts whoever asks for it.
            if (action.equals(Calls.RETRY_FAILED) || now.automatic()) {
                Optional<String> cooling = coolDown(now, action);
                if (cooling.isPresent()) {
                    return cooling;
                }
            }
        }
        return Optional.empty();
    }

    private Optional<String> coolDown(Circumstances now, String action) {
        Set<String> meant = now.plan().stream()
                .flatMap(plan -> plan.calls().stream())
                .filter(call -> call.action().equals(action))
                .flatMap(call -> call.affects().stream())
                .filter(touched -> !touched.startsWith(Calls.NODE))
                .collect(Collectors.toSet());
        if (meant.isEmpty()) {
            return Optional.empty();
        }
        Set<String> cooling = others(
                        now,
                        limits.retryCooldown(),
                        act -> act.action().equals(action)
                                && act.cluster().equals(now.command().cluster()))
                .flatMap(act -> act.affects().stream())
                .filter(meant::contains)
                .collect(Collectors.toCollection(TreeSet::new));
        boolean primaryWaits = now.plan().get().primaries().stream()
                .anyMatch(shard -> meant.contains(shard.toString()) && !cooling.contains(shard.toString()));
        // Replicas that were retried just now are no reason to keep a primary waiting.
        return cooling.isEmpty() || primaryWaits
                ? Optional.empty()
                : Optional.of(cooling.size() + " of the " + meant.size() + " shards had a " + action
                        + " within the last " + limits.retryCooldown().toSeconds()
                        + " s (healing.retry.cooldown.ms), for instance "
                        + cooling.iterator().next()
                        + "; with the fault still there the next attempt fails like the last");
    }

    private Optional<String> maxPerHour(Circumstances now) {
        if (now.plan().isEmpty()) {
            return Optional.empty();
        }
        long here = others(now, HOUR, act -> act.cluster().equals(now.command().cluster()))
                .map(PastAct::commandId)
                .distinct()
                .count();
        long everywhere = others(now, HOUR, act -> true)
                .map(PastAct::commandId)
                .distinct()
                .count();
        if (here >= limits.mostPerHour()) {
            return Optional.of(here + " heals on this cluster within the last hour, allowed are " + limits.mostPerHour()
                    + " (healing.max.per.hour)");
        }
        return everywhere >= limits.mostPerHourInAll()
                ? Optional.of(everywhere + " heals on all clusters within the last hour, allowed are "
                        + limits.mostPerHourInAll() + " (healing.max.per.hour.all)")
                : Optional.empty();
    }

    private Optional<String> flipFlop(Circumstances now) {
        return now.plan().stream()
                .flatMap(Brakes::switchCalls)
                .flatMap(call -> call.affects().stream())
                .filter(setting -> others(
                                        now,
                                        limits.flipFlopWindow(),
                                        act -> act.action().equals(Calls.ENABLE_ALLOCATION)
                                                && act.cluster()
                                                        .equals(now.command().cluster())
                                                && act.affects().contains(setting))
                                .map(PastAct::commandId)
                                .distinct()
                                .count()
                        >= 2)
                .findFirst()
                .map(setting -> setting + " was put back twice within the last "
                        + limits.flipFlopWindow().toMinutes() + " min and is off again: somebody or something switches"
                        + " it off on purpose");
    }

    private static Stream<PlannedCall> switchCalls(Plan plan) {
        return plan.calls().stream().filter(call -> call.action().equals(Calls.ENABLE_ALLOCATION));
    }

    /** What other commands did; a command that goes on after a restart is not held up by itself. */
    private static Stream<PastAct> others(Circumstances now, Duration window, Predicate<PastAct> which) {
        Instant from = now.now().minus(window);
        return now.past().stream()
                .filter(act -> !act.commandId().equals(now.command().commandId()))
                .filter(act -> act.at().isAfter(from))
                .filter(which);
    }
}
