package io.shardsync.actuator.ledger;

import io.shardsync.actuator.brake.PastAct;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.RecoveryResult.PlannedCall;
import io.shardsync.schemas.model.RecoveryStep;
import io.shardsync.schemas.topic.TraceContext;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What is known about every command: the memory of {@code recovery.result.v1}. Of commands that have ended only the end
 * is kept. Safe for use by many threads.
 */
public final class Ledger {
    /** Longer than any brake looks back. */
    private static final Duration MEMORY = Duration.ofHours(24);

    /** What one has set may have to be put back before another begins. */
    private static final Comparator<RecoveryResult> TURN = Comparator.comparing(
                    (RecoveryResult open) -> open.status() == RecoveryResult.Status.ACCEPTED)
            .thenComparing(RecoveryResult::at)
            .thenComparing(RecoveryResult::commandId);

    /** When they ended, and on which cluster, by command id. */
    private final Map<String, Ended> ended = new ConcurrentHashMap<>();

    private final Map<String, RecoveryResult> open = new ConcurrentHashMap<>();
    private final Map<String, PastAct> acts = new ConcurrentHashMap<>();

    /** The traces of commands that have not ended, by command id. */
    private final Map<String, TraceContext> traces = new ConcurrentHashMap<>();

    /** Why, by the id of the command that was told to stop and has not ended yet. */
    private final Map<String, String> cancelled = new ConcurrentHashMap<>();

    /**
     * A command that has ended.
     *
     * @param commandId its id
     * @param cluster null if it named none
     * @param at when it ended
     */
    public record Ended(String commandId, String cluster, Instant at) {}

    /** Takes note of a record, be it our own or another's, whatever the order in which they come. */
    public synchronized void note(RecoveryResult result) {
        String id = result.commandId();
        noteActs(result);
        if (result.status().terminal()) {
            ended.put(id, new Ended(id, result.cluster(), result.at()));
            open.remove(id);
            cancelled.remove(id);
            traces.remove(id);
            noteCancellation(result);
        } else if (!ended.containsKey(id)) {
            open.merge(id, result, (old, now) -> old.sequence() > now.sequence() ? old : now);
        }
    }

    /** Forgets a command whose record was removed. */
    public synchronized void forget(String commandId) {
        ended.remove(commandId);
        open.remove(commandId);
        cancelled.remove(commandId);
        traces.remove(commandId);
    }

    /** Takes note of the trace that a command belongs to; what is written about it belongs to it as well. */
    public synchronized void trace(String commandId, TraceContext trace) {
        if (!ended.containsKey(commandId)) {
            traces.put(commandId, trace);
        }
    }

    /** The trace of a command that has not ended; empty where it came without one. */
    public Optional<TraceContext> trace(String commandId) {
        return Optional.ofNullable(traces.get(commandId));
    }

    /**
     * Who told a command that has not ended to stop, for people; empty where nobody did. A cancellation that was
     * acknowledged holds for whoever takes the command up, also where the one who acknowledged it died at once.
     */
    public Optional<String> cancelled(String commandId) {
        return Optional.ofNullable(cancelled.get(commandId));
    }

    /** Whether anything was ever written about a command. */
    public boolean knows(String commandId) {
        return ended.containsKey(commandId) || open.containsKey(commandId);
    }

    /** Whether a command has ended. */
    public boolean ended(String commandId) {
        return ended.containsKey(commandId);
    }

    /** Commands that ended before a moment. */
    public List<Ended> endedBefore(Instant moment) {
        return ended.values().stream().filter(one -> one.at().isBefore(moment)).toList();
    }

    /** The newest record of a command that has not ended; empty where it has, or was never heard of. */
    public Optional<RecoveryResult> open(String commandId) {
        return Optional.ofNullable(open.get(commandId));
    }

    /** The newest records of all commands that have not ended: those begun first, then as they were accepted. */
    public List<RecoveryResult> open() {
        return open.values().stream().sorted(TURN).toList();
    }

    /** State-changing calls of the last day. */
    public List<PastAct> acts(Instant now) {
        acts.values().removeIf(act -> act.at().isBefore(now.minus(MEMORY)));
        return List.copyOf(acts.values());
    }

    private void noteCancellation(RecoveryResult result) {
        if (result.type() != CommandType.CANCEL_COMMAND || result.status() != RecoveryResult.Status.SUCCEEDED) {
            return;
        }
        RecoveryCommand command = result.command();
        String target = String.valueOf(command.params().get("command_id"));
        if (!ended.containsKey(target)) {
            cancelled.put(target, cancellation(command));
        }
    }

    /** What a command that was told to stop says of it. */
    public static String cancellation(RecoveryCommand cancel) {
        return "cancelled by " + cancel.requestedBy() + " with command " + cancel.commandId();
    }

    /** The plan keeps every call that was made, in order, so that the first intent belongs to its first call. */
    private void noteActs(RecoveryResult result) {
        int calls = 0;
        for (RecoveryResult.Step step : result.steps()) {
            if (!step.outcome().equals(RecoveryStep.INTENT)
                    || calls >= result.plan().size()) {
                continue;
            }
            PlannedCall call = result.plan().get(calls++);
            acts.putIfAbsent(
                    result.commandId() + " " + calls,
                    new PastAct(
                            result.commandId(),
                            result.cluster(),
                            call.action(),
                            step.at(),
                            Set.copyOf(call.affects())));
        }
    }
}
