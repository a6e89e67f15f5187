package io.shardsync.runtime.config;

import org.apache.kafka.common.config.ConfigDef;

import java.util.List;
import java.util.regex.Pattern;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;
import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;

/** The keys that every service understands. A segment in capitals stands for a name that the user chooses. */
public final class CommonKeys {
    public static final String KAFKA_BOOTSTRAP = "kafka.bootstrap.servers";
    public static final String TOPICS_PREFIX = "topics.prefix";
    public static final String TOPICS_CREATE = "topics.create";
    public static final String TOPICS_PARTITIONS = "topics.partitions";
    public static final String TOPICS_REPLICATION_FACTOR = "topics.replication.factor";
    public static final String HTTP_HOST = "http.host";
    public static final String HTTP_PORT = "http.port";
    public static final String HTTP_TOKEN = "http.token";
    public static final String HTTP_TOKEN_OF = "http.token.PRINCIPAL";
    public static final String STATE_DIR = "state.dir";
    public static final String LOG_FORMAT = "log.format";
    public static final String LOG_LEVEL = "log.level";
    public static final String CLUSTERS = "clusters";
    public static final String CLUSTER_HOSTS = "cluster.NAME.hosts";
    public static final String CLUSTER_API_KEY = "cluster.NAME.api.key";
    public static final String CLUSTER_USERNAME = "cluster.NAME.username";
    public static final String CLUSTER_PASSWORD = "cluster.NAME.password";
    public static final String CLUSTER_CA_FILE = "cluster.NAME.ca.file";
    public static final String CLUSTER_INTERVAL = "cluster.NAME.interval.ms";
    public static final String CLUSTER_HEALING_MODE = "cluster.NAME.healing.mode";
    public static final String HEALING_MODE = "healing.mode";
    public static final String HEALING_MODE_OF = "healing.mode.CAUSE";

    /** The value of {@link #LOG_FORMAT} for JSON in the Elastic Common Schema. */
    public static final String ECS = "ecs";

    private CommonKeys() {}

