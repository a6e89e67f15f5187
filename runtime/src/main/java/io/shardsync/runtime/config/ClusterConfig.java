package io.shardsync.runtime.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One Elasticsearch cluster.
 *
 * @param name what it is called everywhere, {@code [a-z0-9_-]+}
 * @param hosts addresses of some of its nodes; empty only in services that never talk to Elasticsearch
 * @param credentials how to log in
 * @param caFile PEM file with the certificates to trust instead of the JVM's own
 * @param interval time between two collections of checkpoints, at least one second
 */
public record ClusterConfig(
        String name, List<URI> hosts, Credentials credentials, Optional<Path> caFile, Duration interval) {
    /** Copies the list. */
    public ClusterConfig {
        hosts = List.copyOf(hosts);
    }
}
