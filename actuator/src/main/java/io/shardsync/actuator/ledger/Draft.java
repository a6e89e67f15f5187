package io.shardsync.actuator.ledger;

import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.RecoveryResult.Diagnosis;
import io.shardsync.schemas.model.RecoveryResult.PlannedCall;
import io.shardsync.schemas.model.RecoveryResult.Progress;
import io.shardsync.schemas.model.RecoveryResult.Status;
import io.shardsync.schemas.model.RecoveryResult.Step;
import io.shardsync.schemas.model.RecoveryResult.Undo;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The next record about a command, begun as a copy of the one before. Pure. */
public final class Draft {
    private final RecoveryResult before;
    private final long sequence;
    private String clusterUuid;
    private Status status;
    private int attempt;
    private String message;
    private List<Diagnosis> diagnosis;
    private List<PlannedCall> plan;
    private final List<Step> steps;
    private final List<Undo> undo;
    private final Map<String, Object> resume;
    private Progress progress;
    private boolean verified;

    private Draft(RecoveryResult before, long sequence) {
        this.before = before;
        this.sequence = sequence;
        this.clusterUuid = before.clusterUuid();
        this.status = before.status();
        this.attempt = before.attempt();
        this.message = before.message();
        this.diagnosis = before.diagnosis();
        this.plan = before.plan();
        this.steps = new ArrayList<>(before.steps());
        this.undo = new ArrayList<>(before.undo());
        this.resume = new LinkedHashMap<>(before.resume());
        this.progress = before.progress();
        this.verified = before.verified();
    }

    /** What follows a record. */
    public static Draft after(RecoveryResult before) {
        return new Draft(before, before.sequence() + 1);
    }

    /** The first record about a command that could be read. */
    public static Draft first(RecoveryCommand command, Status status, Instant at, String message) {
        RecoveryResult blank = blank(command.commandId(), command, command.cluster(), status, at, message);
        return new Draft(blank, 0).step(at, status.name().toLowerCase(Locale.ROOT), message);
    }

    /** The only record about a command that can't be executed, with as much of it as could be read. */
    public static RecoveryResult rejected(String commandId, RecoveryCommand readable, Instant at, String message) {
        String cluster = readable == null ? null : readable.cluster();
        return new Draft(blank(commandId, readable, cluster, Status.REJECTED, at, message), 0)
                .step(at, "rejected", message)
                .at(at);
    }

    private static RecoveryResult blank(
            String id, RecoveryCommand command, String cluster, Status status, Instant at, String message) {
        return new RecoveryResult(
                id,
                command,
                cluster,
                null,
                command == null ? null : command.type(),
                command == null ? null : command.requestedBy(),
                command == null ? null : command.alertFingerprint(),
                0,
                status,
                at,
                1,
                message,
                null,
                null,
                null,
                null,
                null,
                null,
                false,
                0);
    }

    public Draft status(Status next, String why) {
        status = next;
        message = why;
        return this;
    }

    public Draft clusterUuid(String uuid) {
        clusterUuid = uuid;
        return this;
    }

    public Draft nextAttempt() {
        attempt++;
        return this;
    }

    public Draft diagnosis(List<Diagnosis> found) {
        diagnosis = found;
        return this;
    }

    public Draft plan(List<PlannedCall> calls) {
        plan = calls;
        return this;
    }

    public Draft step(Instant at, String action, String outcome) {
        steps.add(new Step(at, action, outcome));
        return this;
    }

    public Draft undo(List<Undo> changed) {
        changed.stream().filter(one -> !undo.contains(one)).forEach(undo::add);
        return this;
    }

    /** @param value null where there is nothing more to go on with */
    public Draft resume(String key, Object value) {
        if (value == null) {
            resume.remove(key);
        } else {
            resume.put(key, value);
        }
        return this;
    }

    public Draft progress(Progress now) {
        progress = now;
        return this;
    }

    public Draft verified() {
        verified = true;
        return this;
    }

    /** The record, written at this moment. */
    public RecoveryResult at(Instant now) {
        Instant begun = before.steps().isEmpty() ? now : before.steps().get(0).at();
        return new RecoveryResult(
                before.commandId(),
                before.command(),
                before.cluster(),
                clusterUuid,
                before.type(),
                before.requestedBy(),
                before.alertFingerprint(),
                sequence,
                status,
                now,
                attempt,
                message,
                diagnosis,
                plan,
                steps,
                undo,
                // Nobody goes on with what has ended.
                status.terminal() ? Map.of() : resume,
                progress,
                verified,
                Math.max(0, Duration.between(begun, now).toMillis()));
    }
}
