package io.shardsync.actuator.execute;

import io.shardsync.actuator.bedside.Bedside;
import io.shardsync.actuator.bedside.NotAnswered;
import io.shardsync.actuator.bedside.ShardId;
import io.shardsync.actuator.compare.Depth;
import io.shardsync.actuator.compare.Task;
import io.shardsync.actuator.ledger.Ending;
import io.shardsync.actuator.ledger.Story;
import io.shardsync.actuator.plan.Goal;
import io.shardsync.schemas.model.Verdict;
import org.apache.kafka.common.KafkaException;

import java.util.List;
import java.util.Locale;

/** The second comparison of a shard, after one of its replicas was rebuilt: without it nothing is proved. */
final class Proof {
    /** Right after a move copies may still change for a moment. */
    private static final int MOST_TRIES = 3;

    private final Story story;
    private final Stop stop;
    private final Bedside bedside;
    private final Means means;

    Proof(Story story, Stop stop, Bedside bedside, Means means) {
        this.story = story;
        this.stop = stop;
        this.bedside = bedside;
        this.means = means;
    }

    /** How the command ends. */
    Ending of(Goal goal, Ending moved) {
        ShardId shard = goal.shards().iterator().next();
        Inspection inspection = new Inspection(story, stop, bedside, means);
        Depth wished = Depth.of(story.command().params().get(Depth.PARAM)).orElse(Depth.VERSIONS);
        String last = "not compared";
        try {
            int shards = bedside.view(List.of(shard.index())).shardsOf(shard.index());
            for (int tried = 1; tried <= MOST_TRIES; tried++) {
                stop.check();
                Task task = Task.of(shard, inspection.depth(shard, wished)).roughly();
                Inspection.Seen seen = inspection.see(task, shards, List.of(), 1);
                last = seen.checked().verdict().name().toLowerCase(Locale.ROOT) + ", "
                        + seen.checked().words();
                if (seen.checked().verdict() == Verdict.CONSISTENT) {
                    return Ending.verified(moved.message() + "; compared afterwards: " + last);
                }
                if (seen.checked().verdict() == Verdict.DIVERGENT
                        || seen.checked().gone()) {
                    break;
                }
                stop.pause(means.timing().interval());
            }
        } catch (NotAnswered | KafkaException e) {
            last = "not compared, " + e.getMessage();
        }
        return Ending.failed(
                "unproven",
                moved.message() + "; but that the copies are equal is not proved: " + last
                        + ". Compare them again (VERIFY_CONSISTENCY)");
    }
}
