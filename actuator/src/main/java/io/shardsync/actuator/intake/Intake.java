package io.shardsync.actuator.intake;

import io.shardsync.actuator.brake.Circumstances;
import io.shardsync.actuator.execute.Executor;
import io.shardsync.actuator.execute.Tally;
import io.shardsync.actuator.ledger.Draft;
import io.shardsync.actuator.ledger.Ledger;
import io.shardsync.actuator.ledger.PartitionJournal;
import io.shardsync.actuator.ledger.Story;
import io.shardsync.runtime.log.Sparingly;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.RecoveryResult.Status;
import io.shardsync.schemas.topic.DeadLetter;
import io.shardsync.schemas.topic.Topics;
import io.shardsync.schemas.topic.TraceContext;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.utils.Utils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Answers one record after the other, or hands it to the executor; never waits for a cluster. */
public final class Intake {
    private static final Logger log = LoggerFactory.getLogger(Intake.class);
    /** Commands about another command. */
    private static final Set<CommandType> OF_ANOTHER =
            EnumSet.of(CommandType.CANCEL_COMMAND, CommandType.APPROVE_COMMAND);

    private final CommandReader reader;
    private final Approvals approvals;
    private final Ledger ledger;
    private final Executor executor;
    private final Topics topics;
    private final Tally tally;
    private final Clock clock;
    private final Sparingly warnings = new Sparingly(Duration.ofSeconds(1));

    public Intake(
            CommandReader reader,
            Approvals approvals,
            Ledger ledger,
            Executor executor,
            Topics topics,
            Tally tally,
            Clock clock) {
        this.reader = reader;
        this.approvals = approvals;
        this.ledger = ledger;
        this.executor = executor;
        this.topics = topics;
        this.tally = tally;
        this.clock = clock;
    }

    /** The partition where a cluster's commands belong, as Kafka's Java producer would place them. */
    public static int partitionOf(String cluster, int partitions) {
        return Utils.toPositive(Utils.murmur2(cluster.getBytes(UTF_8))) % partitions;
    }

    /**
     * Takes one record in. What is said about it is in the batch when it returns, and committed where another command's
     * fate hangs on it.
     *
     * @param partitions how many the command topic has
     */
    void take(ConsumerRecord<byte[], byte[]> record, int partitions, Batch batch) {
        Optional<String> trace = TraceContext.of(record.headers()).map(TraceContext::traceId);
        try (var unused = MDC.putCloseable(TraceContext.LOGGED, trace.orElse(null))) {
            takeIn(record, partitions, batch);
            batch.read(record);
        }
    }

    private void takeIn(ConsumerRecord<byte[], byte[]> record, int partitions, Batch batch) {
        Reading reading = reader.read(record.value(), Instant.ofEpochMilli(Math.max(0, record.timestamp())));
        if (reading instanceof Reading.Unusable unusable) {
            batch.pass(DeadLetter.of(topics, record, "actuator", unusable.why()));
            batch.afterwards(() -> {
                tally.deadLetter();
                warnings.sayNow().ifPresent(unsaid -> log.atWarn()
                        .addKeyValue("partition", record.partition())
                        .addKeyValue("offset", record.offset())
                        .addKeyValue("others_since_the_last", unsaid)
                        .log("command unusable: {}", unusable.why()));
            });
        } else if (reading instanceof Reading.Invalid invalid) {
            unlessKnown(invalid.commandId(), batch, () -> {
                trace(invalid.commandId(), record);
                answer(Draft.rejected(invalid.commandId(), invalid.readable(), clock.instant(), invalid.why()), batch);
            });
        } else if (reading instanceof Reading.Valid valid) {
            RecoveryCommand command = valid.command();
            int home = partitionOf(command.cluster(), partitions);
            if (home != record.partition()) {
                forward(record, command, home, batch);
            } else {
                Optional<String> principal = Approvals.principal(record.headers());
                unlessKnown(command.commandId(), batch, () -> {
                    trace(command.commandId(), record);
                    begin(command, principal, batch, home);
                });
            }
        }
    }

    private void trace(String commandId, ConsumerRecord<byte[], byte[]> record) {
        TraceContext.of(record.headers()).ifPresent(trace -> ledger.trace(commandId, trace));
    }

    private void unlessKnown(String commandId, Batch batch, Runnable otherwise) {
        if (!ledger.knows(commandId) && !batch.answers(commandId)) {
            otherwise.run();
            return;
        }
        // Its result stands on the topic already, and its end must stand there once only.
        batch.afterwards(() -> {
            tally.duplicate();
            log.atInfo().addKeyValue("command_id", commandId).log("command known, passed over");
        });
    }

    private void forward(ConsumerRecord<byte[], byte[]> record, RecoveryCommand command, int home, Batch batch) {
        batch.pass(new ProducerRecord<>(
                record.topic(), home, command.cluster().getBytes(UTF_8), record.value(), record.headers()));
        batch.afterwards(() -> {
            tally.forwarded();
            log.atInfo()
                    .addKeyValue("command_id", command.commandId())
                    .addKeyValue("from", record.partition())
                    .addKeyValue("to", home)
                    .log("command passed on to the partition of its cluster");
        });
    }

