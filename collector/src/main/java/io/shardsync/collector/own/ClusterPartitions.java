package io.shardsync.collector.own;

import org.apache.kafka.common.utils.Utils;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * Which cluster belongs to which partition: the one that the default partitioner gives its snapshots.
 *
 * @param partitions of the cluster snapshots' topic, at least 1
 */
public record ClusterPartitions(int partitions) {

    public int of(String cluster) {
        return Utils.toPositive(Utils.murmur2(cluster.getBytes(StandardCharsets.UTF_8))) % partitions;
    }

    /** Those of the clusters that belong to one of these partitions, in their order. */
    public List<String> ownedBy(Collection<String> clusters, Set<Integer> assigned) {
        return clusters.stream()
                .filter(cluster -> assigned.contains(of(cluster)))
                .toList();
    }
}
