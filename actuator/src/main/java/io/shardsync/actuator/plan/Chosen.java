package io.shardsync.actuator.plan;

import io.shardsync.actuator.bedside.ClusterView;
import io.shardsync.actuator.bedside.Copy;
import io.shardsync.actuator.bedside.ShardId;
import io.shardsync.actuator.diagnose.Examination;
import io.shardsync.actuator.diagnose.Rehearsal;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.RecoveryCommand;

import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Which copy a command means. */
final class Chosen {
    private Chosen() {}

    private static List<Copy> meant(RecoveryCommand command, ClusterView view) {
        return view.copiesOf(new ShardId(command.index(), command.shard())).stream()
                .filter(copy -> command.node() == null
                        ? suits(command.type(), copy)
                        : view.nodeId(command.node())
                                .filter(id -> id.equals(copy.node()) || recoversThere(command.type(), copy, id))
                                .isPresent())
                .toList();
    }

    /** Without a node, the only copy the type can be about is meant. */
    private static boolean suits(CommandType type, Copy copy) {
        return type == CommandType.CANCEL_RECOVERY ? !copy.primary() && recovers(copy) : !copy.primary();
    }

    private static boolean recoversThere(CommandType type, Copy copy, String node) {
        return type == CommandType.CANCEL_RECOVERY && node.equals(copy.movesTo());
    }

    /** Whether the copy, or its successor on another node, is being built. */
    static boolean recovers(Copy copy) {
        return copy.node() != null && (!copy.serves() || copy.movesTo() != null);
    }

    /** The copy, where there is exactly one. */
    static Optional<Copy> copy(RecoveryCommand command, ClusterView view) {
        List<Copy> meant = meant(command, view);
        return meant.size() == 1 ? Optional.of(meant.get(0)) : Optional.empty();
    }

    /** Why there is no such copy. */
    static Optional<Plan> objection(RecoveryCommand command, ClusterView view) {
        for (String node : new String[] {command.node(), command.targetNode()}) {
            if (node != null && view.nodeId(node).isEmpty()) {
                return Optional.of(Plan.rejected("there is no node '" + node + "' in the cluster; there are "
                        + new TreeSet<>(view.nodes().values())));
            }
        }
        List<Copy> meant = meant(command, view);
        if (meant.size() == 1) {
            return Optional.empty();
        }
        ShardId shard = new ShardId(command.index(), command.shard());
        String copies = view.copiesOf(shard).stream()
                .map(copy -> copy.role() + " " + copy.state()
                        + (copy.node() == null ? "" : " on " + view.nodeName(copy.node())))
                .collect(Collectors.joining(", "));
        return Optional.of(
                meant.isEmpty()
                        ? Plan.nothing("shard " + shard + " has no such copy"
                                + (command.node() == null ? "" : " on " + command.node()) + "; it has: " + copies)
                        : Plan.rejected("shard " + shard + " has " + meant.size()
                                + " such copies, say which by node; it has: " + copies));
    }

    /** A copy that is not started can't be moved. */
    static Plan notStarted(Copy copy, ClusterView view) {
        return copy.movesTo() == null
                ? Plan.held("the " + copy.role() + " of " + copy.shard() + " is " + copy.state() + ", only a STARTED"
                        + " copy can be moved")
                : Plan.nothing("the " + copy.role() + " of " + copy.shard() + " is moving to "
                        + view.nodeName(copy.movesTo()) + " already");
    }

    /** What Elasticsearch said about moving it. */
    static Optional<Rehearsal> rehearsal(Copy copy, Examination seen) {
        return seen.rehearsals().stream()
                .filter(rehearsal -> rehearsal.copy().equals(copy))
                .findFirst();
    }
}
