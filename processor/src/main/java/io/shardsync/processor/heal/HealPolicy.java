package io.shardsync.processor.heal;

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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Decides when to ask: one command per cluster and cause, after a grace, with growing distance, a limited number of
 * times, one in flight per cluster. Why nothing is asked for is an answer too, and is kept. Pure.
 */
public record HealPolicy(HealSettings settings) {
    private static final String CAUSE = "cause";
    private static final String REQUESTED_BY = "shardsync-processor";
    private static final String SWITCH_OFF = "switch_off";

    /**
     * @param cluster the configured cluster name
     * @param clusterUuid the cluster behind it; null if unknown
     * @param firing its alerts that fire now
     * @param states by cause, as they were
     * @param controls those that a person set
     * @param now the moment judged
     */
    public record Situation(
            String cluster,
            String clusterUuid,
            List<Alert> firing,
            Map<String, HealState> states,
            List<Control> controls,
            Instant now) {}

    /**
     * @param states by cause, as they are now; causes whose alerts no longer fire are forgotten
     * @param commands to be sent
     */
    public record Decisions(Map<String, HealState> states, List<RecoveryCommand> commands) {}

    public Decisions decide(Situation situation) {
        Map<String, HealState> after = new TreeMap<>();
        List<RecoveryCommand> commands = new ArrayList<>();
        byCause(situation.firing()).forEach((cause, alert) -> {
            HealState state = Optional.ofNullable(situation.states().get(cause))
                    .orElseGet(() -> HealState.begin(situation.now(), alert.fingerprint()));
            state = giveUpWaiting(state, situation.now());
            if (state.diagnoseId() == null) {
                RecoveryCommand diagnose = command(situation, CommandType.DIAGNOSE, cause, alert, state, false);
                commands.add(diagnose);
                state = state.diagnosing(diagnose.commandId());
            }
            Optional<String> hold = reasonToHold(situation, cause, alert, state, after);
            if (hold.isEmpty()) {
                boolean dryRun = mode(situation, cause) == HealingMode.SUGGEST;
                RecoveryCommand recover = command(situation, CommandType.RECOVER, cause, alert, state, dryRun);
                commands.add(recover);
                state = state.asking(recover.commandId(), situation.now())
                        .because(dryRun ? "suggest: a dry run was sent" : "act: RECOVER was sent");
            } else {
                state = state.because(hold.orElseThrow());
            }
            after.put(cause, state);
        });
        return new Decisions(after, commands);
    }

    /** The alerts that a heal can answer, the gravest of each cause. */
    private static Map<String, Alert> byCause(List<Alert> firing) {
        Map<String, Alert> byCause = new TreeMap<>();
        firing.stream()
                .filter(alert -> alert.labels().containsKey(CAUSE))
                .sorted(Comparator.comparing(Alert::severity).thenComparing(Alert::fingerprint))
                .forEach(alert -> byCause.putIfAbsent(alert.labels().get(CAUSE), alert));
        return byCause;
    }

    /** A command that nobody answered, long after it had to be started, has failed. */
    private HealState giveUpWaiting(HealState state, Instant now) {
        boolean unanswered = state.commandId() != null && state.status() == null;
        if (unanswered && now.isAfter(state.askedAt().plus(settings.expiry()))) {
            return state.answered(Status.EXPIRED, "no actuator answered", null);
        }
        return state;
    }

    private Optional<String> reasonToHold(
            Situation situation, String cause, Alert alert, HealState state, Map<String, HealState> decidedBefore) {
        HealingMode mode = mode(situation, cause);
        if (mode == HealingMode.OFF) {
            return Optional.of("off: healing.mode is off for " + cause);
        }
        Optional<Control> control = situation.controls().stream()
                .filter(one -> one.kind() != Control.Kind.RETIRED && one.node() == null)
                .filter(one -> one.appliesTo(situation.cluster(), situation.now()))
                .findFirst();
        if (control.isPresent()) {
            Control one = control.orElseThrow();
            return Optional.of((one.kind() == Control.Kind.PAUSE ? "paused by " : "maintenance of ") + one.by() + ": "
                    + one.why());
        }
        Optional<Alert> hung = situation.firing().stream()
                .filter(one -> one.alertname().equals("NodeUnresponsive"))
                .findFirst();
        if (hung.isPresent()) {
            return Optional.of("held: node " + hung.orElseThrow().labels().get("node")
                    + " does not answer, and a call would block behind it");
        }
        if (alert.flapping()) {
            return Optional.of("held: the alert flaps");
        }
        if (state.inFlight()) {
            return Optional.of("waits for command " + state.commandId());
        }
        boolean otherInFlight = situation.states().entrySet().stream()
                        .anyMatch(other -> !other.getKey().equals(cause)
                                && other.getValue().inFlight())
                || decidedBefore.values().stream().anyMatch(HealState::inFlight);
        if (otherInFlight) {
            return Optional.of("waits for another command of the cluster");
        }
        Duration grace = cause.equals(SWITCH_OFF) ? settings.switchGrace() : settings.grace();
        Instant ripe = state.firingSince().plus(grace);
        if (situation.now().isBefore(ripe)) {
            return Optional.of("waits until " + ripe);
        }
        if (state.attempts() >= settings.maxAttempts()) {
            return Optional.of("exhausted: " + state.attempts() + " attempts, the last: " + state.message());
        }
        if (state.askedAt() != null) {
            Instant next = state.askedAt().plus(backoff(state.asked()));
            if (situation.now().isBefore(next)) {
                return Optional.of("waits until " + next + " for the next attempt; the last: " + state.message());
            }
        }
        return Optional.empty();
    }

    private Duration backoff(int asked) {
        Duration distance = settings.backoff();
        for (int i = 1; i < asked && distance.compareTo(settings.maxBackoff()) < 0; i++) {
            distance = distance.multipliedBy(2);
        }
        return distance.compareTo(settings.maxBackoff()) > 0 ? settings.maxBackoff() : distance;
    }

    private HealingMode mode(Situation situation, String cause) {
        return settings.mode().apply(situation.cluster(), cause);
    }

    /** The id is derived from what is asked, so the same decision, taken again after a crash, is the same command. */
    private RecoveryCommand command(
            Situation situation, CommandType type, String cause, Alert alert, HealState state, boolean dryRun) {
        String asked = String.join(
                "|",
                situation.cluster(),
                cause,
                type.name(),
                alert.fingerprint(),
                String.valueOf(state.firingSince().toEpochMilli()),
                String.valueOf(state.asked()));
        return new RecoveryCommand(
                UUID.nameUUIDFromBytes(asked.getBytes(StandardCharsets.UTF_8)).toString(),
                type,
                situation.cluster(),
                situation.clusterUuid(),
                null,
                null,
                null,
                null,
                cause,
                alert.fingerprint(),
                dryRun,
                REQUESTED_BY,
                situation.now(),
                situation.now().plus(settings.expiry()),
                alert.summary(),
                Map.of());
    }
}
