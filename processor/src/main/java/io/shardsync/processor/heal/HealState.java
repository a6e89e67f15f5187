package io.shardsync.processor.heal;

import io.shardsync.schemas.model.RecoveryResult.Status;

import java.time.Instant;
import java.util.Set;

/**
 * What has been done about one target in one cluster while its alerts fire.
 *
 * @param firingSince when the first of its alerts began to fire
 * @param alertFingerprint that alert
 * @param diagnoseId the DIAGNOSE sent for it; null before
 * @param asked commands sent beside it
 * @param attempts heals that count
 * @param askedAt when the last was sent; null before the first
 * @param commandId the last one sent; null before the first
 * @param heardAt when its newest result was written, or when it was sent; null before the first
 * @param status its newest result; null while there is none
 * @param message of that result
 * @param foundCode the cause that a diagnosis found; null before
 * @param foundText the same in words
 * @param plan the calls a dry run would have made; null without one
 * @param heldBefore whether the actuator held the command before the last one
 * @param stance why something is, or is not, being done
 * @param explanation the same in words
 */
public record HealState(
        Instant firingSince,
        String alertFingerprint,
        String diagnoseId,
        int asked,
        int attempts,
        Instant askedAt,
        String commandId,
        Instant heardAt,
        Status status,
        String message,
        String foundCode,
        String foundText,
        String plan,
        boolean heldBefore,
        Stance stance,
        String explanation) {

    /** No attempts, by the contract; every other end uses one up. */
    private static final Set<Status> UNCOUNTED = Set.of(Status.HELD, Status.DRY_RUN, Status.NOTHING_TO_DO);

    public HealState {
        // States written before it was remembered.
        heardAt = heardAt == null ? askedAt : heardAt;
    }

    /** Why something is, or is not, being done. */
    public enum Stance {
        /** It takes its time: a grace, a distance between attempts, a command under way. */
        WAITING,
        /** A command was just sent. */
        ASKED,
        /** A safety rule says no, here or in the actuator. */
        HELD,
        /** The attempts are used up. */
        EXHAUSTED,
        /** Healing is switched off for it. */
        OFF
    }

    static HealState begin(Instant firingSince, String alertFingerprint) {
        return new HealState(
                firingSince,
                alertFingerprint,
                null,
                0,
                0,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                false,
                Stance.WAITING,
                null);
    }

    /** Whether a command is out whose end is not known. */
    boolean inFlight() {
        return commandId != null && (status == null || !status.terminal());
    }

    /** Whether it is being found out if what made the actuator hold it still does. */
    public boolean isLookedAtAgain() {
        boolean undecided = stance == Stance.ASKED || stance == Stance.WAITING;
        return undecided && (inFlight() ? heldBefore : status == Status.HELD);
    }

    HealState diagnosing(String id) {
        return new HealState(
                firingSince,
                alertFingerprint,
                id,
                asked,
                attempts,
                askedAt,
                commandId,
                heardAt,
                status,
                message,
                foundCode,
                foundText,
                plan,
                heldBefore,
                stance,
                explanation);
    }

    HealState asking(String id, Instant at) {
        return new HealState(
                firingSince,
                alertFingerprint,
                diagnoseId,
                asked + 1,
                attempts,
                at,
                id,
                at,
                null,
                null,
                foundCode,
                foundText,
                plan,
                status == Status.HELD,
                stance,
                explanation);
    }

    HealState answered(Status newStatus, Instant at, String newMessage, String newPlan) {
        boolean ends = newStatus.terminal() && !(status != null && status.terminal());
        boolean counts = ends && !UNCOUNTED.contains(newStatus);
        return new HealState(
                firingSince,
                alertFingerprint,
                diagnoseId,
                asked,
                counts ? attempts + 1 : attempts,
                askedAt,
                commandId,
                at,
                newStatus,
                newMessage,
                foundCode,
                foundText,
                newPlan == null ? plan : newPlan,
                heldBefore,
                stance,
                explanation);
    }

    HealState found(String code, String text) {
        return new HealState(
                firingSince,
                alertFingerprint,
                diagnoseId,
                asked,
                attempts,
                askedAt,
                commandId,
                heardAt,
                status,
                message,
                code,
                text,
                plan,
                heldBefore,
                stance,
                explanation);
    }

    HealState because(Stance newStance, String reason) {
        return new HealState(
                firingSince,
                alertFingerprint,
                diagnoseId,
                asked,
                attempts,
                askedAt,
                commandId,
                heardAt,
                status,
                message,
                foundCode,
                foundText,
                plan,
                heldBefore,
                newStance,
                reason);
    }
}
