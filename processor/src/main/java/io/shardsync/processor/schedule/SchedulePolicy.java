package io.shardsync.processor.schedule;

import io.shardsync.processor.control.Controls;
import io.shardsync.schemas.model.ClusterSnapshot;
import io.shardsync.schemas.model.ClusterSnapshot.Node;
import io.shardsync.schemas.model.ClusterSnapshot.View;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.model.RecoveryResult.Status;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Decides which index is checked next. Each index has a place of its own within the period, drawn from its name, so
 * that the checks of a cluster are spread evenly and come at the same time in each period; one that could not be made
 * then is made as soon as it can. One at a time in a cluster. Pure.
 */
record SchedulePolicy(ScheduleSettings settings) {
    private static final String REQUESTED_BY = "shardsync-processor";
    /** A check that fails this often is left for the next period. */
    private static final int MOST_ATTEMPTS = 3;
    /** The part of the period that passes between two attempts. */
    private static final int ATTEMPTS_APART = 20;
    /** A check writes its progress all the time; one that has been silent for so long has nobody who works at it. */
    private static final Duration SILENT = Duration.ofHours(6);

    private static final Duration ANSWER = Duration.ofMinutes(1);

    /**
     * @param collection the newest one
     * @param entries of the cluster's indices
     * @param asked the check under way, if there is one
     */
    record Situation(
            ClusterSnapshot collection, Collection<IndexEntry> entries, Optional<Asked> asked, Controls controls) {
        Instant now() {
            return collection.completedAt();
        }
    }

    /** The command to be sent now, if there is one. */
    Optional<RecoveryCommand> decide(Situation situation) {
        if (settings.period().isEmpty()
                || situation.asked().isPresent()
                || objection(situation).isPresent()) {
            return Optional.empty();
        }
        return situation.entries().stream()
                .filter(entry -> isDue(situation.collection().cluster(), entry, situation.now()))
                .min(Comparator.comparing((IndexEntry entry) ->
                                turn(situation.collection().cluster(), entry, situation.now()))
                        .thenComparing(IndexEntry::index))
                .map(entry -> command(situation.collection(), entry));
    }

    /** Whether nobody works at a check any more. */
    boolean isGivenUp(Asked asked, Instant now) {
        return asked.heardAt() == null
                ? now.isAfter(asked.askedAt().plus(settings.expiry()).plus(ANSWER))
                : now.isAfter(asked.heardAt().plus(SILENT));
    }

    /**
     * How an index stands once its check has ended without a report that counts.
     *
     * @param proven whether the check said that the copies are equal; if only its report has not come yet
     */
    IndexEntry after(IndexEntry entry, Status end, boolean proven, Instant now) {
        boolean pointless = end == Status.REJECTED || end == Status.NOTHING_TO_DO || entry.attempts() >= MOST_ATTEMPTS;
        return proven || pointless || settings.period().isEmpty()
                ? entry.doneAt(now)
                : entry.waitingUntil(now.plus(settings.period().orElseThrow().dividedBy(ATTEMPTS_APART)));
    }

    /**
     * Why no check is asked for now, for people; empty where nothing speaks against it. A check that was asked for all
     * the same would wait at the actuator, and every other one of the cluster behind it.
     */
    Optional<String> objection(Situation situation) {
        ClusterSnapshot collection = situation.collection();
        Instant now = situation.now();
        if (situation.controls().retired(collection.cluster(), now)) {
            return Optional.of("the cluster is retired");
        }
        Optional<String> stopped = situation
                .controls()
                .stopsHealing(collection.cluster(), now)
                .map(control -> "of the control " + control.kind().name().toLowerCase(Locale.ROOT));
        return stopped.or(() -> unrest(collection));
    }

    /** Copies that are built or moved can't be compared, and a cluster that is short of a copy is left alone. */
    private static Optional<String> unrest(ClusterSnapshot collection) {
        if (!collection.reachable() || collection.view() != View.MASTER || collection.copies() == null) {
            return Optional.of("the cluster can't be seen");
        }
        if (!"green".equals(collection.status())) {
            return Optional.of("the cluster is " + collection.status());
        }
        if (collection.copies().initializing() > 0 || collection.copies().relocating() > 0) {
            return Optional.of("copies are built or moved");
        }
        return collection.nodes().stream().allMatch(Node::answered)
                ? Optional.empty()
                : Optional.of("a node does not answer");
    }

    /** Indices whose turn came a whole period ago, and that were not checked since. */
    long overdue(Situation situation) {
        return settings.period()
                .map(period -> situation.entries().stream()
                        .filter(entry -> entry.copied() && settings.covers(entry.index()))
                        .filter(entry -> turn(situation.collection().cluster(), entry, situation.now())
                                .minus(period)
                                .isAfter(entry.since()))
                        .count())
                .orElse(0L);
    }

    private boolean isDue(String cluster, IndexEntry entry, Instant now) {
        return entry.copied()
                && settings.covers(entry.index())
                && turn(cluster, entry, now).isAfter(entry.since())
                && (entry.notBefore() == null || !now.isBefore(entry.notBefore()));
    }

    /** When its last turn was. */
    private Instant turn(String cluster, IndexEntry entry, Instant now) {
        long period = settings.period().orElseThrow().toMillis();
        CRC32 hash = new CRC32();
        hash.update((cluster + "/" + entry.index()).getBytes(UTF_8));
        long place = (long) (hash.getValue() / (double) (1L << Integer.SIZE) * period);
        long ms = now.toEpochMilli();
        return Instant.ofEpochMilli(ms - Math.floorMod(ms - place, period));
    }

    /** The id is derived from the turn, so the same decision, taken again after a crash, is the same command. */
    private RecoveryCommand command(ClusterSnapshot collection, IndexEntry entry) {
        Instant now = collection.completedAt();
        String asked = String.join(
                "|",
                collection.cluster(),
                entry.index(),
                entry.indexUuid(),
                String.valueOf(entry.since().toEpochMilli()),
                String.valueOf(entry.attempts()));
        return RecoveryCommand.builder(CommandType.VERIFY_CONSISTENCY, collection.cluster())
                .commandId(UUID.nameUUIDFromBytes(asked.getBytes(UTF_8)).toString())
                .clusterUuid(collection.clusterUuid())
                .index(entry.index())
                .requested(REQUESTED_BY, now, now.plus(settings.expiry()))
                .reason("consistency.schedule: once in " + settings.period().orElseThrow())
                .params(Map.of("depth", settings.depth()))
                .build();
    }
}
