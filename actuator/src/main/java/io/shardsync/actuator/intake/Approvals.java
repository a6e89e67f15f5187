package io.shardsync.actuator.intake;

import io.shardsync.actuator.brake.Circumstances;
import io.shardsync.actuator.ledger.Draft;
import io.shardsync.actuator.ledger.Ledger;
import io.shardsync.actuator.ledger.Story;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.RecoveryResult.Status;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * The rule of the second person. Whoever asks and whoever approves must both be known for certain, and must be two:
 * {@code requested_by} is only what a command says of itself.
 */
public final class Approvals {
    /** Set by ShardSync's HTTP API from the token it was shown; nobody else may write it. */
    public static final String PRINCIPAL_HEADER = "shardsync_principal";

    private final Set<CommandType> needed;
    private final Ledger ledger;

    /** @param needed types that a second person must approve */
    public Approvals(Set<CommandType> needed, Ledger ledger) {
        this.needed = Set.copyOf(needed);
        this.ledger = ledger;
    }

    /** Who sent a record, verified; empty where nobody vouches for it. */
    static Optional<String> principal(Headers headers) {
        Header header = headers.lastHeader(PRINCIPAL_HEADER);
        return header == null || header.value() == null || header.value().length == 0
                ? Optional.empty()
                : Optional.of(new String(header.value(), UTF_8));
    }

    /** The first record of a command that must wait or can't be approved; empty where it needs no approval. */
    Optional<RecoveryResult> begin(RecoveryCommand command, Optional<String> principal, Instant now) {
        if (command.dryRun() || !command.type().changing()) {
            return Optional.empty();
        }
        boolean required = needed.contains(command.type());
        if (!required && !(offers(command) && principal.isPresent())) {
            return Optional.empty();
        }
        if (principal.isEmpty()) {
            return Optional.of(Draft.first(
                            command,
                            Status.REJECTED,
                            now,
                            "type " + command.type() + " needs the approval of a second person"
                                    + " (approval.required.types), and nobody vouches for who sent this; send it through"
                                    + " ShardSync's HTTP API with a token of your own (http.token.PRINCIPAL), or as a"
                                    + " dry run")
                    .at(now));
        }
        return Optional.of(Draft.first(
                        command,
                        Status.AWAITING_APPROVAL,
                        now,
                        "asked by " + principal.get() + ", waits until " + command.expiresAt()
                                + " for another person's APPROVE_COMMAND with params.command_id " + command.commandId())
                .resume(Story.PRINCIPAL, principal.get())
                .at(now));
    }

    /** Overwriting a replica without proof or statement is held unless somebody else agrees. */
    private static boolean offers(RecoveryCommand command) {
        return command.type() == CommandType.RESYNC_REPLICA
                && !Circumstances.automatic(command)
                && !"true".equals(String.valueOf(command.params().get("primary_is_right")));
    }

    /**
     * What becomes of an APPROVE_COMMAND.
     *
     * @param answer the command's own, terminal record
     * @param approved the other command's next record; empty where it is not approved
     */
    record Decision(RecoveryResult answer, Optional<RecoveryResult> approved) {}

    Decision approve(RecoveryCommand command, Optional<String> principal, Instant now) {
        String id = String.valueOf(command.params().get("command_id"));
        Optional<RecoveryResult> waiting = waiting(id, command.cluster());
        if (waiting.isEmpty()) {
            boolean over = ledger.knows(id);
            return not(
                    command,
                    over ? Status.NOTHING_TO_DO : Status.REJECTED,
                    now,
                    over
                            ? "command " + id + " does not wait for an approval"
                            : "params.command_id is '" + id + "', and no such command waits for an approval on cluster "
                                    + command.cluster());
        }
        RecoveryResult target = waiting.get();
        String asked = String.valueOf(target.resume().get(Story.PRINCIPAL));
        if (principal.isEmpty()) {
            return not(
                    command,
                    Status.REJECTED,
                    now,
                    "nobody vouches for who sent this; approve through ShardSync's HTTP API with a token of your own"
                            + " (http.token.PRINCIPAL)");
        }
        if (principal.get().equals(asked)) {
            return not(
                    command,
                    Status.REJECTED,
                    now,
                    "command " + id + " was asked by " + asked + "; it must be approved by somebody else");
        }
        if (now.isAfter(target.command().expiresAt())) {
            return not(
                    command,
                    Status.NOTHING_TO_DO,
                    now,
                    "command " + id + " expired at " + target.command().expiresAt());
        }
        if (command.dryRun()) {
            return not(command, Status.DRY_RUN, now, "would approve command " + id + " of " + asked);
        }
        return new Decision(
                Draft.first(
                                command,
                                Status.SUCCEEDED,
                                now,
                                principal.get() + " approved command " + id + " of " + asked)
                        .at(now),
                Optional.of(Draft.after(target)
                        .status(Status.ACCEPTED, "approved by " + principal.get())
                        .resume(Story.APPROVED_BY, principal.get())
                        .step(now, "approve", "by " + principal.get() + ", command " + command.commandId())
                        .at(now)));
    }

    private static Decision not(RecoveryCommand command, Status status, Instant now, String why) {
        return new Decision(Draft.first(command, status, now, why).at(now), Optional.empty());
    }

    /** A command of a cluster that waits for an approval. */
    Optional<RecoveryResult> waiting(String commandId, String cluster) {
        return ledger.open(commandId)
                .filter(open -> open.status() == Status.AWAITING_APPROVAL)
                .filter(open -> cluster.equals(open.cluster()));
    }

    /** The ends of those that nobody approved in time. */
    List<RecoveryResult> expired(Instant now) {
        return ledger.open().stream()
                .filter(open -> open.status() == Status.AWAITING_APPROVAL)
                .filter(open -> now.isAfter(open.command().expiresAt()))
                .map(open -> ended(
                        open,
                        Status.EXPIRED,
                        now,
                        "nobody approved it before " + open.command().expiresAt()))
                .toList();
    }

    /** How a command ends that never got its approval. */
    static RecoveryResult ended(RecoveryResult open, Status status, Instant now, String why) {
        return Draft.after(open)
                .status(status, why)
                .step(now, status == Status.EXPIRED ? "expired" : "cancelled", why)
                .at(now);
    }
}
