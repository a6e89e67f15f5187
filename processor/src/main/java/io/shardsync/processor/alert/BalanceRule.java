package io.shardsync.processor.alert;

import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.Alert.Affected;
import io.shardsync.schemas.model.Alert.Severity;
import io.shardsync.schemas.model.ClusterSnapshot.Node;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static java.util.stream.Collectors.toList;

/**
 * Data nodes that hold far more shards, or bytes, than the others, and have for long. Only nodes of the same data roles
 * are compared: that cold nodes hold more than hot ones is what tiers are for.
 */
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
        Map<Set<String>, List<Node>> tiers =
                data.stream().collect(Collectors.groupingBy(BalanceRule::dataRoles, LinkedHashMap::new, toList()));
        return Stream.concat(
                        tiers.values().stream()
                                .flatMap(tier -> uneven(memory, tier, Node::shards, LEAST_SHARDS, "shards").stream()),
                        tiers.values().stream()
                                .flatMap(tier -> uneven(memory, tier, Node::storeBytes, LEAST_BYTES, "bytes").stream()))
                .limit(1);
    }

    private static Set<String> dataRoles(Node node) {
        return node.roles().stream().filter(role -> role.startsWith("data")).collect(Collectors.toSet());
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
