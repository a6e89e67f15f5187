package io.shardsync.cli.send;

import io.shardsync.cli.print.Exit;
import io.shardsync.cli.print.Io;
import io.shardsync.cli.print.Plain;
import io.shardsync.cli.print.Table;
import io.shardsync.cli.print.Words;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.RecoveryResult.PlannedCall;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** Everything there is to say about a command: what was found, planned, done, and how it ended. */
public final class Outcome {
    private static final int FEW = 5;

    private Outcome() {}

    /**
     * How following a command ended, be it over or not.
     *
     * @param told the newest; empty if nothing was told
     * @param timeout how long it was followed
     * @param json for programs instead of people
     */
    public static Exit of(Io io, Optional<Told> told, String commandId, Duration timeout, boolean json) {
        if (told.isPresent() && json) {
            io.json(told.get().json());
        } else if (told.isPresent()) {
            print(io, told.get());
        }
        if (told.isPresent() && told.get().over()) {
            return Exit.of(told.get().result().orElseThrow().status());
        }
        io.note("shardsync: not over after " + Words.duration(timeout.toMillis())
                + "; it goes on. Follow it:  shardsync recoveries " + commandId + " --wait");
        return Exit.TIMEOUT;
    }

    /** As it stands now. */
    public static void print(Io io, Told told) {
        if (told.result().isEmpty()) {
            io.say("sent  " + Plain.line(told.json().path("type").asText()) + " to "
                    + Plain.line(told.json().path("cluster").asText()) + ": no actuator has taken it yet");
            return;
        }
        RecoveryResult result = told.result().get();
        io.say(head(result));
        io.say("  " + Plain.line(result.message()));
        diagnosis(io, result);
        plan(io, result);
        steps(io, result);
        undo(io, result);
    }

    private static String head(RecoveryResult result) {
        RecoveryCommand command = result.command();
        return Plain.line(
                Words.code(result.status()) + "  " + (result.type() == null ? "command" : result.type()) + " on "
                        + target(result, command) + (command != null && command.dryRun() ? ", dry run" : "") + "  by "
                        + result.requestedBy() + "  " + result.commandId() + "  took " + took(result.tookMs())
                        + (result.status() == RecoveryResult.Status.SUCCEEDED && changes(result)
                                ? result.verified() ? ", verified" : ", not verified"
                                : ""));
    }

    private static boolean changes(RecoveryResult result) {
        CommandType type = result.type();
        return type != null && type.changing();
    }

    private static String target(RecoveryResult result, RecoveryCommand command) {
        if (command == null || command.index() == null) {
            return String.valueOf(result.cluster());
        }
        return result.cluster() + "/" + command.index() + (command.shard() == null ? "" : "/" + command.shard());
    }

    private static String took(long ms) {
        return ms < 10_000 ? ms + " ms" : Words.duration(ms);
    }

    private static void diagnosis(Io io, RecoveryResult result) {
        if (result.diagnosis().isEmpty()) {
            return;
        }
        io.say("");
        Table table = new Table("CAUSE", "COPIES", "SAFE ACTION", "EXPLANATION");
        result.diagnosis()
                .forEach(each -> table.row(
                        each.cause(),
                        each.copies(),
                        each.safeAction() == null ? "none" : each.safeAction(),
                        each.explanation()));
        io.say(table);
    }

    private static void plan(Io io, RecoveryResult result) {
        if (result.plan().isEmpty()) {
            return;
        }
        io.say("");
        io.say(result.status() == RecoveryResult.Status.DRY_RUN ? "would be called" : "plan");
        for (PlannedCall call : result.plan()) {
            io.say("  " + Plain.line(call.action()) + ": " + Plain.line(call.method()) + " " + Plain.line(call.path())
                    + (call.body() == null || call.body().isNull() ? "" : " " + Plain.line(call.body())));
            if (!call.affects().isEmpty()) {
                List<String> affected = call.affects();
                io.say("    touches "
                        + Plain.line(String.join(", ", affected.subList(0, Math.min(FEW, affected.size()))))
                        + (affected.size() > FEW ? " and " + (affected.size() - FEW) + " more" : ""));
            }
        }
    }

    private static void steps(Io io, RecoveryResult result) {
        if (result.steps().isEmpty()) {
            return;
        }
        io.say("");
        Table table = new Table("AT", "STEP", "OUTCOME");
        result.steps()
                .forEach(step -> table.row(
                        step.at() == null ? null : step.at().truncatedTo(ChronoUnit.MILLIS),
                        step.action(),
                        step.outcome()));
        io.say(table);
    }

    private static void undo(Io io, RecoveryResult result) {
        if (result.undo().isEmpty()) {
            return;
        }
        io.say("");
        Table table = new Table("CHANGED SETTING", "SCOPE", "BEFORE");
        result.undo()
                .forEach(each ->
                        table.row(each.setting(), each.scope(), each.former() == null ? "not set" : each.former()));
        io.say(table);
    }
}
