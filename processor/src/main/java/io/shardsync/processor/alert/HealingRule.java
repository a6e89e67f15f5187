package io.shardsync.processor.alert;

import io.shardsync.processor.heal.HealState;
import io.shardsync.processor.heal.HealState.Stance;
import io.shardsync.processor.heal.Target;
import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.Alert.Affected;
import io.shardsync.schemas.model.Alert.Severity;

import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** A recovery that is needed and will not come by itself: its attempts are used up, or a safety rule holds it. */
record HealingRule(AlertSettings settings) implements Rule {
    @Override
    public Stream<Condition> conditions(ClusterMemory memory) {
        String cluster = memory.newest().cluster();
        return memory.healing().entrySet().stream().flatMap(one -> {
            Condition condition = condition(cluster, Target.parse(one.getKey()), one.getValue());
            return holds(one.getValue(), () -> isFiring(condition, memory)) ? Stream.of(condition) : Stream.empty();
        });
    }

    /** What is only looked at again is neither held anew nor free: an alert that fires goes on, none begins. */
    private static boolean holds(HealState state, BooleanSupplier isFiring) {
        return switch (state.stance()) {
            case HELD, EXHAUSTED -> true;
            case ASKED, WAITING, OFF -> state.isLookedAtAgain() && isFiring.getAsBoolean();
        };
    }

    private static boolean isFiring(Condition condition, ClusterMemory memory) {
        AlertState told = memory.alerts().get(condition.fingerprint());
        return told != null && told.firing();
    }

    private Condition condition(String cluster, Target target, HealState state) {
        String cause = target.cause();
        String about = about(target);
        boolean exhausted = state.stance() == Stance.EXHAUSTED;
        return new Condition(
                Labels.of(exhausted ? "HealingExhausted" : "HealingHeld", cluster, target.labels()),
                exhausted ? Severity.CRITICAL : Severity.WARNING,
                exhausted ? Duration.ZERO : settings.clear(),
                settings.clear(),
                new Alert.Cause(
                        state.foundCode() == null ? cause : state.foundCode(),
                        state.foundText() == null ? "Not diagnosed." : state.foundText(),
                        null),
                (double) state.attempts(),
                null,
                new Affected(0, 0, target.index() == null ? List.of() : List.of(target.index()), List.of()),
                exhausted
                        ? "Healing of " + about + " in " + cluster + " has failed " + state.attempts() + " times"
                        : "Healing of " + about + " in " + cluster + " is held",
                state.explanation(),
                exhausted
                        ? "Read the diagnosis and the steps of the last command, and act yourself."
                        : "Lift what holds it, or act yourself.");
    }

    private static String about(Target target) {
        if (target.index() != null) {
            return target.cause() + " of " + target.index() + "/" + target.shard();
        }
        return target.primaries() ? target.cause() + " of primaries" : target.cause();
    }
}
