package io.shardsync.processor.heal;

import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.RecoveryResult.Diagnosis;
import io.shardsync.schemas.model.RecoveryResult.PlannedCall;

import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Joins the outcomes of commands back to what they were sent for. Pure. */
public final class Results {
    private Results() {}

    /** The states after a result; one that answers none of our commands changes nothing. */
    public static Map<String, HealState> join(Map<String, HealState> states, RecoveryResult result) {
        Map<String, HealState> after = new TreeMap<>(states);
        after.replaceAll((target, state) -> {
            boolean ofHeal = result.commandId().equals(state.commandId());
            boolean ofDiagnosis = result.commandId().equals(state.diagnoseId());
            if (!ofHeal && !ofDiagnosis) {
                return state;
            }
            HealState next =
                    ofHeal ? state.answered(result.status(), result.at(), result.message(), plan(result)) : state;
            return mainCause(result)
                    .map(found -> next.found(found.cause(), found.explanation()))
                    .orElse(next);
        });
        return after;
    }

    private static Optional<Diagnosis> mainCause(RecoveryResult result) {
        return result.diagnosis().stream().max(Comparator.comparingInt(Diagnosis::copies));
    }

    private static String plan(RecoveryResult result) {
        return result.plan().isEmpty()
                ? null
                : result.plan().stream().map(Results::line).collect(Collectors.joining("; "));
    }

    private static String line(PlannedCall call) {
        return call.method() + " " + call.path() + (call.body() == null ? "" : " " + call.body());
    }
}
