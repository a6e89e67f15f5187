package io.shardsync.processor.notify;

import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.Alert.Status;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * An alert in the words of Prometheus' world: a few labels that make it what it is, and annotations.
 *
 * <p>{@code severity} and {@code silenced} are labels, as routes go by them. They may change while the alert fires; for
 * Alertmanager it is then another alert, and the former one has to be ended.
 *
 * <p>{@code unknown} has no equal there. It stays firing, and an annotation says so: resolving it would tell people
 * that a fault is over which nobody can see, and a label would make it another alert.
 */
final class Telling {
    private Telling() {}

    static Map<String, String> labels(Alert alert) {
        Map<String, String> labels = new TreeMap<>(alert.labels());
        labels.put("severity", alert.severity().name().toLowerCase(Locale.ROOT));
        if (alert.silenced() != null) {
            labels.put("silenced", "true");
        }
        return labels;
    }

    static Map<String, String> annotations(Alert alert) {
        Map<String, String> all = new TreeMap<>(alert.annotations());
        put(all, "summary", alert.summary());
        put(all, "description", alert.description());
        put(all, "runbook_url", alert.runbookUrl());
        put(all, "suggested_action", alert.suggestedAction());
        put(all, "action_taken", alert.actionTaken());
        if (alert.cause() != null) {
            put(all, "cause_code", alert.cause().code());
            put(all, "cause_text", alert.cause().text());
        }
        put(all, "value", alert.value());
        put(all, "threshold", alert.threshold());
        if (alert.flapping()) {
            put(all, "flapping", "true");
        }
        if (alert.silenced() != null) {
            put(all, "silenced_by", alert.silenced().by());
            put(all, "silenced_why", alert.silenced().why());
        }
        if (alert.status() == Status.UNKNOWN) {
            put(all, "status", "unknown: the cluster can't be seen, so nobody knows whether this still holds");
        }
        return all;
    }

    private static void put(Map<String, String> all, String name, Object value) {
        if (value != null && !value.toString().isEmpty()) {
            all.put(name, value.toString());
        }
    }
}
