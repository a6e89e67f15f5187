package io.shardsync.processor.alert;

import io.shardsync.processor.alert.AlertState.Phase;
import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.Alert.Status;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Gives conditions a life: they are pending until they have held for long enough, then they fire, and when they have
 * been gone for long enough they are resolved. One that comes and goes too often keeps firing, marked as flapping. What
 * can't be judged is unknown and never resolved. Pure.
 */
record Lifecycle(AlertSettings settings) {

    /** What is known beside the conditions themselves. */
    interface Knowledge {
        /** The trace that what begins now belongs to; null where there is none. */
        String traceparent();

        /** Adds silence, diagnosis, and what was done. */
        Alert enrich(Alert alert);

        /** Why an alert ends. */
        String resolution(Alert alert);
    }

    /**
     * @param states by fingerprint, as they are now
     * @param told what is to be published, in order of fingerprints
     */
    record Advance(Map<String, AlertState> states, List<Outgoing.Told> told) {}

    /**
     * @param before by fingerprint
     * @param conditions that hold now
     * @param judged whether conditions that are not among them are known not to hold; false while blind
     * @param now the moment judged
     */
    Advance advance(
            Map<String, AlertState> before,
            List<Condition> conditions,
            boolean judged,
            Instant now,
            Knowledge knowledge) {
        Map<String, AlertState> after = new TreeMap<>();
        List<Outgoing.Told> told = new ArrayList<>();
        Map<String, Condition> holding = new TreeMap<>();
        conditions.forEach(condition -> holding.put(condition.fingerprint(), condition));

        holding.forEach((fingerprint, condition) -> {
            AlertState next = holds(before.get(fingerprint), condition, now, knowledge);
            keep(fingerprint, before.get(fingerprint), next, after, told);
        });
        before.forEach((fingerprint, state) -> {
            if (!holding.containsKey(fingerprint)) {
                AlertState next = judged ? holdsNot(state, now, knowledge) : unknown(state, now);
                keep(fingerprint, state, next, after, told);
            }
        });
        return new Advance(after, told);
    }

    private static void keep(
            String fingerprint,
            AlertState before,
            AlertState next,
            Map<String, AlertState> after,
            List<Outgoing.Told> told) {
        if (next != null) {
            after.put(fingerprint, next);
            if (next.alert() != null && (before == null || !next.alert().equals(before.alert()))) {
                told.add(new Outgoing.Told(fingerprint, next.alert()));
            }
        } else if (before.alert() != null) {
            told.add(new Outgoing.Told(fingerprint, null));
        }
    }

    private AlertState holds(AlertState before, Condition condition, Instant now, Knowledge knowledge) {
        boolean fresh = before == null || before.phase() == Phase.RESOLVED;
        Instant since = fresh ? now : before.since();
        String trace = fresh ? knowledge.traceparent() : before.traceparent();
        int occurrences = before == null ? 0 : before.occurrences();
        List<Instant> changes = before == null ? List.of() : within(before.changes(), now);
        Alert last = before == null ? null : before.alert();
        boolean firing = before != null && before.firing();
        if (!firing && Duration.between(since, now).compareTo(condition.pending()) < 0) {
            return new AlertState(Phase.PENDING, since, now, occurrences, changes, condition.clear(), last, trace);
        }
        if (!firing) {
            occurrences++;
            changes = plus(changes, now);
        }
        Alert alert = knowledge.enrich(firingAlert(condition, since, now, occurrences, isFlapping(changes)));
        return new AlertState(
                Phase.FIRING, since, now, occurrences, changes, condition.clear(), unlessSame(last, alert, now), trace);
    }

    private AlertState holdsNot(AlertState before, Instant now, Knowledge knowledge) {
        List<Instant> changes = within(before.changes(), now);
        return switch (before.phase()) {
            case PENDING ->
                before.alert() == null
                        ? null
                        : new AlertState(
                                Phase.RESOLVED,
                                before.since(),
                                before.lastTrue(),
                                before.occurrences(),
                                changes,
                                before.clear(),
                                before.alert(),
                                before.traceparent());
            case RESOLVED ->
                before.alert().endsAt().plus(settings.keepResolved()).isBefore(now) ? null : before;
            case FIRING -> {
                if (before.lastTrue() == null || before.lastTrue().isAfter(now)) {
                    // Not seen for a while, or seen by another clock: what is left to wait begins with this moment. The
                    // shards of the first collection may be judged after its end is.
                    yield holdsNot(before.lastTrueAt(now), now, knowledge);
                }
                Duration quiet = Duration.between(before.lastTrue(), now);
                if (quiet.compareTo(clearAfter(before, changes)) < 0) {
                    yield before;
                }
                yield new AlertState(
                        Phase.RESOLVED,
                        before.since(),
                        before.lastTrue(),
                        before.occurrences(),
                        plus(changes, now),
                        before.clear(),
                        resolved(before.alert(), now, knowledge),
                        before.traceparent());
            }
        };
    }

