package io.shardsync.processor.alert;

import io.shardsync.processor.heal.HealState;
import io.shardsync.processor.heal.HealState.Stance;
import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.Alert.Affected;
import io.shardsync.schemas.model.Alert.Severity;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** A recovery that is needed and will not come by itself: its attempts are used up, or a safety rule holds it. */
record HealingRule(AlertSettings settings) implements Rule {
    @Override
    public Stream<Condition> conditions(ClusterMemory memory) {
        String cluster = memory.newest().cluster();
        return memory.healing().entrySet().stream()
                .filter(one -> one.getValue().stance() == Stance.EXHAUSTED
                        || one.getValue().stance() == Stance.HELD)
                .map(one -> condition(cluster, one.getKey(), one.getValue()));
    }

    private Condition condition(String cluster, String cause, HealState state) {
        boolean exhausted = state.stance() == Stance.EXHAUSTED;
        return new Condition(
                Labels.of(exhausted ? "HealingExhausted" : "HealingHeld", cluster, "cause", cause),
                exhausted ? Severity.CRITICAL : Severity.WARNING,
                exhausted ? Duration.ZERO : settings.clear(),
                settings.clear(),
                new Alert.Cause(
                        state.foundCode() == null ? cause : state.foundCode(),
                        state.foundText() == null ? "Not diagnosed." : state.foundText(),
                        null),
                (double) state.attempts(),
                null,
                new Affected(0, 0, List.of(), List.of()),
                exhausted
                        ? "Healing of " + cause + " in " + cluster + " has failed " + state.attempts() + " times"
                        : "Healing of " + cause + " in " + cluster + " is held",
                state.explanation(),
                exhausted
                        ? "Read the diagnosis and the steps of the last command, and act yourself."
                        : "Lift what holds it, or act yourself.");
    }
}
