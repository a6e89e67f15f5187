package io.shardsync.actuator.watch;

import io.shardsync.actuator.bedside.Checkpoint;
import io.shardsync.actuator.bedside.Checkpoints;
import io.shardsync.actuator.bedside.ClusterView;
import io.shardsync.actuator.bedside.Copy;
import io.shardsync.actuator.bedside.ShardId;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** Follows replicas until each has every operation that its primary had when that was first seen. */
public final class Backlog {
    private final Set<ShardId> shards;
    private final Duration patience;
    private final Map<ShardId, Long> marks = new HashMap<>();
    private Instant advanced;
    private long doneBefore = Long.MIN_VALUE;

    /**
     * Of these shards.
     *
     * @param patience how long it may go on without any progress
     */
    public Backlog(Set<ShardId> shards, Duration patience) {
        this.shards = Set.copyOf(shards);
        this.patience = patience;
    }

    /**
     * Where it stands.
     *
     * @param verdict {@code HEALED} once each has caught up
     * @param message for people
     */
    public record Told(Verdict verdict, String message) {}

    /**
     * Takes the next look. A shard none of whose copies can tell, such as a closed index's, is passed over; but that is
     * known only if their nodes have answered.
     */
    public Told see(Instant now, ClusterView view, Checkpoints checkpoints) {
        List<String> behind = new ArrayList<>();
        long done = 0;
        for (ShardId shard : shards) {
            Map<String, Checkpoint> known = checkpoints.of(shard);
            if (known.isEmpty() && checkpoints.answered().containsAll(nodesOf(view.copiesOf(shard)))) {
                continue;
            }
            for (Copy copy : view.copiesOf(shard)) {
                Checkpoint own = copy.node() == null ? null : known.get(copy.node());
                if (copy.primary() && own != null) {
                    marks.putIfAbsent(shard, own.maxSeqNo());
                }
                done += own == null ? 0 : own.local();
            }
            Long mark = marks.get(shard);
            for (Copy copy : view.copiesOf(shard)) {
                Checkpoint own = copy.node() == null ? null : known.get(copy.node());
                if (mark == null || own == null || own.local() < mark) {
                    behind.add(copy.role() + " of " + shard
                            + (copy.node() == null ? "" : " on " + view.nodeName(copy.node())) + " stands at "
                            + (own == null ? "no checkpoint" : own.local()) + " of "
                            + (mark == null ? "what its primary does not tell" : mark));
                }
            }
        }
        if (advanced == null || done > doneBefore) {
            advanced = now;
        }
        doneBefore = done;
        if (behind.isEmpty()) {
            return new Told(
                    Verdict.HEALED,
                    marks.isEmpty()
                            ? "their checkpoints can't be read"
                            : "each has every operation its primary had at that moment");
        }
        return new Told(
                now.isAfter(advanced.plus(patience)) ? Verdict.TOO_LONG : Verdict.GOING_ON,
                behind.size() + " copies have not caught up: " + behind.get(0));
    }

    private static Set<String> nodesOf(List<Copy> copies) {
        return copies.stream().map(Copy::node).filter(Objects::nonNull).collect(Collectors.toSet());
    }
}
