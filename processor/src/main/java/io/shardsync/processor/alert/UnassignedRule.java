package io.shardsync.processor.alert;

import io.shardsync.processor.count.Finding;
import io.shardsync.processor.judge.Cause;
import io.shardsync.processor.judge.Symptom.Kind;
import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.Alert.Affected;
import io.shardsync.schemas.model.Alert.Severity;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * Copies without a node beyond grace: one alert per role and cause, however many there are. An alert that fires goes on
 * while a retry is under way: if it fails, as most do while their cause is still there, nothing has ended and begun
 * anew, and the attempts count on.
 */
record UnassignedRule(AlertSettings settings) implements Rule {
    @Override
    public Stream<Condition> conditions(ClusterMemory memory) {
        String cluster = memory.newest().cluster();
        List<Finding> findings = memory.findings();
        Stream<Condition> unassigned = findings.stream()
                .filter(finding ->
                        finding.kind() == Kind.PRIMARY_UNASSIGNED || finding.kind() == Kind.REPLICA_UNASSIGNED)
                .map(finding -> condition(cluster, finding));
        Stream<Condition> retried = findings.stream()
                .filter(finding -> finding.kind() == Kind.REPLICA_RETRIED)
                .filter(finding -> findings.stream()
                        .noneMatch(
                                other -> other.kind() == Kind.REPLICA_UNASSIGNED && other.cause() == finding.cause()))
                .map(finding -> retried(cluster, finding))
                .filter(condition -> isFiring(memory, condition));
        return Stream.concat(unassigned, retried);
    }

    private static boolean isFiring(ClusterMemory memory, Condition condition) {
        AlertState state = memory.alerts().get(condition.fingerprint());
        return state != null && state.firing();
    }

    private Condition retried(String cluster, Finding finding) {
        String what = finding.copies() == 1 ? "1 replica is" : finding.copies() + " replicas are";
        return new Condition(
                Labels.of(
                        "ReplicasUnassigned", cluster, "cause", finding.cause().code()),
                Severity.WARNING,
                Duration.ZERO,
                settings.clear(),
                new Alert.Cause(finding.cause().code(), says(finding.cause()), null),
                0.0,
                0.0,
                new Affected(finding.copies(), 0, finding.indices(), List.of()),
                what + " being built again in " + cluster,
                what + " being built again after failed attempts, not STARTED since " + finding.since() + "; indices: "
                        + String.join(", ", finding.indices()) + ".",
                "Wait for the outcome.");
    }

    private Condition condition(String cluster, Finding finding) {
        boolean primaries = finding.kind() == Kind.PRIMARY_UNASSIGNED;
        String what = finding.copies() + (primaries ? " primaries" : " replicas");
        String many = finding.copies() == 1 ? what.substring(0, what.length() - (primaries ? 3 : 1)) : what;
        String noun = finding.copies() == 1 && primaries ? "1 primary" : many;
        String verb = finding.copies() == 1 ? " is" : " are";
        Cause cause = finding.cause();
        return new Condition(
                Labels.of(primaries ? "PrimaryUnassigned" : "ReplicasUnassigned", cluster, "cause", cause.code()),
                primaries ? Severity.CRITICAL : Severity.WARNING,
                Duration.ZERO,
                settings.clear(),
                new Alert.Cause(cause.code(), says(cause), null),
                (double) finding.copies(),
                0.0,
                new Affected(finding.copies(), finding.primaries(), finding.indices(), List.of()),
                noun + verb + " unassigned in " + cluster + ": " + cause.code(),
                noun + verb + " unassigned, the oldest since " + finding.since() + "; indices: "
                        + String.join(", ", finding.indices()) + ". " + says(cause),
                primaries
                        ? "Start the node that holds the copy, or restore from a snapshot; the diagnosis names it."
                        : does(cause));
    }

    private static String says(Cause cause) {
        return switch (cause) {
            case NODE_LEFT -> "The node that held them left, and Elasticsearch has stopped waiting for it.";
            case ALLOCATION_FAILED -> "Elasticsearch tried to allocate them and failed.";
            case SWITCH_OFF -> "An allocation setting forbids it.";
            case NEW_OR_RESTORED -> "They were created or restored and have found no node since.";
            case OTHER -> "Elasticsearch gives another reason; the diagnosis explains it.";
        };
    }

    private static String does(Cause cause) {
        return switch (cause) {
            case NODE_LEFT -> "Bring the node back or add one; Elasticsearch rebuilds the copies where it can.";
            case ALLOCATION_FAILED -> "Remove the cause named by the diagnosis, then send RECOVER.";
            case SWITCH_OFF -> "If nobody is at work there, put the setting back: send RECOVER or ENABLE_ALLOCATION.";
            case NEW_OR_RESTORED, OTHER -> "Read the diagnosis: it says which node is missing what.";
        };
    }
}
