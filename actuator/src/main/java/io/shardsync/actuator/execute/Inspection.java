package io.shardsync.actuator.execute;

import io.shardsync.actuator.bedside.Bedside;
import io.shardsync.actuator.bedside.ShardId;
import io.shardsync.actuator.compare.Checked;
import io.shardsync.actuator.compare.Depth;
import io.shardsync.actuator.compare.Follower;
import io.shardsync.actuator.compare.IndexReport;
import io.shardsync.actuator.compare.ShardCheck;
import io.shardsync.actuator.compare.Task;
import io.shardsync.actuator.ledger.Story;
import io.shardsync.schemas.model.ConsistencyReport;
import io.shardsync.schemas.model.RecoveryResult.Progress;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Compares copies, one shard after the other, as a part of a command: progress and report are the command's records.
 */
final class Inspection {
    private final Story story;
    private final ShardCheck check;
    private final Means means;
    private final Instant begun;

    Inspection(Story story, Stop stop, Bedside bedside, Means means) {
        this.story = story;
        this.check = means.checks().of(bedside, stop::pause);
        this.means = means;
        this.begun = means.clock().instant();
    }

    /**
     * What a check came to.
     *
     * @param checked of the shard
     * @param report of the index with it; empty where the index is gone
     */
    record Seen(Checked checked, Optional<ConsistencyReport> report) {}

    /**
     * Whether the last report names documents of this shard whose content alone differs: they would be found equal if
     * only versions were compared, and a fault would seem to be gone.
     */
    boolean contentDiffered(ShardId shard) {
        return means.reports().apply(story.command().cluster(), shard.index()).stream()
                .flatMap(report -> report.shards().stream())
                .filter(one ->
                        one.shard() == shard.number() && Depth.CONTENT.word().equals(one.depth()))
                .flatMap(one -> one.copies().stream())
                .anyMatch(copy -> copy.counts().different() > 0);
    }

    /**
     * Checks a shard and writes the report.
     *
     * @param shards how many the index has
     * @param done the command's shards that are done
     * @param all how many the command is about
     */
    Seen see(Task task, int shards, List<ShardId> done, int all) {
        Task resumed = story.standing().map(task::from).orElse(task);
        Checked checked = check.check(resumed, new Teller(done.size(), all));
        List<String> nowDone =
                new ArrayList<>(done.stream().map(ShardId::toString).toList());
        nowDone.add(task.shard().toString());
        String cluster = story.command().cluster();
        if (checked.gone()) {
            // A report would stay for ever: nobody else knows that it has no index.
            return new Seen(checked, Optional.empty());
        }
        // Of two checks of one index the second must not overwrite what the first is just adding.
        synchronized (means.reports()) {
            ConsistencyReport report = IndexReport.merged(
                    means.reports().apply(cluster, task.shard().index()),
                    cluster,
                    task.shard().index(),
                    shards,
                    checked,
                    Duration.between(begun, means.clock().instant()).toMillis(),
                    story.command().commandId());
            story.compared(
                    new Progress(percent(nowDone.size(), all), null, null),
                    report,
                    task.shard(),
                    checked.words(),
                    nowDone);
            return new Seen(checked, Optional.of(report));
        }
    }

    private static double percent(double done, int all) {
        return Math.round(1_000 * done / Math.max(1, all)) / 10.0;
    }

    /** Tells no more often than the topic needs. */
    private final class Teller implements Follower {
        private final int before;
        private final int all;
        private final Instant from = means.clock().instant();
        private Instant told = Instant.EPOCH;
        private String waiting = "";

        Teller(int before, int all) {
            this.before = before;
            this.all = all;
        }

        @Override
        public void advanced(double share, String message, Supplier<Map<String, Object>> resume) {
            Instant now = means.clock().instant();
            waiting = "";
            if (Duration.between(told, now).compareTo(means.timing().interval()) < 0) {
                return;
            }
            told = now;
            long passed = Duration.between(from, now).toMillis();
            Long eta = share <= 0 || all > 1 ? null : (long) (passed * (1 - share) / share);
            story.compared(new Progress(percent(before + share, all), null, eta), message, resume.get());
        }

        @Override
        public void waits(String why) {
            if (!why.equals(waiting)) {
                waiting = why;
                story.progress(null, "waits, for " + why);
            }
        }
    }

    /** The depth of a check: as wished, but by content where content was found to differ. */
    Depth depth(ShardId shard, Depth wished) {
        if (wished == Depth.CONTENT || !contentDiffered(shard)) {
            return wished;
        }
        story.note("deepen", shard + ": content differed when it was compared last, so it is compared again");
        return Depth.CONTENT;
    }
}
