package io.shardsync.processor.notify;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.Alert.Status;
import io.shardsync.schemas.topic.Json;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Alertmanager's API, version 2. It forgets what it is not told again, so everything that holds is told again and
 * again, and what is resolved for five minutes, as Prometheus itself does.
 */
final class AlertmanagerTarget implements Target {
    /** How long a firing alert outlives its last telling: a restart, or a move to another instance, must not end it. */
    static final Duration OUTLIVES = Duration.ofMinutes(5);

    static final Duration REPEAT_RESOLVED = Duration.ofMinutes(5);

    private static final int BATCH = 64;

    private final Post post;
    private final Duration resend;
    private final Optional<URI> dashboard;
    private final Map<String, Said> said = new HashMap<>();
    private final List<Ended> ended = new ArrayList<>();

    /** What this life has told of an alert that fires. */
    private record Said(Map<String, String> labels, Alert alert) {}

    /** What is told as resolved, until when. */
    private record Ended(Map<String, String> labels, Alert alert, Instant at, Instant until) {}

    AlertmanagerTarget(Post post, Duration resend, Optional<URI> dashboard) {
        this.post = post;
        this.resend = resend;
        this.dashboard = dashboard;
    }

    @Override
    public Duration interval() {
        return resend;
    }

    @Override
    public void tell(List<KnownAlert> alerts, Instant now) throws NotTold, InterruptedException {
        List<ObjectNode> all = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (KnownAlert known : alerts) {
            Alert alert = known.newest();
            seen.add(alert.fingerprint());
            if (alert.status() == Status.RESOLVED) {
                resolve(alert, now);
            } else {
                fire(alert, now);
                all.add(json(Telling.labels(alert), alert, now.plus(OUTLIVES)));
            }
        }
        said.keySet().retainAll(seen);
        ended.removeIf(one -> one.until().isBefore(now));
        Set<Map<String, String>> firing = new HashSet<>();
        said.values().forEach(one -> firing.add(one.labels()));
        ended.stream()
                .filter(one -> !firing.contains(one.labels()))
                .forEach(one -> all.add(json(one.labels(), one.alert(), one.at())));
        for (int from = 0; from < all.size(); from += BATCH) {
            ArrayNode batch = Json.MAPPER.createArrayNode();
            batch.addAll(all.subList(from, Math.min(all.size(), from + BATCH)));
            post.send(batch);
        }
    }

    private void fire(Alert alert, Instant now) {
        Said before = said.put(alert.fingerprint(), new Said(Telling.labels(alert), alert));
        if (before != null && !before.labels().equals(Telling.labels(alert))) {
            end(before.labels(), before.alert(), now, now);
        }
    }

    private void resolve(Alert alert, Instant now) {
        Instant at = Objects.requireNonNullElse(alert.endsAt(), alert.lastSeen());
        Said before = said.remove(alert.fingerprint());
        if (before != null) {
            end(before.labels(), alert, at, now);
        } else if (now.isBefore(at.plus(REPEAT_RESOLVED))
                && ended.stream().noneMatch(one -> one.alert().equals(alert))) {
            end(Telling.labels(alert), alert, at, at);
        }
    }

    private void end(Map<String, String> labels, Alert alert, Instant at, Instant toldFrom) {
        ended.removeIf(one -> one.labels().equals(labels));
        ended.add(new Ended(labels, alert, at, toldFrom.plus(REPEAT_RESOLVED)));
    }

    private ObjectNode json(Map<String, String> labels, Alert alert, Instant endsAt) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.set("labels", Json.MAPPER.valueToTree(labels));
        json.set("annotations", Json.MAPPER.valueToTree(Telling.annotations(alert)));
        // Alertmanager refuses an end before the beginning; the clocks of two instances may differ that much.
        Instant startsAt = alert.startsAt().isAfter(endsAt) ? endsAt : alert.startsAt();
        json.put("startsAt", startsAt.toString());
        json.put("endsAt", endsAt.toString());
        dashboard.ifPresent(url -> json.put("generatorURL", url.toString()));
        return json;
    }
}
