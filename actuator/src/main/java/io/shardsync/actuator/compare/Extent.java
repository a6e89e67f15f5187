package io.shardsync.actuator.compare;

import io.shardsync.actuator.bedside.Copy;
import io.shardsync.actuator.bedside.CopyReader;
import io.shardsync.actuator.bedside.CopyStats;
import io.shardsync.actuator.diagnose.Pause;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Up to which operation a shard is compared: what every copy has by the primary's word, whatever a replica's own idea
 * of the global checkpoint is; and what a replica has beyond all that its primary ever had.
 *
 * @param upTo the newest operation; -1 where no copy ever had one
 * @param doubts why that is not all that should have been compared
 */
record Extent(long upTo, List<String> doubts) {
    private static final Duration CATCH_UP = Duration.ofSeconds(10);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);

    Extent {
        doubts = List.copyOf(doubts);
    }

    /**
     * Nodes tell their numbers one after the other, so that a copy may seem to be behind or ahead that is not: those
     * are asked again.
     *
     * @param first of every copy of the group
     * @param allOfReplicas whether all that a replica holds is compared, also what not every copy has yet
     */
    static Extent of(Group group, Map<String, CopyStats> first, boolean allOfReplicas, CopyReader reader, Pause pause) {
        Copy primary = group.primary().orElseThrow();
        CopyStats before = first.get(primary.node());
        Map<String, CopyStats> now = first;
        for (Duration waited = Duration.ZERO;
                unsettled(group, primary, first, now) && waited.compareTo(CATCH_UP) < 0;
                waited = waited.plus(BETWEEN_LOOKS)) {
            pause.pause(BETWEEN_LOOKS);
            now = reader.stats(group.shard(), group.nodes());
        }
        long upTo = before.global();
        List<String> doubts = new ArrayList<>();
        for (Copy replica : group.replicas()) {
            long local = Math.max(first.get(replica.node()).local(), local(replica, now));
            if (local < before.global()) {
                upTo = Math.min(upTo, local);
                doubts.add("the replica on " + group.name(replica) + " stands at operation " + local
                        + " and does not reach " + before.global()
                        + ", which by the primary's word every copy has; what comes after was not compared");
            }
        }
        if (doubts.isEmpty()) {
            upTo = Math.max(
                    upTo, (allOfReplicas ? newest(group, first) : ahead(group, primary, first, now)).orElse(-1L));
        }
        return new Extent(upTo, doubts);
    }

    private static boolean unsettled(
            Group group, Copy primary, Map<String, CopyStats> first, Map<String, CopyStats> now) {
        long global = first.get(primary.node()).global();
        return group.replicas().stream().anyMatch(replica -> local(replica, now) < global)
                || ahead(group, primary, first, now).isPresent();
    }

    private static long local(Copy replica, Map<String, CopyStats> now) {
        return Optional.ofNullable(now.get(replica.node()))
                .map(CopyStats::local)
                .orElse(-1L);
    }

    /**
     * A primary numbers an operation before any replica gets it, so later it knows of all that a replica knew before.
     */
    private static Optional<Long> ahead(
            Group group, Copy primary, Map<String, CopyStats> first, Map<String, CopyStats> now) {
        long newest = Math.max(
                first.get(primary.node()).maxSeqNo(),
                Optional.ofNullable(now.get(primary.node()))
                        .map(CopyStats::maxSeqNo)
                        .orElse(-1L));
        return newest(group, first).filter(known -> known > newest);
    }

    /** The newest operation of any replica. */
    private static Optional<Long> newest(Group group, Map<String, CopyStats> first) {
        return group.replicas().stream()
                .map(replica -> first.get(replica.node()).maxSeqNo())
                .max(Long::compare);
    }
}
