package io.shardsync.actuator.diagnose;

import io.shardsync.actuator.bedside.Copy;
import io.shardsync.actuator.bedside.ShardId;
import io.shardsync.schemas.model.RecoveryResult;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Copies that have the same cause.
 *
 * @param reason the cause, in the words of one copy that was explained
 * @param copies all that have it
 * @param explained how many of them Elasticsearch was asked about; the others are in the same state
 */
public record Finding(Reason reason, List<Copy> copies, int explained) {
    private static final int MOST_NAMED = 5;

    public Finding {
        copies = List.copyOf(copies);
    }

    public Cause cause() {
        return reason.cause();
    }

    /** The shards these copies are of. */
    public Set<ShardId> shards() {
        return copies.stream().map(Copy::shard).collect(Collectors.toCollection(TreeSet::new));
    }

    /** The indices these copies are of. */
    public Set<String> indices() {
        return copies.stream().map(copy -> copy.shard().index()).collect(Collectors.toCollection(TreeSet::new));
    }

    /** As it stands in a result. */
    public RecoveryResult.Diagnosis told() {
        long primaries = copies.stream().filter(Copy::primary).count();
        String named =
                shards().stream().limit(MOST_NAMED).map(ShardId::toString).collect(Collectors.joining(", "));
        String more = shards().size() > MOST_NAMED ? " and " + (shards().size() - MOST_NAMED) + " more" : "";
        return new RecoveryResult.Diagnosis(
                reason.cause().code(),
                copies.size(),
                reason.decider(),
                (primaries > 0 ? primaries + " primaries, " : "") + (copies.size() - primaries) + " replicas of "
                        + named
                        + more + ": " + reason.text()
                        + (explained < copies.size()
                                ? " (explained for " + explained + " of " + copies.size() + ", the others are alike)"
                                : ""),
                reason.cause().safeAction());
    }
}
