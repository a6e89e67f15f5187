package io.shardsync.actuator.brake;

import io.shardsync.actuator.plan.Plan;
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
    private static final String SHARD_RETRY = "retry_failed";
    private static final String SWITCH_BACK = "enable_allocation";

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
                .map(pause -> "healing is paused by " + pause.by() + " since " + pause.from() + ": " + pause.why()
                        + "; resume it first (control " + pause.cluster() + "/pause)");
    }

    private Optional<String> maintenance(Circumstances now) {
        return controls(now, Control.Kind.MAINTENANCE)
                .map(window -> "a maintenance window of " + window.by()
                        + (window.node() == null ? "" : " for node " + window.node()) + " is open "
                        + (window.until() == null ? "without an end" : "until " + window.until()) + ": "
                        + window.why());
    }

    private static Optional<Control> controls(Circumstances now, Control.Kind kind) {
        return now.controls().stream()
                .filter(control -> control.kind() == kind)
                .filter(control -> control.appliesTo(now.command().cluster(), now.now()))
                .findFirst();
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
        Set<String> retried = now.plan().stream()
                .flatMap(plan -> plan.calls().stream())
                .filter(call -> call.action().equals(SHARD_RETRY))
                .flatMap(call -> call.affects().stream())
                .collect(Collectors.toSet());
        if (retried.isEmpty()) {
            return Optional.empty();
        }
        Set<String> cooling = others(
                        now,
                        limits.retryCooldown(),
                        act -> act.action().equals(SHARD_RETRY)
                                && act.cluster().equals(now.command().cluster()))
                .flatMap(act -> act.affects().stream())
                .filter(retried::contains)
                .collect(Collectors.toCollection(TreeSet::new));
        boolean primaryWaits = now.plan().get().primaries().stream()
                .anyMatch(shard -> retried.contains(shard.toString()) && !cooling.contains(shard.toString()));
        // Replicas that were retried just now are no reason to keep a primary waiting.
        return cooling.isEmpty() || primaryWaits
                ? Optional.empty()
                : Optional.of(cooling.size() + " of the " + retried.size() + " shards were retried within the last "
                        + limits.retryCooldown().toSeconds() + " s (healing.retry.cooldown.ms), for instance "
                        + cooling.iterator().next()
                        + "; with the fault still there a retry burns five attempts in a second");
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
                                        act -> act.action().equals(SWITCH_BACK)
                                                && act.cluster()
                                                        .equals(now.command().cluster())
                                                && act.affects().contains(setting))
                                .count()
                        >= 2)
                .findFirst()
                .map(setting -> setting + " was put back twice within the last "
                        + limits.flipFlopWindow().toMinutes() + " min and is off again: somebody or something switches"
                        + " it off on purpose");
    }

    private static Stream<PlannedCall> switchCalls(Plan plan) {
        return plan.calls().stream().filter(call -> call.action().equals(SWITCH_BACK));
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
