package io.shardsync.processor.notify;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardsync.processor.alert.Fingerprint;
import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.Alert.Severity;
import io.shardsync.schemas.model.Alert.Status;
import io.shardsync.schemas.topic.Json;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Any receiver of Alertmanager's webhooks (version 4 of their form). It is told of changes only: an alert begins, is
 * resolved, is unknown, is more severe, is silenced; and each time of all that fires in its group, as Alertmanager
 * does. The Watchdog is no change, and is not told.
 */
final class WebhookTarget implements Target {
    private static final String NOT_YET = "0001-01-01T00:00:00Z";
    private static final Duration INTERVAL = Duration.ofMinutes(1);

    private final Post post;
    private final Optional<URI> dashboard;
    private final Map<String, Mark> told = new HashMap<>();

    /** What makes a change worth telling. */
    private record Mark(Status status, Severity severity, boolean silenced, boolean flapping, int occurrences) {
        static Mark of(Alert alert) {
            return new Mark(
                    alert.status(), alert.severity(), alert.silenced() != null, alert.flapping(), alert.occurrences());
        }
    }

    private record Group(String alertname, String cluster) {
        static Group of(Alert alert) {
            return new Group(alert.alertname(), alert.cluster());
        }
    }

    WebhookTarget(Post post, Optional<URI> dashboard) {
        this.post = post;
        this.dashboard = dashboard;
    }

    @Override
    public Duration interval() {
        return INTERVAL;
    }

    @Override
    public void tell(List<KnownAlert> alerts, Instant now) throws NotTold, InterruptedException {
        Set<String> seen = new HashSet<>();
        Set<Group> changed = new LinkedHashSet<>();
        Map<Group, List<Alert>> groups = new HashMap<>();
        for (KnownAlert known : alerts) {
            Alert alert = known.newest();
            Group group = Group.of(alert);
            boolean news = isNews(known);
            seen.add(alert.fingerprint());
            if (news) {
                changed.add(group);
            }
            if (news || alert.status() != Status.RESOLVED) {
                groups.computeIfAbsent(group, each -> new ArrayList<>()).add(alert);
            }
        }
        told.keySet().retainAll(seen);
        NotTold failure = null;
        for (Group group : changed) {
            try {
                tell(group, groups.get(group));
            } catch (NotTold e) {
                if (!e.reached()) {
                    throw e;
                }
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private void tell(Group group, List<Alert> alerts) throws NotTold, InterruptedException {
        post.send(json(group, alerts));
        alerts.forEach(alert -> told.put(alert.fingerprint(), Mark.of(alert)));
    }

    private boolean isNews(KnownAlert known) {
        Alert alert = known.newest();
        if (alert.severity() == Severity.NONE) {
            return false;
        }
        Mark before = told.get(alert.fingerprint());
        if (before == null && known.told() != null) {
            before = Mark.of(known.told());
        }
        if (before == null) {
            // Nobody was told that it fires, so nobody is told that it is over.
            return alert.status() != Status.RESOLVED;
        }
        return !before.equals(Mark.of(alert));
    }

    private ObjectNode json(Group group, List<Alert> alerts) {
        Map<String, String> labels = Map.of("alertname", group.alertname(), "cluster", group.cluster());
        boolean resolved = alerts.stream().allMatch(alert -> alert.status() == Status.RESOLVED);
        List<Map<String, String>> everyLabels =
                alerts.stream().map(Telling::labels).toList();
        List<Map<String, String>> everyAnnotations =
                alerts.stream().map(Telling::annotations).toList();
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.put("version", "4");
        json.put("groupKey", "{}:{alertname=\"" + group.alertname() + "\", cluster=\"" + group.cluster() + "\"}");
        json.put("truncatedAlerts", 0);
        json.put("status", resolved ? "resolved" : "firing");
        json.put("receiver", "shardsync");
        json.set("groupLabels", Json.MAPPER.valueToTree(labels));
        json.set("commonLabels", Json.MAPPER.valueToTree(common(everyLabels)));
        json.set("commonAnnotations", Json.MAPPER.valueToTree(common(everyAnnotations)));
        json.put("externalURL", dashboard.map(URI::toString).orElse(""));
        ArrayNode array = json.putArray("alerts");
        alerts.forEach(alert -> array.add(json(alert)));
        return json;
    }

    private ObjectNode json(Alert alert) {
        boolean resolved = alert.status() == Status.RESOLVED;
        Map<String, String> labels = Telling.labels(alert);
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.put("status", resolved ? "resolved" : "firing");
        json.set("labels", Json.MAPPER.valueToTree(labels));
        json.set("annotations", Json.MAPPER.valueToTree(Telling.annotations(alert)));
        json.put("startsAt", alert.startsAt().toString());
        json.put("endsAt", resolved && alert.endsAt() != null ? alert.endsAt().toString() : NOT_YET);
        json.put("generatorURL", dashboard.map(URI::toString).orElse(""));
        json.put("fingerprint", Fingerprint.of(labels));
        return json;
    }

    private static Map<String, String> common(List<Map<String, String>> all) {
        Map<String, String> common = new LinkedHashMap<>(all.get(0));
        common.entrySet().removeIf(entry -> !all.stream()
                .allMatch(one -> entry.getValue().equals(one.get(entry.getKey()))));
        return common;
    }
}
