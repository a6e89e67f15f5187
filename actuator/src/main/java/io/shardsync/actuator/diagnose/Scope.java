package io.shardsync.actuator.diagnose;

import io.shardsync.actuator.bedside.ClusterView;
import io.shardsync.actuator.bedside.Copy;
import io.shardsync.actuator.bedside.ShardId;
import io.shardsync.schemas.model.ObservedCause;
import io.shardsync.schemas.model.RecoveryCommand;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a command is about.
 *
 * @param index null for the whole cluster
 * @param shard null for the whole index
 * @param cause a cause code, or one as it is observed from outside; null for any
 */
public record Scope(String index, Integer shard, String cause) {
    /** Causes as they are observed from outside, by their words. */
    private static final Map<String, ObservedCause> OBSERVED = Stream.of(ObservedCause.values())
            .filter(observed -> observed != ObservedCause.OTHER)
            .collect(Collectors.toUnmodifiableMap(ObservedCause::code, observed -> observed));

    private static final Set<Cause> SWITCHES = Set.of(Cause.CLUSTER_ALLOCATION_OFF, Cause.INDEX_ALLOCATION_OFF);

    /** Every value that {@code cause} may have. */
    public static Set<String> causes() {
        Set<String> all = new TreeSet<>(OBSERVED.keySet());
        all.addAll(Set.of("switch_off", ObservedCause.OTHER.code()));
        for (Cause cause : Cause.values()) {
            all.add(cause.code());
        }
        return all;
    }

    /** The scope of a command. */
    public static Scope of(RecoveryCommand command) {
        return new Scope(command.index(), command.shard(), command.cause());
    }

    /** Why the cluster has nothing of the kind, where it has not. */
    public Optional<String> missingFrom(ClusterView view) {
        if (index == null) {
            return Optional.empty();
        }
        int shards = view.shardsOf(index);
        if (shards == 0) {
            return Optional.of(
                    "there is no index '" + index + "' in the cluster; aliases and patterns are not resolved");
        }
        return shard == null || view.groups().containsKey(new ShardId(index, shard))
                ? Optional.empty()
                : Optional.of(
                        "index '" + index + "' has no shard " + shard + "; it has the shards 0 to " + (shards - 1));
    }

    /** Whether a shard lies within its index and shard, whatever the cause. */
    public boolean lies(ShardId id) {
        return (index == null || id.index().equals(index)) && (shard == null || id.number() == shard);
    }

    /** Whether a copy lies within its index and shard, whatever the cause. */
    public boolean lies(Copy copy) {
        return lies(copy.shard());
    }

    /** Whether a copy lies within, as far as can be said before it is diagnosed. */
    public boolean covers(Copy copy) {
        if (!lies(copy)) {
            return false;
        }
        ObservedCause asked = cause == null ? null : OBSERVED.get(cause);
        Copy.Unassigned info = copy.unassigned();
        return asked == null || info == null || asked == ObservedCause.of(info.reason(), info.failedAttempts());
    }

    /** Whether a cause lies within. */
    public boolean covers(Cause found) {
        if (cause == null || OBSERVED.containsKey(cause)) {
            return true;
        }
        if (cause.equals("switch_off")) {
            return SWITCHES.contains(found);
        }
        return cause.equals(ObservedCause.OTHER.code()) || found.code().equals(cause);
    }

    /** For people: {@code the cluster}, {@code index orders}, {@code shard orders/0}. */
    @Override
    public String toString() {
        Map<String, String> parts = new TreeMap<>();
        parts.put(
                "1", index == null ? "the cluster" : shard == null ? "index " + index : "shard " + index + "/" + shard);
        if (cause != null) {
            parts.put("2", "cause " + cause);
        }
        return parts.values().stream().collect(Collectors.joining(", "));
    }
}
