package io.shardsync.processor.alert;

import io.shardsync.processor.check.DeepCheck.WrongCopy;
import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.Alert.Affected;
import io.shardsync.schemas.model.Alert.Severity;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Copies that a deep check has proven to differ: until a deep check proves them equal, whatever else is said. */
record DivergeRule() implements Rule {
    @Override
    public Stream<Condition> conditions(ClusterMemory memory) {
        String cluster = memory.newest().cluster();
        return memory.diverged().values().stream().map(shard -> condition(cluster, shard));
    }

    private static Condition condition(String cluster, Diverged shard) {
        List<WrongCopy> wrong = shard.found().wrong();
        long documents = wrong.stream().mapToLong(WrongCopy::documents).sum();
        List<String> nodes = wrong.stream().map(WrongCopy::node).toList();
        String compared = "compared with the primary on " + shard.found().primaryNode() + ", "
                + wrong.stream().map(DivergeRule::says).collect(Collectors.joining("; "));
        return new Condition(
                Labels.of(
                        "CopiesDiverge",
                        cluster,
                        "index",
                        shard.index(),
                        "shard",
                        String.valueOf(shard.found().shard())),
                Severity.CRITICAL,
                Duration.ZERO,
                Duration.ZERO,
                new Alert.Cause("replica_diverged", compared + ".", nodes.size() == 1 ? nodes.get(0) : null),
                (double) documents,
                0.0,
                new Affected(nodes.size(), 0, List.of(shard.index()), nodes),
                "Copies of " + shard.key() + " of " + cluster + " differ in " + documents
                        + (documents == 1 ? " document" : " documents"),
                "By the deep check of " + shard.found().at() + ", " + compared + ". It need not be the replica that is"
                        + " wrong. Only a consistent deep check ends this alert.",
                "Read GET /shards/consistency/" + shard.index() + " and decide which copy is right. If it is the"
                        + " primary, RESYNC_REPLICA rebuilds the other elsewhere.");
    }

    private static String says(WrongCopy copy) {
        String more = copy.documents() > copy.examples().size() ? ", …" : "";
        return copy.node() + " lacks " + copy.missing() + ", has " + copy.extra() + " too many, and "
                + copy.different() + " differ"
                + (copy.examples().isEmpty() ? "" : " (" + String.join(", ", copy.examples()) + more + ")");
    }
}
