package io.shardsync.collector.fact;

import io.shardsync.collector.read.ClusterSettings;
import io.shardsync.collector.read.ClusterState;
import io.shardsync.collector.read.IndexRouting;
import io.shardsync.schemas.model.ClusterSnapshot.Scope;
import io.shardsync.schemas.model.ClusterSnapshot.Switch;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Settings that keep Elasticsearch from allocating, rebalancing or writing as it would by default. */
public final class Switches {
    /** A record must stay well below a megabyte, whatever is set on however many indices. */
    static final int MOST_OF_INDICES = 1_000;

    private static final String MAX_SHARDS_PER_NODE = "cluster.max_shards_per_node";
    private static final int DEFAULT_MAX_SHARDS_PER_NODE = 1_000;

    private static final Set<String> ENABLING = Set.of(
            "cluster.routing.allocation.enable",
            "cluster.routing.rebalance.enable",
            "index.routing.allocation.enable",
            "index.routing.rebalance.enable");
    private static final Set<String> BLOCKING = Set.of(
            "cluster.blocks.read_only",
            "cluster.blocks.read_only_allow_delete",
            "index.blocks.read_only",
            "index.blocks.read_only_allow_delete");
    private static final List<String> FILTERING =
            List.of("cluster.routing.allocation.exclude.", "index.routing.allocation.exclude.");

    private Switches() {}

    /** Those of the cluster, then those of indices by name. */
    public static List<Switch> of(ClusterSettings settings, ClusterState state) {
        List<Switch> all = new ArrayList<>();
        add(all, settings.temporary(), Scope.TRANSIENT, null);
        add(all, settings.persistent(), Scope.PERSISTENT, null);
        int ofCluster = all.size();
        for (IndexRouting index : state.indices()) {
            add(all, index.settings(), Scope.INDEX, index.name());
            if (all.size() - ofCluster >= MOST_OF_INDICES) {
                return List.copyOf(all.subList(0, ofCluster + MOST_OF_INDICES));
            }
        }
        return List.copyOf(all);
    }

    /** {@code cluster.max_shards_per_node}, transient before persistent before Elasticsearch's default. */
    public static int maxShardsPerNode(ClusterSettings settings) {
        String text = settings.temporary()
                .getOrDefault(MAX_SHARDS_PER_NODE, settings.persistent().get(MAX_SHARDS_PER_NODE));
        try {
            return text == null ? DEFAULT_MAX_SHARDS_PER_NODE : Integer.parseInt(text);
        } catch (NumberFormatException unreadable) {
            return DEFAULT_MAX_SHARDS_PER_NODE;
        }
    }

    private static void add(List<Switch> all, Map<String, String> settings, Scope scope, String index) {
        new TreeMap<>(settings).forEach((name, value) -> {
            if (isOff(name, value)) {
                all.add(new Switch(name, value, scope, index));
            }
        });
    }

    private static boolean isOff(String name, String value) {
        return (ENABLING.contains(name) && !value.equals("all"))
                || (BLOCKING.contains(name) && value.equals("true"))
                || (FILTERING.stream().anyMatch(name::startsWith) && !value.isBlank());
    }
}
