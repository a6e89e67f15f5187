package io.shardsync.runtime.config;

/**
 * How topics are named and made.
 *
 * @param prefix put before each topic's name, for example {@code shardsync.}
 * @param create whether missing topics are created
 * @param partitions partitions of a new topic, at least 1; fixed at birth
 * @param replicationFactor replicas of a new topic, at least 1, or -1 for the broker's default
 */
public record TopicsConfig(String prefix, boolean create, int partitions, short replicationFactor) {}
