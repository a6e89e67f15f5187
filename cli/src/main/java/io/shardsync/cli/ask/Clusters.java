package io.shardsync.cli.ask;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardsync.cli.http.Read;
import io.shardsync.cli.print.Exit;
import io.shardsync.cli.print.Failure;
import io.shardsync.cli.print.Table;
import io.shardsync.cli.print.Words;
import io.shardsync.schemas.model.ClusterSnapshot;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import static java.util.Objects.requireNonNull;

/** {@code GET /clusters}, for people. */
final class Clusters {
    private final List<Cluster> all;

    private Clusters(List<Cluster> all) {
        this.all = all;
    }

    /**
     * One cluster, as far as it is known: the fields of a {@link ClusterSnapshot} are null where no collection has
     * reached it yet.
     */
    record Cluster(
            String cluster,
            String status,
            ClusterSnapshot.View view,
            Boolean reachable,
            ClusterSnapshot.Failure error,
            Instant completedAt,
            List<ClusterSnapshot.Node> nodes,
            List<ClusterSnapshot.Switch> switches,
            ClusterSnapshot.Delayed delayed,
            Replication replication,
            boolean healingPaused,
            boolean inMaintenance,
            boolean retired) {
        Cluster {
            requireNonNull(cluster, "cluster");
            requireNonNull(replication, "replication");
            nodes = nodes == null ? List.of() : whole("nodes", nodes);
            switches = switches == null ? List.of() : whole("switches", switches);
        }

        private static <T> List<T> whole(String name, List<T> list) {
            list.forEach(each -> requireNonNull(each, name));
            return list;
        }
    }

    /** See the OpenAPI description of {@code Cluster.replication}. */
    record Replication(
            long shards, Map<String, Long> health, long lagOps, long lagBytes, long lagUnknown, long recoveries) {
        Replication {
            requireNonNull(health, "health").forEach((name, count) -> requireNonNull(count, name));
        }

        long inSync() {
            return health.getOrDefault("in_sync", 0L);
        }

        long unknown() {
            return health.getOrDefault("unknown", 0L);
        }
    }

    /**
     * @param only the name of one cluster; null for all
     * @throws Failure if there is no such cluster
     */
    static Clusters of(JsonNode answer, String only) {
        List<Cluster> known = Read.all(Cluster.class, answer.path("clusters")).stream()
                .filter(cluster -> !cluster.retired())
                .toList();
        if (only != null
                && known.stream().noneMatch(cluster -> cluster.cluster().equals(only))) {
            throw new Failure(
                    Exit.USAGE,
                    "no cluster '" + only + "' is known, allowed: "
                            + (known.isEmpty()
                                    ? "none yet; is a collector running?"
                                    : known.stream().map(Cluster::cluster).collect(Collectors.joining(", "))));
        }
        return new Clusters(known.stream()
                .filter(cluster -> only == null || cluster.cluster().equals(only))
                .toList());
    }

    boolean none() {
        return all.isEmpty();
    }

    long shards() {
        return all.stream().mapToLong(cluster -> cluster.replication().shards()).sum();
    }

    long inSync() {
        return all.stream().mapToLong(cluster -> cluster.replication().inSync()).sum();
    }

    /** Shards of which it can't be told. */
    long unknown() {
        return all.stream()
                .mapToLong(cluster -> cluster.replication().unknown())
                .sum();
    }

    /** Whether one of them is not seen as it should be, whatever its shards were when it last was. */
    boolean blind() {
        return all.stream().anyMatch(cluster -> !Boolean.TRUE.equals(cluster.reachable()));
    }

    Table table(Instant now) {
        Table table =
                new Table("CLUSTER", "STATUS", "SHARDS", "IN SYNC", "FURTHEST BEHIND", "NODES", "SEEN", "BESIDES");
        for (Cluster cluster : all) {
            Replication shards = cluster.replication();
            table.row(
                    cluster.cluster(),
                    cluster.status() == null ? "unknown" : cluster.status(),
                    Words.count(shards.shards()),
                    Words.count(shards.inSync()),
                    behind(shards),
                    nodes(cluster),
                    Words.ago(cluster.completedAt(), now),
                    besides(cluster, now));
        }
        return table;
    }

    private static String behind(Replication shards) {
        if (shards.lagBytes() == 0 && shards.lagOps() == 0) {
            return shards.lagUnknown() > 0 ? "unknown" : "nothing";
        }
        return Words.bytes(shards.lagBytes()) + ", " + Words.count(shards.lagOps()) + " ops";
    }

    private static String nodes(Cluster cluster) {
        return cluster.nodes().isEmpty() ? "-" : String.valueOf(cluster.nodes().size());
    }

    /** What explains the rest, or should be known before anything is done. */
    private static String besides(Cluster cluster, Instant now) {
        List<String> words = new ArrayList<>();
        if (cluster.completedAt() == null) {
            words.add("no collection has reached it yet");
        } else if (!Boolean.TRUE.equals(cluster.reachable())) {
            words.add("can't be seen"
                    + (cluster.error() == null ? "" : ": " + cluster.error().text()));
        }
        if (cluster.view() != null && cluster.view() != ClusterSnapshot.View.MASTER) {
            words.add(cluster.view() == ClusterSnapshot.View.STALE ? "stale view" : "no master");
        }
        others(cluster.replication()).forEach((health, count) -> words.add(count + " " + Words.code(health)));
        List<String> silent = cluster.nodes().stream()
                .filter(node -> !node.answered())
                .map(ClusterSnapshot.Node::name)
                .toList();
        if (!silent.isEmpty()) {
            words.add("not answering: " + String.join(", ", silent));
        }
        cluster.switches()
                .forEach(each -> words.add(each.setting() + "=" + each.value() + " (" + Words.code(each.scope())
                        + (each.index() == null ? "" : " " + each.index()) + ")"));
        if (cluster.delayed() != null && cluster.delayed().copies() > 0) {
            Instant expiry = cluster.delayed().nextExpiry();
            words.add(Words.many(cluster.delayed().copies(), "copy waits", "copies wait") + " for a node"
                    + (expiry == null || !expiry.isAfter(now) ? "" : ", another " + Words.age(now, expiry)));
        }
        if (cluster.healingPaused()) {
            words.add("healing paused");
        }
        if (cluster.inMaintenance()) {
            words.add("maintenance");
        }
        return String.join("; ", words);
    }

    private static Map<String, Long> others(Replication shards) {
        Map<String, Long> others = new LinkedHashMap<>(shards.health());
        others.remove("in_sync");
        others.values().removeIf(count -> count == 0);
        return others;
    }
}