    static ConfigDef definition(int httpPort) {
        return new ConfigDef()
                .define(
                        KAFKA_BOOTSTRAP,
                        ConfigDef.Type.STRING,
                        ConfigDef.NO_DEFAULT_VALUE,
                        Allowed.matching(
                                Pattern.compile("[^\\s,:/]\\S*:\\d+(\\s*,\\s*\\S+:\\d+)*"),
                                "HOST:PORT of one or more Kafka brokers, separated by commas"),
                        HIGH,
                        "Where Kafka is. Every other key under kafka. goes to the Kafka clients untouched, without the"
                                + " prefix: kafka.security.protocol, kafka.sasl.jaas.config, …")
                .define(
                        TOPICS_PREFIX,
                        ConfigDef.Type.STRING,
                        "shardsync.",
                        Allowed.matching(
                                Pattern.compile("[A-Za-z0-9.-]{0,100}"),
                                "at most 100 letters, digits, dots and hyphens"),
                        MEDIUM,
                        "Put before the name of each topic, consumer group and transactional id.")
                .define(
                        TOPICS_CREATE,
                        ConfigDef.Type.BOOLEAN,
                        true,
                        MEDIUM,
                        "Whether missing topics are created at the start.")
                .define(
                        TOPICS_PARTITIONS,
                        ConfigDef.Type.INT,
                        6,
                        Allowed.between(1, 10_000),
                        MEDIUM,
                        "Partitions of a new topic. The same in every service, and fixed once the topics exist.")
                .define(
                        TOPICS_REPLICATION_FACTOR,
                        ConfigDef.Type.SHORT,
                        (short) -1,
                        Allowed.when(
                                "a whole number, at least 1, or -1 for the broker's default",
                                value -> value instanceof Short s && (s == -1 || s >= 1)),
                        MEDIUM,
                        "Replicas of a new topic; -1 leaves it to the broker (default.replication.factor).")
                .define(
                        HTTP_HOST,
                        ConfigDef.Type.STRING,
                        "127.0.0.1",
                        Allowed.notBlank("a host name or an address"),
                        MEDIUM,
                        "Address to listen on. Anything beyond loopback needs a token.")
                .define(
                        HTTP_PORT,
                        ConfigDef.Type.INT,
                        httpPort,
                        Allowed.between(0, 65_535),
                        MEDIUM,
                        "Port to listen on; 0 takes any free port.")
                .define(
                        HTTP_TOKEN,
                        ConfigDef.Type.PASSWORD,
                        null,
                        MEDIUM,
                        "Bearer token that allows changes over HTTP, shared by all who know it.")
                .define(
                        HTTP_TOKEN_OF,
                        ConfigDef.Type.PASSWORD,
                        null,
                        MEDIUM,
                        "Bearer token of one person or program, who is then named in what was changed. Approvals need"
                                + " such tokens.")
                .define(
                        STATE_DIR,
                        ConfigDef.Type.STRING,
                        "state",
                        Allowed.notBlank("a directory"),
                        MEDIUM,
                        "Directory for the service's own files. What is lost there is read again from Kafka.")
                .define(
                        LOG_FORMAT,
                        ConfigDef.Type.STRING,
                        "text",
                        Allowed.oneOf("text", ECS),
                        MEDIUM,
                        "text: a line for people; ecs: JSON with the field names of the Elastic Common Schema.")
                .define(
                        LOG_LEVEL,
                        ConfigDef.Type.STRING,
                        null,
                        Allowed.matching(
                                Pattern.compile("(?i)TRACE|DEBUG|INFO|WARN|ERROR|OFF"),
                                "one of TRACE, DEBUG, INFO, WARN, ERROR, OFF"),
                        LOW,
                        "How much ShardSync itself logs; INFO unless a Logback configuration of your own says"
                                + " otherwise.")
                .define(
                        CLUSTERS,
                        ConfigDef.Type.LIST,
                        List.of(),
                        Allowed.matching(
                                Allowed.CLUSTER_NAME,
                                "names of lower-case letters, digits, _ and -, separated by commas"),
                        HIGH,
                        "The Elasticsearch clusters, by the names they have in every service and on every topic.")
                .define(
                        CLUSTER_HOSTS,
                        ConfigDef.Type.LIST,
                        List.of(),
                        Allowed.addresses(),
                        HIGH,
                        "Addresses of its nodes.")
                .define(CLUSTER_API_KEY, ConfigDef.Type.PASSWORD, null, HIGH, "API key, in its encoded form.")
                .define(
                        CLUSTER_USERNAME,
                        ConfigDef.Type.STRING,
                        null,
                        Allowed.notBlank("a user name"),
                        HIGH,
                        "User, where no API key is used.")
                .define(CLUSTER_PASSWORD, ConfigDef.Type.PASSWORD, null, HIGH, "The user's password.")
                .define(
                        CLUSTER_CA_FILE,
                        ConfigDef.Type.STRING,
                        null,
                        Allowed.readableFile(),
                        MEDIUM,
                        "PEM file with the certificates to trust, instead of the JVM's own.")
                .define(
                        CLUSTER_INTERVAL,
                        ConfigDef.Type.LONG,
                        10_000L,
                        Allowed.between(1_000, 3_600_000),
                        MEDIUM,
                        "Time between two collections of checkpoints, in milliseconds.")
                .define(
                        CLUSTER_HEALING_MODE,
                        ConfigDef.Type.STRING,
                        null,
                        modes(),
                        MEDIUM,
                        "healing.mode for this cluster.")
                .define(
                        HEALING_MODE,
                        ConfigDef.Type.STRING,
                        HealingMode.SUGGEST.text(),
                        modes(),
                        HIGH,
                        "off: only diagnoses; suggest: commands go out as dry runs; act: safe actions are carried out.")
                .define(
                        HEALING_MODE_OF,
                        ConfigDef.Type.STRING,
                        null,
                        modes(),
                        LOW,
                        "healing.mode for one cause; where the cluster has its own mode too, the more cautious counts.");
    }

    private static Allowed modes() {
        return Allowed.oneOf(HealingMode.OFF.text(), HealingMode.SUGGEST.text(), HealingMode.ACT.text());
    }
}