    private void begin(RecoveryCommand command, Optional<String> principal, Batch batch, int partition) {
        boolean changes = command.type().changing() && !command.dryRun();
        if (changes || OF_ANOTHER.contains(command.type())) {
            // It finds out about commands that came before it.
            batch.commit();
        }
        Instant now = clock.instant();
        if (now.isAfter(command.expiresAt())) {
            answer(
                    Draft.first(
                                    command,
                                    Status.EXPIRED,
                                    now,
                                    "expires_at is " + command.expiresAt() + ", it was read at " + now
                                            + "; nothing was done, send a new command")
                            .at(now),
                    batch);
            return;
        }
        if (command.type() == CommandType.CANCEL_COMMAND) {
            cancel(command, now, batch);
            return;
        }
        if (command.type() == CommandType.APPROVE_COMMAND) {
            approve(command, principal, batch, partition);
            return;
        }
        Optional<RecoveryResult> first = approvals.begin(command, principal, now);
        if (first.isPresent()) {
            if (first.get().status().terminal()) {
                answer(first.get(), batch);
            } else {
                batch.say(first.get());
                batch.afterwards(() -> log.atInfo()
                        .addKeyValue("command_id", command.commandId())
                        .log("command waits for an approval"));
            }
            return;
        }
        Optional<String> busy = changes ? executor.busyWith(command.cluster()) : Optional.empty();
        if (busy.isPresent() && Circumstances.automatic(command)) {
            answer(
                    Draft.first(
                                    command,
                                    Status.HELD,
                                    now,
                                    "brake one_at_a_time: command " + busy.get() + " is changing cluster "
                                            + command.cluster())
                            .at(now),
                    batch);
            return;
        }
        RecoveryResult accepted = Draft.first(
                        command,
                        Status.ACCEPTED,
                        now,
                        busy.map(other -> "waits for command " + other + ", until " + command.expiresAt())
                                .orElse("accepted"))
                .at(now);
        batch.say(accepted);
        batch.afterwards(() -> {
            log.atInfo()
                    .addKeyValue("command_id", command.commandId())
                    .addKeyValue("cluster", command.cluster())
                    .addKeyValue("type", command.type())
                    .addKeyValue("requested_by", command.requestedBy())
                    .addKeyValue("dry_run", command.dryRun())
                    .log("command accepted");
            executor.submit(accepted, batch.journal(), partition);
        });
    }

    private void approve(RecoveryCommand command, Optional<String> principal, Batch batch, int partition) {
        Approvals.Decision decision = approvals.approve(command, principal, clock.instant());
        answer(decision.answer(), batch);
        decision.approved().ifPresent(approved -> {
            batch.say(approved);
            batch.afterwards(() -> {
                log.atInfo()
                        .addKeyValue("command_id", approved.commandId())
                        .log("command accepted, {}", approved.message());
                executor.submit(approved, batch.journal(), partition);
            });
        });
    }

    /** Ends what nobody approved in time. */
    void expireWaiting(IntFunction<Optional<PartitionJournal>> journals, int partitions) {
        for (RecoveryResult end : approvals.expired(clock.instant())) {
            journals.apply(partitionOf(end.cluster(), partitions)).ifPresent(journal -> {
                journal.write(end, Story.steps(end, end.steps().size() - 1, null), Optional.empty());
                tally.answered(end);
            });
        }
    }

    private void cancel(RecoveryCommand command, Instant now, Batch batch) {
        String target = String.valueOf(command.params().get("command_id"));
        Status status;
        String message;
        if (executor.clusterOf(target).filter(command.cluster()::equals).isPresent()) {
            if (command.dryRun()) {
                status = Status.DRY_RUN;
                message = "would cancel command " + target;
            } else if (executor.cancel(target, Ledger.cancellation(command))) {
                status = Status.SUCCEEDED;
                message = "command " + target + " was told to stop; its own result says how far it had come";
            } else {
                status = Status.NOTHING_TO_DO;
                message = "command " + target + " has ended already";
            }
        } else if (approvals.waiting(target, command.cluster()).isPresent()) {
            cancelWaiting(command, approvals.waiting(target, command.cluster()).get(), now, batch);
            return;
        } else if (ledger.ended(target)) {
            status = Status.NOTHING_TO_DO;
            message = "command " + target + " has ended already";
        } else {
            status = Status.REJECTED;
            message = "params.command_id is '" + target + "', and no such command runs or waits on cluster "
                    + command.cluster();
        }
        answer(Draft.first(command, status, now, message).at(now), batch);
    }

    private void cancelWaiting(RecoveryCommand command, RecoveryResult waiting, Instant now, Batch batch) {
        String id = waiting.commandId();
        if (command.dryRun()) {
            answer(
                    Draft.first(command, Status.DRY_RUN, now, "would cancel command " + id)
                            .at(now),
                    batch);
            return;
        }
        answer(
                Draft.first(command, Status.SUCCEEDED, now, "command " + id + " is cancelled")
                        .at(now),
                batch);
        answer(
                Approvals.ended(
                        waiting, Status.CANCELLED, now, Ledger.cancellation(command) + "; it had not been approved"),
                batch);
    }

    private void answer(RecoveryResult result, Batch batch) {
        batch.say(result);
        batch.afterwards(() -> {
            tally.answered(result);
            log.atInfo()
                    .addKeyValue("command_id", result.commandId())
                    .addKeyValue("status", result.status())
                    .log("command answered: {}", result.message());
        });
    }
}
