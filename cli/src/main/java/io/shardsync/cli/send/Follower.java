package io.shardsync.cli.send;

import io.shardsync.cli.print.Bar;
import io.shardsync.cli.print.Io;
import io.shardsync.cli.print.ProgressLine;
import io.shardsync.cli.print.Words;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.RecoveryResult.Progress;
import io.shardsync.schemas.model.RecoveryResult.Status;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Waits for a command's end, and tells meanwhile how far it is. */
public final class Follower {
    private static final Duration STEP = Duration.ofSeconds(1);

    private final Io io;

    public Follower(Io io) {
        this.io = io;
    }

    /** @return the newest that was told within that time, be it the end or not; empty if nothing was */
    public Optional<Told> follow(Route route, String commandId, Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        Optional<Told> newest = Optional.empty();
        try (ProgressLine line = new ProgressLine(io)) {
            while (newest.isEmpty() || !newest.get().over()) {
                Duration left = Duration.ofNanos(deadline - System.nanoTime());
                if (left.isNegative() || left.isZero()) {
                    return newest;
                }
                Optional<Told> told = route.next(commandId, left.compareTo(STEP) < 0 ? left : STEP);
                newest = told.or(newestOf(newest));
                route.trouble()
                        .ifPresentOrElse(
                                trouble -> line.show("trying on: " + trouble, ""),
                                () -> told.ifPresent(each -> line.show(news(each), figures(each))));
            }
            return newest;
        }
    }

    private static java.util.function.Supplier<Optional<Told>> newestOf(Optional<Told> newest) {
        return () -> newest;
    }

    static String news(Told told) {
        if (told.result().isEmpty()) {
            return "sent; no actuator has taken it yet";
        }
        RecoveryResult result = told.result().get();
        String head = Words.code(result.status()) + ": " + result.message();
        if (result.status() == Status.AWAITING_APPROVAL) {
            return head + " (shardsync command approve-command --of " + result.commandId() + ")";
        }
        List<RecoveryResult.Step> steps = result.steps();
        if (steps.isEmpty() || result.status().terminal()) {
            return head;
        }
        RecoveryResult.Step last = steps.get(steps.size() - 1);
        return head + " | " + last.action() + (last.outcome() == null ? "" : ": " + last.outcome());
    }

    static String figures(Told told) {
        Progress progress = told.result().map(RecoveryResult::progress).orElse(null);
        if (progress == null) {
            return "";
        }
        return (progress.percent() == null ? "" : Bar.of(progress.percent()) + " ")
                + (progress.bytesRemaining() == null ? "" : Words.bytes(progress.bytesRemaining()) + " to go ")
                + (progress.etaMs() == null ? "" : "about " + Words.duration(progress.etaMs()) + " left");
    }
}
