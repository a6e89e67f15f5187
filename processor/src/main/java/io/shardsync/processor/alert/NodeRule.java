package io.shardsync.processor.alert;

import io.shardsync.processor.alert.ClusterMemory.LostNode;
import io.shardsync.processor.alert.ClusterMemory.SilentNode;
import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.Alert.Affected;
import io.shardsync.schemas.model.Alert.Severity;
import io.shardsync.schemas.model.ClusterSnapshot;
import io.shardsync.schemas.model.ClusterSnapshot.Node;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** Nodes that left with copies on them, and nodes that are there and do not answer. */
record NodeRule() implements Rule {
    private static final int MISSES = 2;
    private static final Duration CRITICAL_AFTER = Duration.ofSeconds(10);

    @Override
    public Stream<Condition> conditions(ClusterMemory memory) {
        return Stream.concat(memory.lost().values().stream().map(node -> lost(node, memory)), silent(memory));
    }

    /** Those that are there and do not answer. */
    static Stream<Condition> silent(ClusterMemory memory) {
        return memory.silent().entrySet().stream()
                .filter(node -> node.getValue().misses() >= MISSES)
                .map(node -> silent(node.getKey(), node.getValue(), memory));
    }

    private Condition lost(LostNode node, ClusterMemory memory) {
        ClusterSnapshot.Delayed delayed = memory.seen().delayed();
        String waits = delayed == null || delayed.copies() == 0
                ? "Elasticsearch does not wait for it."
                : "Elasticsearch waits for it with " + delayed.copies() + " copies"
                        + (delayed.nextExpiry() == null ? "." : " until " + delayed.nextExpiry() + ".");
        return new Condition(
                Labels.of("NodeLost", memory.newest().cluster(), "node", node.name()),
                Severity.WARNING,
                Duration.ZERO,
                Duration.ZERO,
                new Alert.Cause("node_left", "It left the cluster with no shutdown registered.", node.name()),
                (double) node.copies(),
                0.0,
                new Affected(node.copies(), 0, List.of(), List.of(node.name())),
                "Node " + node.name() + " of " + memory.newest().cluster() + " is lost with " + node.copies()
                        + " copies",
                "It was gone at " + node.at() + " and held " + node.copies() + " copies. " + waits,
                "Find out why it left, and bring it back.");
    }

    private static Condition silent(String name, SilentNode node, ClusterMemory memory) {
        boolean critical = Duration.between(node.since(), memory.now()).compareTo(CRITICAL_AFTER) >= 0;
        int copies = memory.newest().nodes().stream()
                .filter(one -> one.name().equals(name))
                .mapToInt(Node::shards)
                .sum();
        return new Condition(
                Labels.of("NodeUnresponsive", memory.newest().cluster(), "node", name),
                critical ? Severity.CRITICAL : Severity.WARNING,
                Duration.ZERO,
                Duration.ZERO,
                new Alert.Cause("node_unresponsive", "It is in the cluster and does not answer.", name),
                (double) copies,
                null,
                new Affected(copies, 0, List.of(), List.of(name)),
                "Node " + name + " of " + memory.newest().cluster() + " does not answer",
                "It has not answered since " + node.since() + "; its " + copies + " copies can't be seen.",
                "Look at its process and machine; Elasticsearch itself notices after half a minute.");
    }
}
