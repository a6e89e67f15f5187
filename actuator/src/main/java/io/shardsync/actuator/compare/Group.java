package io.shardsync.actuator.compare;

import io.shardsync.actuator.bedside.Copy;
import io.shardsync.actuator.bedside.IndexFacts;
import io.shardsync.actuator.bedside.IndexView;
import io.shardsync.actuator.bedside.Pin;
import io.shardsync.actuator.bedside.ShardId;
import io.shardsync.schemas.model.CopyState;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A shard's copies as they were when a check began. What was read counts only as long as they stay what they are.
 *
 * @param shard the shard
 * @param uuid the index's own id
 * @param term the primary term
 * @param copies those with a place, the primary first
 * @param absent how many have none
 * @param names names of the nodes by id
 */
record Group(ShardId shard, String uuid, long term, List<Copy> copies, int absent, Map<String, String> names) {
    Group {
        copies = List.copyOf(copies);
        names = Map.copyOf(names);
    }

    /** As a cluster state shows them; without any copy where the index is gone. */
    static Group of(IndexView view, ShardId shard) {
        List<Copy> all = view.cluster().copiesOf(shard);
        List<Copy> placed = new ArrayList<>();
        all.stream().filter(copy -> copy.node() != null && copy.primary()).forEach(placed::add);
        all.stream()
                .filter(copy -> copy.node() != null && !copy.primary())
                // A group written in another order is the same group.
                .sorted((one, other) -> one.node().compareTo(other.node()))
                .forEach(placed::add);
        return new Group(
                shard,
                view.facts().map(IndexFacts::uuid).orElse(null),
                view.facts()
                        .map(facts -> facts.primaryTerms().getOrDefault(shard.number(), -1L))
                        .orElse(-1L),
                placed,
                all.size() - placed.size(),
                view.cluster().nodes());
    }

    /** The same with the primary and one replica only. */
    Group only(String replicaNode) {
        return new Group(
                shard,
                uuid,
                term,
                copies.stream()
                        .filter(copy -> copy.primary() || copy.node().equals(replicaNode))
                        .toList(),
                0,
                names);
    }

    Optional<Copy> primary() {
        return copies.stream().filter(Copy::primary).findFirst();
    }

    List<Copy> replicas() {
        return copies.stream().filter(copy -> !copy.primary()).toList();
    }

    /** Ids of the nodes that hold them. */
    List<String> nodes() {
        return copies.stream().map(Copy::node).toList();
    }

    Pin pin(Copy copy) {
        return new Pin(shard, copy.node());
    }

    String name(Copy copy) {
        return names.getOrDefault(copy.node(), copy.node());
    }

    /** Why there is nothing to compare; empty where there is. */
    Optional<String> objection() {
        if (uuid == null || copies.isEmpty() && absent == 0) {
            return Optional.of("the shard is gone");
        }
        if (primary().isEmpty()) {
            return Optional.of("no primary");
        }
        if (replicas().isEmpty()) {
            return Optional.of(
                    absent == 0
                            ? "no replica, there is nothing to compare with"
                            : "no replica has a place, there is nothing to compare with");
        }
        return copies.stream()
                .filter(copy -> copy.state() != CopyState.STARTED)
                .findFirst()
                .map(copy -> "the " + copy.role() + " on " + name(copy) + " is " + copy.state());
    }

    /** What is not as it was; empty where the copies are the same. */
    Optional<String> changedTo(Group now) {
        if (!Objects.equals(uuid, now.uuid)) {
            return Optional.of(now.uuid == null ? "the index was deleted" : "the index was made anew");
        }
        if (term != now.term) {
            return Optional.of(
                    "the primary term went from " + term + " to " + now.term + ": another primary took over");
        }
        List<String> before = told(this);
        List<String> after = told(now);
        return before.equals(after)
                ? Optional.empty()
                : Optional.of(
                        "the copies changed from " + String.join(", ", before) + " to " + String.join(", ", after));
    }

    private static List<String> told(Group group) {
        Stream<String> placed = group.copies.stream()
                .map(copy -> copy.role() + " " + copy.state() + " on " + group.name(copy) + " (" + copy.allocationId()
                        + ")");
        return Stream.concat(placed, group.absent == 0 ? Stream.of() : Stream.of(group.absent + " without a place"))
                .collect(Collectors.toList());
    }
}
