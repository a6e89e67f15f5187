package io.shardsync.runtime.config;

import java.util.Map;

/**
 * The healing mode for everything, and where a cluster or a cause departs from it.
 *
 * @param common {@code healing.mode}
 * @param byCluster {@code cluster.NAME.healing.mode}, only where set
 * @param byCause {@code healing.mode.CAUSE}, only where set
 */
public record HealingModes(HealingMode common, Map<String, HealingMode> byCluster, Map<String, HealingMode> byCause) {
    /** Copies both maps. */
    public HealingModes {
        byCluster = Map.copyOf(byCluster);
        byCause = Map.copyOf(byCause);
    }

    /** Whether anything at all may be changed unasked. */
    public boolean anyActs() {
        return common == HealingMode.ACT
                || byCluster.containsValue(HealingMode.ACT)
                || byCause.containsValue(HealingMode.ACT);
    }

    /**
     * The mode for one cause on one cluster. Where both the cluster and the cause have their own, the more cautious one
     * counts: a cluster switched off stays off whatever is allowed for the cause elsewhere.
     */
    public HealingMode of(String cluster, String cause) {
        HealingMode forCluster = byCluster.get(cluster);
        HealingMode forCause = byCause.get(cause);
        if (forCluster != null && forCause != null) {
            return forCluster.compareTo(forCause) <= 0 ? forCluster : forCause;
        }
        if (forCluster != null) {
            return forCluster;
        }
        return forCause != null ? forCause : common;
    }
}
