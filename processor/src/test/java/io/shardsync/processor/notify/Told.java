package io.shardsync.processor.notify;

import io.shardsync.processor.alert.Fingerprint;
import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.Alert.Affected;
import io.shardsync.schemas.model.Alert.Severity;
import io.shardsync.schemas.model.Alert.Silenced;
import io.shardsync.schemas.model.Alert.Status;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Alerts to tell of. */
final class Told {
    private Told() {}

    static Alert alert(String name, Status status, Severity severity, Instant startsAt, Instant endsAt) {
        return alert(name, status, severity, startsAt, endsAt, null);
    }

    static Alert alert(
            String name, Status status, Severity severity, Instant startsAt, Instant endsAt, Silenced silenced) {
        return alert(name, "node_left", status, severity, startsAt, endsAt, silenced);
    }

    static Alert alert(
            String name,
            String cause,
            Status status,
            Severity severity,
            Instant startsAt,
            Instant endsAt,
            Silenced silenced) {
        Map<String, String> labels = Map.of("alertname", name, "cluster", "prod", "cause", cause);
        return new Alert(
                Fingerprint.of(labels),
                status,
                name,
                severity,
                "prod",
                null,
                null,
                startsAt,
                endsAt,
                endsAt == null ? startsAt : endsAt,
                "6 replicas of prod are unassigned",
                "in 3 indices",
                new Alert.Cause("too_few_nodes", "every node holds a copy", null),
                6.0,
                0.0,
                new Affected(6, 0, List.of("orders"), List.of()),
                "add a node",
                null,
                1,
                false,
                silenced,
                "docs/runbooks/" + name + ".md",
                labels,
                Map.of());
    }
}