    /** An alert that flaps has to be quiet for as long as it takes to be no flapping any more. */
    private Duration clearAfter(AlertState before, List<Instant> changes) {
        if (isFlapping(changes)) {
            return settings.flapWindow().dividedBy(Math.max(1, settings.flapChanges()));
        }
        return before.clear();
    }

    private AlertState unknown(AlertState before, Instant now) {
        if (!before.firing()) {
            return before;
        }
        Alert alert = withStatus(before.alert(), Status.UNKNOWN, null, now);
        return new AlertState(
                Phase.FIRING,
                before.since(),
                null,
                before.occurrences(),
                before.changes(),
                before.clear(),
                unlessSame(before.alert(), alert, now),
                before.traceparent());
    }

    /** Keeps what was last said where only time has passed, until the next heartbeat is due. */
    private Alert unlessSame(Alert last, Alert next, Instant now) {
        if (last == null) {
            return next;
        }
        boolean same =
                withStatus(next, next.status(), next.endsAt(), last.lastSeen()).equals(last);
        boolean due = last.lastSeen().isAfter(now)
                || Duration.between(last.lastSeen(), now).compareTo(settings.heartbeat()) >= 0;
        return same && !due ? last : next;
    }

    private boolean isFlapping(List<Instant> changes) {
        return changes.size() > settings.flapChanges();
    }

    private List<Instant> within(List<Instant> changes, Instant now) {
        Instant begin = now.minus(settings.flapWindow());
        return changes.stream().filter(change -> change.isAfter(begin)).toList();
    }

    private static List<Instant> plus(List<Instant> changes, Instant now) {
        List<Instant> all = new ArrayList<>(changes);
        all.add(now);
        return all;
    }

    private Alert firingAlert(Condition condition, Instant since, Instant now, int occurrences, boolean flapping) {
        Map<String, String> labels = condition.labels();
        return new Alert(
                condition.fingerprint(),
                Status.FIRING,
                condition.alertname(),
                condition.severity(),
                condition.cluster(),
                labels.get("index"),
                labels.containsKey("shard") ? Integer.valueOf(labels.get("shard")) : null,
                since,
                null,
                now,
                condition.summary(),
                condition.description(),
                condition.cause(),
                condition.value(),
                condition.threshold(),
                condition.affected(),
                condition.suggestedAction(),
                null,
                occurrences,
                flapping,
                null,
                settings.runbooks() + condition.alertname() + ".md",
                labels,
                Map.of());
    }

    private static Alert resolved(Alert alert, Instant now, Knowledge knowledge) {
        Map<String, String> annotations = new TreeMap<>(alert.annotations());
        annotations.put("resolution", knowledge.resolution(alert));
        return copy(alert, Status.RESOLVED, now, now, annotations);
    }

    private static Alert withStatus(Alert alert, Status status, Instant endsAt, Instant lastSeen) {
        return copy(alert, status, endsAt, lastSeen, alert.annotations());
    }

    private static Alert copy(
            Alert alert, Status status, Instant endsAt, Instant lastSeen, Map<String, String> annotations) {
        return new Alert(
                alert.fingerprint(),
                status,
                alert.alertname(),
                alert.severity(),
                alert.cluster(),
                alert.index(),
                alert.shard(),
                alert.startsAt(),
                endsAt,
                lastSeen,
                alert.summary(),
                alert.description(),
                alert.cause(),
                alert.value(),
                alert.threshold(),
                alert.affected(),
                alert.suggestedAction(),
                alert.actionTaken(),
                alert.occurrences(),
                alert.flapping(),
                alert.silenced(),
                alert.runbookUrl(),
                alert.labels(),
                annotations);
    }
}
