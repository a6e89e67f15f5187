package io.shardsync.actuator.plan;

import io.shardsync.actuator.bedside.ShardId;

import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** When a plan is fulfilled, as the routing table tells. A successor reads it from the result's {@code resume}. */
public sealed interface Goal {

    /**
     * Every copy serves, and has every operation its primary had.
     *
     * @param shards all of whose copies are meant; none where nothing waited
     */
    record Healed(Set<ShardId> shards) implements Goal {
        public Healed {
            shards = Collections.unmodifiableSet(new TreeSet<>(shards));
        }
    }

    /**
     * A copy serves in another place, and no longer in the first.
     *
     * @param shard the copy's shard
     * @param from id of the node it leaves
     * @param to id of the node it goes to
     */
    record Moved(ShardId shard, String from, String to) implements Goal {}

    /**
     * A recovery is over, whatever Elasticsearch does next.
     *
     * @param shard the copy's shard
     * @param node id of the node that was getting it
     * @param allocation the allocation id it had
     */
    record Cancelled(ShardId shard, String node, String allocation) implements Goal {}

    /**
     * Nothing relocates any more; then the settings go back.
     *
     * @param limit after which they go back all the same
     */
    record Settled(Duration limit) implements Goal {}

    /** The shards it is about; none where it is about the whole cluster. */
    default Set<ShardId> shards() {
        if (this instanceof Healed healed) {
            return healed.shards();
        }
        if (this instanceof Moved moved) {
            return Set.of(moved.shard());
        }
        return this instanceof Cancelled cancelled ? Set.of(cancelled.shard()) : Set.of();
    }

    /** As it stands in {@code resume}. */
    default Map<String, Object> told() {
        Map<String, Object> told = new LinkedHashMap<>();
        if (this instanceof Healed healed) {
            told.put("goal", "healed");
            told.put("shards", healed.shards().stream().map(ShardId::toString).toList());
        } else if (this instanceof Moved moved) {
            told.put("goal", "moved");
            told.put("shards", List.of(moved.shard().toString()));
            told.put("from", moved.from());
            told.put("to", moved.to());
        } else if (this instanceof Cancelled cancelled) {
            told.put("goal", "cancelled");
            told.put("shards", List.of(cancelled.shard().toString()));
            told.put("from", cancelled.node());
            told.put("allocation", cancelled.allocation());
        } else if (this instanceof Settled settled) {
            told.put("goal", "settled");
            told.put("limit_ms", settled.limit().toMillis());
        }
        return told;
    }

    /** Reads {@link #told()}; without any, nothing is to be healed. */
    static Goal read(Map<String, Object> told) {
        List<ShardId> shards = told.get("shards") instanceof Collection<?> texts
                ? texts.stream().map(Object::toString).map(ShardId::parse).toList()
                : List.of();
        return switch (String.valueOf(told.get("goal"))) {
            case "moved" -> new Moved(shards.get(0), String.valueOf(told.get("from")), String.valueOf(told.get("to")));
            case "cancelled" ->
                new Cancelled(shards.get(0), String.valueOf(told.get("from")), String.valueOf(told.get("allocation")));
            case "settled" -> new Settled(Duration.ofMillis(((Number) told.get("limit_ms")).longValue()));
            default -> new Healed(Set.copyOf(shards));
        };
    }
}
