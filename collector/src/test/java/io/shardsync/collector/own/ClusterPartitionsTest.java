package io.shardsync.collector.own;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;

class ClusterPartitionsTest {

    /** Invariant: the partition is the one in which the producer puts the cluster's snapshots. */
    @Property
    void isThePartitionOfTheClustersSnapshots(@ForAll String cluster, @ForAll @IntRange(min = 1, max = 50) int count) {
        assertThat(new ClusterPartitions(count).of(cluster))
                .isEqualTo(BuiltInPartitioner.partitionForKey(cluster.getBytes(StandardCharsets.UTF_8), count));
    }

    /** Invariant: each cluster has exactly one owner, however the partitions are shared. */
    @Property
    void eachClusterHasOneOwner(
            @ForAll @Size(max = 20) Set<String> clusters, @ForAll Set<@IntRange(max = 5) Integer> first) {
        ClusterPartitions partitions = new ClusterPartitions(6);
        Set<Integer> rest = new HashSet<>(Set.of(0, 1, 2, 3, 4, 5));
        rest.removeAll(first);

        List<String> one = partitions.ownedBy(clusters, first);
        List<String> other = partitions.ownedBy(clusters, rest);

        assertThat(one).noneMatch(other::contains);
        assertThat(one.size() + other.size()).isEqualTo(clusters.size());
    }
}
