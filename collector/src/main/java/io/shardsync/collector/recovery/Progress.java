package io.shardsync.collector.recovery;

import io.shardsync.collector.group.Stamp;
import io.shardsync.collector.read.RecoveryReading;
import io.shardsync.schemas.model.RecoveryEvent;
import io.shardsync.schemas.model.RecoveryEvent.Amount;
import io.shardsync.schemas.model.RecoveryEvent.Mode;
import io.shardsync.schemas.model.RecoveryEvent.Operations;
import io.shardsync.schemas.model.RecoveryEvent.Outcome;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;

/**
 * How far one recovery is.
 *
 * @param firstSeen when it was first seen
 * @param reading the newest; null before the first
 * @param readAt when that was made
 * @param movedAt when bytes, files, operations or the stage last moved
 * @param markedAt when the amounts were taken that the rates are measured from
 * @param markedBytes bytes recovered then
 * @param markedOperations operations recovered then
 * @param bytesPerSecond null while unknown
 * @param operationsPerSecond null while unknown
 */
record Progress(
        Target target,
        Instant firstSeen,
        RecoveryReading reading,
        Instant readAt,
        Instant movedAt,
        Instant markedAt,
        long markedBytes,
        long markedOperations,
        Double bytesPerSecond,
        Double operationsPerSecond) {

    /** Readings closer together than this give rates that are mostly noise: a chunk is half a megabyte. */
    private static final Duration RATE_SPAN = Duration.ofMillis(900);

    private static final Set<String> BEFORE_FILES_ARE_KNOWN = Set.of("INIT", "INDEX");

    static Progress begin(Target target, Instant at) {
        return new Progress(target, at, null, at, at, at, 0, 0, null, null);
    }

    /** The same with a newer reading. */
    Progress with(RecoveryReading next, Instant at) {
        long bytes = next.bytes().recovered();
        long operations = next.operationsRecovered();
        if (reading == null) {
            return new Progress(target, firstSeen, next, at, at, at, bytes, operations, null, null);
        }
        Instant moved = hasMoved(next) ? at : movedAt;
        Duration span = Duration.between(markedAt, at);
        if (span.compareTo(RATE_SPAN) < 0) {
            return new Progress(
                    target,
                    firstSeen,
                    next,
                    at,
                    moved,
                    markedAt,
                    markedBytes,
                    markedOperations,
                    bytesPerSecond,
                    operationsPerSecond);
        }
        double seconds = span.toNanos() / 1e9;
        return new Progress(
                target,
                firstSeen,
                next,
                at,
                moved,
                at,
                bytes,
                operations,
                Math.max(0, bytes - markedBytes) / seconds,
                Math.max(0, operations - markedOperations) / seconds);
    }

    private boolean hasMoved(RecoveryReading next) {
        return next.bytes().recovered() != reading.bytes().recovered()
                || next.files().recovered() != reading.files().recovered()
                || next.operationsRecovered() != reading.operationsRecovered()
                || !String.valueOf(next.stage()).equals(reading.stage());
    }

    RecoveryEvent event(Stamp stamp, Instant at, Outcome outcome) {
        boolean done = outcome == Outcome.DONE;
        Amount none = new Amount(0, 0, 0);
        Mode mode = mode(done);
        return new RecoveryEvent(
                target.recoveryId(),
                stamp.cluster(),
                target.index(),
                target.indexUuid(),
                target.shard(),
                stamp.snapshotId(),
                reading == null || reading.type() == null ? target.type() : reading.type(),
                done ? RecoveryEvent.DONE : reading == null || reading.stage() == null ? "INIT" : reading.stage(),
                target.primary(),
                reading == null ? null : reading.sourceNode(),
                target.nodeName(),
                reading == null ? firstSeen : reading.startedAt(),
                at,
                reading == null ? none : reading.bytes(),
                reading == null ? none : reading.files(),
                reading == null ? null : new Operations(reading.operationsTotal(), reading.operationsRecovered()),
                done ? Double.valueOf(100) : percent(mode),
                outcome == Outcome.RUNNING && mode == Mode.FILE_BASED && bytesPerSecond != null
                        ? Long.valueOf(Math.round(bytesPerSecond))
                        : null,
                outcome == Outcome.RUNNING ? etaMs(mode) : null,
                reading == null ? 0 : reading.throttledMs(),
                mode,
                outcome == Outcome.RUNNING
                        ? Math.max(0, Duration.between(movedAt, at).toMillis())
                        : 0,
                outcome);
    }

    /**
     * A recovery that has nothing to copy replays operations: then bytes and files say 0 % to the very end. Early on, a
     * total of 0 only means that the files are not known yet.
     */
    private Mode mode(boolean done) {
        if (reading == null) {
            return null;
        }
        if (reading.bytes().total() - reading.bytes().reused() > 0) {
            return Mode.FILE_BASED;
        }
        return done || !BEFORE_FILES_ARE_KNOWN.contains(String.valueOf(reading.stage())) ? Mode.OPERATION_BASED : null;
    }

    private Double percent(Mode mode) {
        if (mode == null) {
            return null;
        }
        if (mode == Mode.FILE_BASED) {
            long toCopy = reading.bytes().total() - reading.bytes().reused();
            return Math.min(100, 100.0 * reading.bytes().recovered() / toCopy);
        }
        if (reading.operationsTotal() == null) {
            return null;
        }
        return reading.operationsTotal() == 0
                ? 100.0
                : Math.min(100, 100.0 * reading.operationsRecovered() / reading.operationsTotal());
    }

    private Long etaMs(Mode mode) {
        if (mode == Mode.FILE_BASED) {
            return timeFor(reading.bytes().remaining(), bytesPerSecond);
        }
        return mode == null || reading.operationsTotal() == null
                ? null
                : timeFor(Math.max(0, reading.operationsTotal() - reading.operationsRecovered()), operationsPerSecond);
    }

    private static Long timeFor(long remaining, Double perSecond) {
        if (remaining == 0) {
            return 0L;
        }
        return perSecond == null || perSecond <= 0 ? null : Long.valueOf(Math.round(remaining / perSecond * 1_000));
    }
}
