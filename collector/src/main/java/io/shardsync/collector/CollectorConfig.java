package io.shardsync.collector;

import io.shardsync.runtime.config.Allowed;
import io.shardsync.runtime.config.Definition;
import io.shardsync.runtime.config.Settings;
import org.apache.kafka.common.config.ConfigDef;

import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;

/**
 * What only the collector has in its configuration.
 *
 * @param id tells instances apart, on topics and in logs
 * @param poll between two looks at a cluster's state version
 * @param fullInterval between two collections that publish everything
 * @param nodeTimeout how long a node may take before its copies count as not answering
 * @param uuids {@code cluster_uuid} that clusters must have, by configured name
 */
public record CollectorConfig(
        String id, Duration poll, Duration fullInterval, Duration nodeTimeout, Map<String, String> uuids) {
    static final String ID = "collector.id";
    static final String POLL = "collector.poll.ms";
    static final String FULL_INTERVAL = "collector.full.interval.ms";
    static final String NODE_TIMEOUT = "collector.node.timeout.ms";

    static final String UUID_OF = "collector.uuid.NAME";

    private static final int HTTP_PORT = 8081;

    static final Definition DEFINITION = Definition.of(
                    "collector",
                    HTTP_PORT,
                    new ConfigDef()
                            .define(
                                    ID,
                                    ConfigDef.Type.STRING,
                                    null,
                                    Allowed.matching(
                                            Pattern.compile("[A-Za-z0-9._-]{1,100}"),
                                            "at most 100 letters, digits, dots, hyphens and underscores"),
                                    LOW,
                                    "Name of this instance; by default the host's name and a random part.")
                            .define(
                                    POLL,
                                    ConfigDef.Type.LONG,
                                    1_000L,
                                    Allowed.between(100, 60_000),
                                    MEDIUM,
                                    "Time between two looks at the version of the cluster state, in milliseconds. A"
                                            + " change is collected at once.")
                            .define(
                                    FULL_INTERVAL,
                                    ConfigDef.Type.LONG,
                                    300_000L,
                                    Allowed.between(10_000, 3_600_000),
                                    MEDIUM,
                                    "Time between two collections that publish every copy, in milliseconds.")
                            .define(
                                    NODE_TIMEOUT,
                                    ConfigDef.Type.LONG,
                                    1_000L,
                                    Allowed.between(100, 60_000),
                                    MEDIUM,
                                    "Time a node may take to answer before its copies are published as not answering,"
                                            + " in milliseconds.")
                            .define(
                                    UUID_OF,
                                    ConfigDef.Type.STRING,
                                    null,
                                    Allowed.matching(
                                            Pattern.compile("[A-Za-z0-9_-]{22}"),
                                            "a cluster_uuid of 22 characters, as GET _cluster/state/version shows it"),
                                    LOW,
                                    "cluster_uuid that the cluster must have. By default the one it had when it was"
                                            + " first seen: set this once the cluster behind an address is replaced by"
                                            + " another on purpose."))
            .needingElasticsearch();

    /** Copies the map. */
    public CollectorConfig {
        uuids = Map.copyOf(uuids);
    }

    static CollectorConfig from(Settings settings) {
        return new CollectorConfig(
                settings.optionalString(ID).orElseGet(CollectorConfig::randomId),
                settings.duration(POLL),
                settings.duration(FULL_INTERVAL),
                settings.duration(NODE_TIMEOUT),
                settings.namesOf(UUID_OF).stream()
                        .collect(Collectors.toUnmodifiableMap(
                                Function.identity(), name -> settings.string(UUID_OF.replace("NAME", name)))));
    }

    private static String randomId() {
        String host = System.getenv().getOrDefault("HOSTNAME", "collector").replaceAll("[^A-Za-z0-9._-]", "-");
        return host + "-" + UUID.randomUUID().toString().substring(0, 8);
    }
}
