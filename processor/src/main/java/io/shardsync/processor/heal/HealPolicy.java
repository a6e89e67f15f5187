package io.shardsync.processor.heal;

import io.shardsync.processor.check.DeepCheck;
import io.shardsync.processor.check.DeepCheck.WrongCopy;
import io.shardsync.processor.control.Controls;
import io.shardsync.processor.heal.HealState.Stance;
import io.shardsync.runtime.config.HealingMode;
import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.Control;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.model.RecoveryResult.Status;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Decides when to ask: one command per cluster, role and cause, after a grace, with growing distance, a limited number
 * of times, one in flight per cluster. Why nothing is asked for is an answer too, and is kept. Pure.
 */
public record HealPolicy(HealSettings settings) {
    private static final String REQUESTED_BY = "shardsync-processor";
    private static final String SWITCH_OFF = "switch_off";
    /** A command that is worked at tells of its progress; one that has been silent for so long has nobody who does. */
    private static final Duration SILENT = Duration.ofHours(6);

    /**
     * @param cluster the configured cluster name
     * @param clusterUuid the cluster behind it; null if unknown
     * @param firing its alerts that fire now
     * @param states by what they are about ({@link Target#key}), as they were
     * @param diverged what deep checks found, by {@code index/shard}
     * @param controls those that a person set
     * @param now the moment judged
     * @param wall the time; later by hours while a processor reads what came while it was away
     */
    public record Situation(
            String cluster,
            String clusterUuid,
            List<Alert> firing,
            Map<String, HealState> states,
            Map<String, DeepCheck.Shard> diverged,
            Controls controls,
            Instant now,
            Instant wall) {}

    /**
     * @param states as in the situation, as they are now; what no alert fires for any more is forgotten
     * @param commands to be sent
     */
    public record Decisions(Map<String, HealState> states, List<RecoveryCommand> commands) {}

    public Decisions decide(Situation situation) {
        Map<String, HealState> after = new TreeMap<>();
        List<RecoveryCommand> commands = new ArrayList<>();
        byTarget(situation.firing()).forEach((key, alert) -> {
            Target target = Target.of(alert).orElseThrow();
            HealState state = Optional.ofNullable(situation.states().get(key))
                    .orElseGet(() -> HealState.begin(situation.now(), alert.fingerprint()));
            if (isOutdated(situation)) {
                // An answer may have come long ago and be read next, and what is asked now would expire at once.
                after.put(
                        key,
                        state.because(Stance.WAITING, "waits: the newest collection known is of " + situation.now()));
                return;
            }
            state = giveUpWaiting(state, situation.now());
            if (state.diagnoseId() == null && !target.isDiverged()) {
                RecoveryCommand diagnose = command(situation, CommandType.DIAGNOSE, target, alert, state, false);
                commands.add(diagnose);
                state = state.diagnosing(diagnose.commandId());
            }
            Optional<Hold> hold = reasonToHold(situation, target, alert, state, after);
            if (hold.isEmpty()) {
                boolean dryRun = mode(situation, target) == HealingMode.SUGGEST;
                CommandType type = target.isDiverged() ? CommandType.RESYNC_REPLICA : CommandType.RECOVER;
                RecoveryCommand heal = command(situation, type, target, alert, state, dryRun);
                commands.add(heal);
                state = state.asking(heal.commandId(), situation.now())
                        .because(Stance.ASKED, dryRun ? "suggest: a dry run was sent" : "act: " + type + " was sent");
            } else {
                Hold reason = hold.orElseThrow();
                state = state.because(reason.stance(), reason.text());
            }
            after.put(key, state);
        });
        return new Decisions(after, commands);
    }

    private boolean isOutdated(Situation situation) {
        return situation.wall().isAfter(situation.now().plus(settings.expiry()));
    }

    /** The alerts that a heal can answer, the gravest first: only one command of a cluster is out at a time. */
    private static Map<String, Alert> byTarget(List<Alert> firing) {
        Map<String, Alert> byTarget = new LinkedHashMap<>();
        firing.stream()
                .sorted(Comparator.comparing(Alert::severity).thenComparing(Alert::fingerprint))
                .forEach(alert -> Target.of(alert).ifPresent(target -> byTarget.putIfAbsent(target.key(), alert)));
        return byTarget;
    }

