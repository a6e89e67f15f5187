package io.shardsync.runtime.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What every service has in its configuration.
 *
 * @param service the service's name, for example {@code collector}
 * @param bootstrap {@code kafka.bootstrap.servers}
 * @param kafkaClient everything else under {@code kafka.}, without that prefix; may hold secrets
 * @param topics how topics are named and made
 * @param http where to listen
 * @param stateDir where the service may keep files
 * @param clusters the clusters, in the order of the configuration
 * @param healing how much may be done unasked
 */
public record CommonConfig(
        String service,
        String bootstrap,
        Map<String, Object> kafkaClient,
        TopicsConfig topics,
        HttpConfig http,
        Path stateDir,
        List<ClusterConfig> clusters,
        HealingModes healing) {
    /** Copies the collections. */
    public CommonConfig {
        kafkaClient = Map.copyOf(kafkaClient);
        clusters = List.copyOf(clusters);
    }

    /** The cluster of this name, if it is configured. */
    public Optional<ClusterConfig> cluster(String name) {
        return clusters.stream().filter(cluster -> cluster.name().equals(name)).findFirst();
    }

    /** Without {@code kafkaClient}, where secrets are. */
    @Override
    public String toString() {
        return "CommonConfig[" + service + ", kafka=" + bootstrap + ", topics=" + topics + ", http=" + http
                + ", clusters=" + clusters + "]";
    }
}
