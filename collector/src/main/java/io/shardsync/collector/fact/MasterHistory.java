package io.shardsync.collector.fact;

import io.shardsync.schemas.model.ClusterSnapshot;
import io.shardsync.schemas.model.ClusterSnapshot.Master;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Who was elected, and how often of late. Immutable.
 *
 * @param nodeId the last master known; null before the first
 * @param since when it was first seen elected
 * @param changes when others were elected, within the last hour
 */
public record MasterHistory(String nodeId, Instant since, List<Instant> changes) {
    private static final Duration MEMORY = Duration.ofHours(1);

    /** Copies the list. */
    public MasterHistory {
        changes = List.copyOf(changes);
    }

    /**
     * Goes on from what a predecessor published; null begins anew. The predecessor's changes are counted, but when they
     * happened is not known: they count as happening when the last master was elected.
     */
    public static MasterHistory after(ClusterSnapshot last) {
        Master master = last == null ? null : last.master();
        if (master == null || master.nodeId() == null || master.since() == null) {
            return new MasterHistory(null, null, List.of());
        }
        List<Instant> changes = new ArrayList<>();
        for (int i = 0; i < Math.min(1_000, master.changes1h()); i++) {
            changes.add(master.since());
        }
        return new MasterHistory(master.nodeId(), master.since(), changes);
    }

    /** @param elected the master now; null without one, which ends no term until another is elected */
    public MasterHistory seen(String elected, Instant at) {
        List<Instant> recent = new ArrayList<>(changes.stream()
                .filter(change -> change.plus(MEMORY).isAfter(at))
                .toList());
        if (elected == null || elected.equals(nodeId)) {
            return new MasterHistory(nodeId, since, recent);
        }
        if (nodeId != null) {
            recent.add(at);
        }
        return new MasterHistory(elected, at, recent);
    }

    /** As it is published; null if {@code elected} is null. */
    public Master published(String elected) {
        return elected == null ? null : new Master(elected, since, changes.size());
    }
}