    /** A command that nobody answered long after it had to be started, or that nobody works at any more, has failed. */
    private HealState giveUpWaiting(HealState state, Instant now) {
        if (!state.inFlight()) {
            return state;
        }
        Duration limit = state.status() == null ? settings.expiry() : SILENT;
        if (!now.isAfter(state.heardAt().plus(limit))) {
            return state;
        }
        String why = state.status() == null
                ? "no actuator answered"
                : "no actuator has told of it for " + SILENT.toHours() + " hours";
        return state.answered(Status.EXPIRED, now, why, null);
    }

    /** Why nothing is asked for now. */
    private record Hold(Stance stance, String text) {
        static Optional<Hold> of(Stance stance, String text) {
            return Optional.of(new Hold(stance, text));
        }
    }

    private Optional<Hold> reasonToHold(
            Situation situation, Target target, Alert alert, HealState state, Map<String, HealState> decidedBefore) {
        if (mode(situation, target) == HealingMode.OFF) {
            return Hold.of(Stance.OFF, "off: healing.mode is off for " + target.cause());
        }
        return byPeople(situation)
                .or(() -> byWindow(alert))
                .or(() -> bySafety(situation, alert, state))
                .or(() -> byProgress(alert))
                .or(() -> byDirection(situation, target))
                .or(() -> byOthers(situation, target, state, decidedBefore))
                .or(() -> byTime(situation, target, state));
    }

    private static Optional<Hold> byPeople(Situation situation) {
        return situation
                .controls()
                .stopsHealing(situation.cluster(), situation.now())
                .map(control -> new Hold(
                        Stance.HELD,
                        (control.kind() == Control.Kind.PAUSE ? "paused by " : "maintenance of ") + control.by() + ": "
                                + control.why()));
    }

    /** A window of the node that explains what is wrong, or a shutdown that Elasticsearch was told of. */
    private static Optional<Hold> byWindow(Alert alert) {
        return Optional.ofNullable(alert.silenced())
                .map(window -> new Hold(Stance.HELD, "maintenance of " + window.by() + ": " + window.why()));
    }

    private static Optional<Hold> bySafety(Situation situation, Alert alert, HealState state) {
        Optional<Alert> hung = situation.firing().stream()
                .filter(one -> one.alertname().equals("NodeUnresponsive"))
                .findFirst();
        if (hung.isPresent()) {
            return Hold.of(
                    Stance.HELD,
                    "held: node " + hung.orElseThrow().labels().get("node")
                            + " does not answer, and a call would block behind it");
        }
        if (alert.status() == Alert.Status.UNKNOWN) {
            return Hold.of(Stance.WAITING, "waits: whether it still holds is not known yet");
        }
        if (alert.flapping()) {
            return Hold.of(Stance.HELD, "held: the alert flaps");
        }
        return Optional.empty();
    }

    private static Optional<Hold> byProgress(Alert alert) {
        boolean nothingLeft = alert.value() != null && alert.value() == 0;
        return nothingLeft ? Hold.of(Stance.WAITING, "waits: " + alert.summary()) : Optional.empty();
    }

    /**
     * A rebuild copies from the primary, so it is right only where the primary has everything. What the copy has beyond
     * the primary may be a lost delete or a lost document; that can't be told from two copies. The actuator looks again
     * before it acts.
     */
    private static Optional<Hold> byDirection(Situation situation, Target target) {
        if (!target.isDiverged() || rebuildable(situation, target).isPresent()) {
            return Optional.empty();
        }
        return Hold.of(
                Stance.HELD,
                "held: every copy that differs has documents that the primary has not, or is the primary itself; which"
                        + " of them is right is for a person to say");
    }

