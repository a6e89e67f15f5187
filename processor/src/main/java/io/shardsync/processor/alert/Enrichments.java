package io.shardsync.processor.alert;

import io.shardsync.processor.control.Controls;
import io.shardsync.processor.heal.HealState;
import io.shardsync.processor.heal.Target;
import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.Alert.Cause;
import io.shardsync.schemas.model.Alert.Silenced;

import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/** Tells with an alert what is known beside its condition. Pure. */
final class Enrichments {
    private Enrichments() {}

    /** What a diagnosis found, what was done, and why nothing is being done. */
    static Alert healed(Alert alert, Map<String, HealState> healing) {
        HealState state = healing.get(Target.keyOf(alert));
        if (state == null) {
            return alert;
        }
        Map<String, String> annotations = new TreeMap<>(alert.annotations());
        put(annotations, "healing", state.explanation());
        put(annotations, "outcome", state.status() == null ? null : state.status() + ": " + state.message());
        put(annotations, "plan", state.plan());
        Cause cause = state.foundCode() == null
                ? alert.cause()
                : new Cause(state.foundCode(), state.foundText(), alert.cause().node());
        String action = state.commandId() == null ? state.diagnoseId() : state.commandId();
        return copy(alert, cause, action, alert.silenced(), annotations);
    }

    /** A maintenance window explains the alerts of its cluster, or of its node and of the copies it left behind. */
    static Alert silenced(Alert alert, Controls controls, ClusterMemory memory, Instant now) {
        return controls.maintenance(alert.cluster(), node -> memory.isAbout(node, alert), now)
                .map(control -> new Silenced(control.by(), control.until(), control.why()))
                .map(silenced -> copy(alert, alert.cause(), alert.actionTaken(), silenced, alert.annotations()))
                .orElse(alert);
    }

    private static void put(Map<String, String> annotations, String name, String value) {
        if (value != null) {
            annotations.put(name, value);
        }
    }

    private static Alert copy(
            Alert alert, Cause cause, String action, Silenced silenced, Map<String, String> annotations) {
        return new Alert(
                alert.fingerprint(),
                alert.status(),
                alert.alertname(),
                alert.severity(),
                alert.cluster(),
                alert.index(),
                alert.shard(),
                alert.startsAt(),
                alert.endsAt(),
                alert.lastSeen(),
                alert.summary(),
                alert.description(),
                cause,
                alert.value(),
                alert.threshold(),
                alert.affected(),
                alert.suggestedAction(),
                action,
                alert.occurrences(),
                alert.flapping(),
                silenced,
                alert.runbookUrl(),
                alert.labels(),
                annotations);
    }
}
