package io.shardsync.processor.alert;

import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.Alert.Affected;
import io.shardsync.schemas.model.Alert.Severity;
import io.shardsync.schemas.model.ClusterSnapshot.Node;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/** Data nodes that hold far more shards, or bytes, than the others, and have for long. */
record BalanceRule(AlertSettings settings) implements Rule {
    private static final long LEAST_SHARDS = 20;
    private static final long LEAST_BYTES = 10L << 30;

    @Override
    public Stream<Condition> conditions(ClusterMemory memory) {
        if (memory.seen() == null) {
            return Stream.empty();
        }
        List<Node> data = memory.seen().nodes().stream()
                .filter(node -> node.roles().stream().anyMatch(role -> role.startsWith("data")))
                .filter(node -> node.shutdown() == null && node.answered() && node.storeBytes() != null)
                .toList();
        Optional<Condition> byShards = uneven(memory, data, Node::shards, LEAST_SHARDS, "shards");
        return byShards.or(() -> uneven(memory, data, Node::storeBytes, LEAST_BYTES, "bytes")).stream();
    }

    private Optional<Condition> uneven(
            ClusterMemory memory, List<Node> nodes, ToLongFunction<Node> measure, long least, String unit) {
        double mean = nodes.stream().mapToLong(measure).average().orElse(0);
        return nodes.stream()
                .max(Comparator.comparingLong(measure))
                .filter(node -> measure.applyAsLong(node) - mean >= least)
                .filter(node -> measure.applyAsLong(node) > mean * settings.balanceRatio())
                .map(node -> condition(memory, node, measure.applyAsLong(node), mean, unit));
    }

    private Condition condition(ClusterMemory memory, Node node, long value, double mean, String unit) {
        String cluster = memory.newest().cluster();
        return new Condition(
                Labels.of("NodesUnbalanced", cluster),
                Severity.INFO,
                settings.balanceFor(),
                settings.clear(),
                new Alert.Cause("unbalanced", node.name() + " holds the most " + unit + ".", node.name()),
                (double) value,
                mean * settings.balanceRatio(),
                new Affected(node.shards(), 0, List.of(), List.of(node.name())),
                "Node " + node.name() + " of " + cluster + " holds far more " + unit + " than the others",
                node.name() + " holds " + value + " " + unit + ", the mean is " + Math.round(mean) + ".",
                "Look for a rebalance switch, filters or full disks; REBALANCE moves shards for half an hour.");
    }
}
