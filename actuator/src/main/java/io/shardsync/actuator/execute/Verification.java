package io.shardsync.actuator.execute;

import io.shardsync.actuator.bedside.Bedside;
import io.shardsync.actuator.bedside.ClusterView;
import io.shardsync.actuator.bedside.NotAnswered;
import io.shardsync.actuator.bedside.ShardId;
import io.shardsync.actuator.compare.Depth;
import io.shardsync.actuator.compare.IndexReport;
import io.shardsync.actuator.compare.Task;
import io.shardsync.actuator.diagnose.Scope;
import io.shardsync.actuator.ledger.Ending;
import io.shardsync.actuator.ledger.Story;
import io.shardsync.schemas.model.ConsistencyReport;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.model.RecoveryResult.Status;
import io.shardsync.schemas.model.Verdict;
import org.apache.kafka.common.KafkaException;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** {@code VERIFY_CONSISTENCY}: compares the copies of one shard, or of each shard of an index, one after the other. */
final class Verification {
    /** In {@code params}: false lets a check go on whatever the cluster's condition. */
    static final String GENTLE = "gentle";

    private final RecoveryCommand command;
    private final Story story;
    private final Stop stop;
    private final Bedside bedside;
    private final Means means;

    Verification(Story story, Stop stop, Bedside bedside, Means means) {
        this.command = story.command();
        this.story = story;
        this.stop = stop;
        this.bedside = bedside;
        this.means = means;
    }

    /** How it ended; empty where it was stopped and somebody else will go on. */
    Optional<Ending> run() {
        try {
            story.started();
            return Optional.of(verify());
        } catch (Stop.Cancelled e) {
            return Optional.of(Ending.of(
                    Status.CANCELLED,
                    e.getMessage() + "; compared before that: "
                            + (story.compared().isEmpty() ? "no shard" : String.join(", ", story.compared()))));
        } catch (Stop.Abandoned e) {
            return Optional.empty();
        } catch (NotAnswered e) {
            return Optional.of(Ending.failed("unreachable", "the cluster did not answer: " + e.getMessage()));
        } catch (KafkaException e) {
            return Optional.of(
                    Ending.failed("reports", "the report that stands can't be read, so none is written: " + e));
        }
    }

    private Ending verify() {
        stop.check();
        ClusterView view = bedside.view(List.of(command.index()));
        Optional<String> missing = Scope.of(command).missingFrom(view);
        if (missing.isPresent()) {
            return Ending.of(Status.REJECTED, missing.get());
        }
        if (command.clusterUuid() != null && !command.clusterUuid().equals(view.uuid())) {
            return Ending.of(
                    Status.REJECTED,
                    "cluster_uuid is " + command.clusterUuid() + ", but the cluster behind the address is "
                            + view.uuid());
        }
        int shards = view.shardsOf(command.index());
        List<ShardId> all = IntStream.range(0, shards)
                .filter(number -> command.shard() == null || command.shard() == number)
                .mapToObj(number -> new ShardId(command.index(), number))
                .toList();
        Depth wished = Depth.of(command.params().getOrDefault(Depth.PARAM, Depth.VERSIONS.word()))
                .orElse(Depth.VERSIONS);
        if (command.dryRun()) {
            return Ending.of(
                    Status.DRY_RUN,
                    "would compare the copies of " + all.size() + (all.size() == 1 ? " shard" : " shards") + " of "
                            + command.index() + " by " + wished.word()
                            + "; that changes nothing but that it refreshes");
        }
        return compare(all, shards, wished);
    }

    private Ending compare(List<ShardId> all, int shards, Depth wished) {
        Set<String> before = story.compared();
        List<ShardId> done = new ArrayList<>(
                all.stream().filter(shard -> before.contains(shard.toString())).toList());
        Inspection inspection = new Inspection(story, stop, bedside, means);
        Optional<ConsistencyReport> report = Optional.empty();
        for (ShardId shard : all) {
            if (done.contains(shard)) {
                continue;
            }
            stop.check();
            Task task = Task.of(shard, inspection.depth(shard, wished));
            boolean gentle = !Boolean.FALSE.equals(command.params().get(GENTLE));
            Inspection.Seen seen = inspection.see(gentle ? task : task.roughly(), shards, done, all.size());
            if (seen.report().isEmpty()) {
                return Ending.failed("index_gone", "the index was deleted meanwhile");
            }
            report = seen.report();
            done.add(shard);
        }
        return ending(all, report.or(() -> means.reports().apply(command.cluster(), command.index())));
    }

    /** Of this command's shards; the report may know of others. */
    private static Ending ending(List<ShardId> all, Optional<ConsistencyReport> report) {
        Set<Integer> numbers = all.stream().map(ShardId::number).collect(Collectors.toSet());
        List<ConsistencyReport.Shard> shards = report.stream()
                .flatMap(told -> told.shards().stream())
                .filter(shard -> numbers.contains(shard.shard()))
                .toList();
        Verdict verdict = shards.size() < all.size()
                ? Verdict.INCONCLUSIVE
                : shards.stream().map(IndexReport::verdict).reduce(Verdict.CONSISTENT, IndexReport::worse);
        double coverage = shards.stream()
                .mapToDouble(shard -> shard.coveragePercent() == null ? 0 : shard.coveragePercent())
                .average()
                .orElse(0);
        String issues = shards.stream()
                .filter(shard -> !shard.issues().isEmpty())
                .limit(3)
                .map(shard -> "shard " + shard.shard() + ": " + String.join("; ", shard.issues()))
                .collect(Collectors.joining(" | "));
        long troubled =
                shards.stream().filter(shard -> !shard.issues().isEmpty()).count();
        String message = verdict.name().toLowerCase(Locale.ROOT) + ": " + shards.size()
                + (shards.size() == 1 ? " shard" : " shards") + " compared, coverage "
                + Math.round(coverage * 100) / 100.0 + " %"
                + (issues.isEmpty() ? "" : ". " + issues)
                + (troubled > 3 ? " | and " + (troubled - 3) + " more, see consistency.report" : "");
        return verdict == Verdict.CONSISTENT ? Ending.verified(message) : Ending.of(Status.SUCCEEDED, message);
    }
}