    private static Optional<WrongCopy> rebuildable(Situation situation, Target target) {
        return Optional.ofNullable(situation.diverged().get(target.index() + "/" + target.shard())).stream()
                .flatMap(shard -> shard.wrong().stream()
                        .filter(copy -> copy.extra() == 0)
                        .filter(copy ->
                                shard.primaryNode() != null && !copy.node().equals(shard.primaryNode())))
                .findFirst();
    }

    private static Optional<Hold> byOthers(
            Situation situation, Target target, HealState state, Map<String, HealState> decidedBefore) {
        if (state.inFlight()) {
            return Hold.of(Stance.WAITING, "waits for command " + state.commandId());
        }
        boolean otherInFlight = situation.states().entrySet().stream()
                        .anyMatch(other -> !other.getKey().equals(target.key())
                                && other.getValue().inFlight())
                || decidedBefore.values().stream().anyMatch(HealState::inFlight);
        return otherInFlight ? Hold.of(Stance.WAITING, "waits for another command of the cluster") : Optional.empty();
    }

    private Optional<Hold> byTime(Situation situation, Target target, HealState state) {
        Instant ripe = state.firingSince().plus(graceOf(target.cause()));
        if (situation.now().isBefore(ripe)) {
            return Hold.of(Stance.WAITING, "waits until " + ripe);
        }
        if (state.attempts() >= settings.maxAttempts()) {
            return Hold.of(
                    Stance.EXHAUSTED, "exhausted: " + state.attempts() + " attempts, the last: " + state.message());
        }
        if (state.askedAt() == null) {
            return Optional.empty();
        }
        Instant next = state.askedAt().plus(backoff(state.asked()));
        if (!situation.now().isBefore(next)) {
            return Optional.empty();
        }
        // What the actuator held stays held, by its reason, until it is asked again.
        return Hold.of(
                state.status() == Status.HELD ? Stance.HELD : Stance.WAITING,
                "waits until " + next + " for the next attempt; the last: " + state.message());
    }

    private Duration graceOf(String cause) {
        return cause.equals(SWITCH_OFF) ? settings.switchGrace() : settings.grace();
    }

    private Duration backoff(int asked) {
        Duration distance = settings.backoff();
        for (int i = 1; i < asked && distance.compareTo(settings.maxBackoff()) < 0; i++) {
            distance = distance.multipliedBy(2);
        }
        return distance.compareTo(settings.maxBackoff()) > 0 ? settings.maxBackoff() : distance;
    }

    private HealingMode mode(Situation situation, Target target) {
        return settings.mode().apply(situation.cluster(), target.cause());
    }

    /** The id is derived from what is asked, so the same decision, taken again after a crash, is the same command. */
    private RecoveryCommand command(
            Situation situation, CommandType type, Target target, Alert alert, HealState state, boolean dryRun) {
        String asked = String.join(
                "|",
                situation.cluster(),
                target.key(),
                type.name(),
                alert.fingerprint(),
                String.valueOf(state.firingSince().toEpochMilli()),
                String.valueOf(state.asked()));
        return RecoveryCommand.builder(type, situation.cluster())
                .commandId(UUID.nameUUIDFromBytes(asked.getBytes(StandardCharsets.UTF_8))
                        .toString())
                .clusterUuid(situation.clusterUuid())
                .index(target.index())
                .shard(target.shard())
                .node(node(situation, target))
                .cause(target.isDiverged() ? null : target.cause())
                .alertFingerprint(alert.fingerprint())
                .dryRun(dryRun)
                .requested(REQUESTED_BY, situation.now(), situation.now().plus(settings.expiry()))
                .reason(alert.summary())
                .params(params(target.cause(), alert))
                .build();
    }

    /** The one copy to be rebuilt, where it is known; null where the command is about more. */
    private static String node(Situation situation, Target target) {
        return target.isDiverged()
                ? rebuildable(situation, target).map(WrongCopy::node).orElse(null)
                : null;
    }

    /** Since when it is so lets the actuator hold its own grace against it. */
    private static Map<String, Object> params(String cause, Alert alert) {
        return cause.equals(SWITCH_OFF)
                ? Map.of("switch_off_since", alert.startsAt().toString())
                : Map.of();
    }
}
