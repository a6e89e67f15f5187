package io.shardsync.actuator.ledger;

import io.shardsync.actuator.brake.PastAct;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.RecoveryResult.PlannedCall;
import io.shardsync.schemas.model.RecoveryStep;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What is known about every command: the memory of {@code recovery.result.v1}. Of commands that have ended only the end
 * is kept. Safe for use by many threads.
 */
public final class Ledger {
    /** Longer than any brake looks back. */
    private static final Duration MEMORY = Duration.ofHours(24);

    private final Set<String> ended = ConcurrentHashMap.newKeySet();
    private final Map<String, RecoveryResult> open = new ConcurrentHashMap<>();
    private final Map<String, PastAct> acts = new ConcurrentHashMap<>();

    /** Takes note of a record, be it our own or another's, whatever the order in which they come. */
    public synchronized void note(RecoveryResult result) {
        String id = result.commandId();
        noteActs(result);
        if (result.status().terminal()) {
            ended.add(id);
            open.remove(id);
        } else if (!ended.contains(id)) {
            open.merge(id, result, (old, now) -> old.sequence() > now.sequence() ? old : now);
        }
    }

    /** Forgets a command whose record was removed. */
    public synchronized void forget(String commandId) {
        ended.remove(commandId);
        open.remove(commandId);
    }

    /** Whether anything was ever written about a command. */
    public boolean knows(String commandId) {
        return ended.contains(commandId) || open.containsKey(commandId);
    }

    /** Whether a command has ended. */
    public boolean ended(String commandId) {
        return ended.contains(commandId);
    }

    /** The newest records of all commands that have not ended. */
    public List<RecoveryResult> open() {
        return List.copyOf(open.values());
    }

    /** State-changing calls of the last day. */
    public List<PastAct> acts(Instant now) {
        acts.values().removeIf(act -> act.at().isBefore(now.minus(MEMORY)));
        return List.copyOf(acts.values());
    }

    private void noteActs(RecoveryResult result) {
        for (RecoveryResult.Step step : result.steps()) {
            if (!step.outcome().equals(RecoveryStep.INTENT)) {
                continue;
            }
            for (PlannedCall call : result.plan()) {
                if (call.action().equals(step.action())) {
                    String id = result.commandId() + " " + call.method() + " " + call.path();
                    acts.putIfAbsent(
                            id,
                            new PastAct(
                                    result.commandId(),
                                    result.cluster(),
                                    call.action(),
                                    step.at(),
                                    Set.copyOf(call.affects())));
                }
            }
        }
    }
}
