package io.shardsync.runtime.config;

import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class SettingsTest {
    private static final Definition COLLECTOR = Definition.of(
                    "collector",
                    8081,
                    new ConfigDef()
                            .define(
                                    "collector.full.interval.ms",
                                    ConfigDef.Type.LONG,
                                    60_000L,
                                    Allowed.atLeast(1_000),
                                    ConfigDef.Importance.LOW,
                                    "Time between full collections."))
            .needingElasticsearch();

    private static final Map<String, String> MINIMAL = Map.of(
            "kafka.bootstrap.servers", "127.0.0.1:9092",
            "clusters", "prod",
            "cluster.prod.hosts", "http://127.0.0.1:9200");

    @TempDir
    private Path dir;

    @Test
    void aMinimalConfigurationGetsTheDocumentedDefaults() {
        // When
        CommonConfig common = Settings.of(COLLECTOR, MINIMAL).common();

        // Then
        assertThat(common.topics()).isEqualTo(new TopicsConfig("shardsync.", true, 6, (short) -1));
        assertThat(common.http()).isEqualTo(new HttpConfig("127.0.0.1", 8081, Optional.empty(), Map.of()));
        assertThat(common.healing().of("prod", "max_retries")).isEqualTo(HealingMode.SUGGEST);
        assertThat(common.clusters())
                .containsExactly(new ClusterConfig(
                        "prod",
                        List.of(URI.create("http://127.0.0.1:9200")),
                        new Credentials.None(),
                        Optional.empty(),
                        Duration.ofSeconds(10)));
    }

    @Test
    void theEnvironmentOverridesTheFileAndTheCommandLineOverridesBoth() throws IOException {
        // Given
        Path file = Files.writeString(
                dir.resolve("c.properties"),
                """
                kafka.bootstrap.servers=file:1
                clusters=prod
                cluster.prod.hosts=http://file:9200
                topics.prefix=file.
                """);

        // When
        CommonConfig common = Settings.read(
                        COLLECTOR,
                        Optional.of(file),
                        Map.of(
                                "SHARDSYNC_KAFKA_BOOTSTRAP_SERVERS", "env:1",
                                "SHARDSYNC_CLUSTER_PROD_HOSTS", "http://env:9200",
                                "SHARDSYNC_HTTP_TOKEN", ""),
                        Map.of("kafka.bootstrap.servers", "set:1"))
                .common();

        // Then
        assertThat(common.bootstrap()).isEqualTo("set:1");
        assertThat(common.clusters().get(0).hosts()).containsExactly(URI.create("http://env:9200"));
        assertThat(common.topics().prefix()).isEqualTo("file.");
        assertThat(common.http().token()).isEmpty();
    }

    @Test
    void environmentVariablesFindKeysWhoseNamesHoldUnderscoresAndHyphens() {
        // When
        Settings settings = read(Map.of(
                "SHARDSYNC_CLUSTERS", "eu-west_1",
                "SHARDSYNC_CLUSTER_EU_WEST_1_HOSTS", "http://a:1, http://b:2/",
                "SHARDSYNC_CLUSTER_EU_WEST_1_CA_FILE", "",
                "SHARDSYNC_CLUSTER_EU_WEST_1_HEALING_MODE", "off",
                "SHARDSYNC_HEALING_MODE_MAX_RETRIES", "act",
                "SHARDSYNC_HTTP_TOKEN_ALICE", "s3cret",
                "SHARDSYNC_KAFKA_BOOTSTRAP_SERVERS", "k:9092",
                "SHARDSYNC_KAFKA_SSL_TRUSTSTORE_LOCATION", "/trust.p12",
                "SHARDSYNC_COLLECTOR_FULL_INTERVAL_MS", "5000"));

        // Then
        CommonConfig common = settings.common();
        assertThat(common.clusters().get(0).hosts())
                .containsExactly(URI.create("http://a:1"), URI.create("http://b:2"));
        assertThat(common.kafkaClient()).containsExactly(Map.entry("ssl.truststore.location", "/trust.p12"));
        assertThat(common.http().principals()).containsExactly(Map.entry("alice", new Secret("s3cret")));
        assertThat(common.healing().byCause()).containsExactly(Map.entry("max_retries", HealingMode.ACT));
        assertThat(common.healing().of("eu-west_1", "max_retries")).isEqualTo(HealingMode.OFF);
        assertThat(common.healing().of("other", "max_retries")).isEqualTo(HealingMode.ACT);
        assertThat(settings.duration("collector.full.interval.ms")).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void clustersWhoseVariablesWouldBeTheSameAreTakenFromAFileOnly() {
        // When
        InvalidConfiguration refused = refused(
                Map.of("SHARDSYNC_CLUSTER_A_B_HOSTS", "http://x:1"),
                Map.of("kafka.bootstrap.servers", "k:1", "clusters", "a-b,a_b"));

        // Then
        assertThat(refused).hasMessageContaining("cluster.a-b.hosts and cluster.a_b.hosts");
    }

    @Test
    void everyProblemIsReportedWithKeyFoundValueAndWhatIsAllowed() {
        // When
        InvalidConfiguration refused = refused(
                Map.of(),
                Map.of(
                        "clusters", "prod",
                        "cluster.prod.hosts", "127.0.0.1:9200",
                        "cluster.prod.username", "watcher",
                        "cluster.prod.interval.ms", "10",
                        "healing.mode", "always",
                        "http.host", "0.0.0.0",
                        "http.port", "eighty"));

        // Then
        assertThat(refused.problems())
                .extracting(Problem::toString)
                .containsExactlyInAnyOrder(
                        "kafka.bootstrap.servers: found nothing; allowed: HOST:PORT of one or more Kafka brokers, separated by"
                                + " commas",
                        "cluster.prod.hosts: found \"127.0.0.1:9200\"; allowed: addresses http://HOST:PORT or"
                                + " https://HOST:PORT, separated by commas",
                        "cluster.prod.interval.ms: found \"10\"; allowed: a whole number from 1000 to 3600000",
                        "cluster.prod.password: found nothing; allowed: the password of the user in cluster.prod.username",
                        "healing.mode: found \"always\"; allowed: one of off, suggest, act",
                        "http.host: found \"0.0.0.0\"; allowed: 127.0.0.1, ::1 or localhost as long as neither http.token nor an"
                                + " http.token.PRINCIPAL is set",
                        "http.port: found \"eighty\"; allowed: a whole number from 0 to 65535");
    }

    @Test
    void anUnknownKeyIsRefusedWithTheNearestKnownOne() {
        // When
        InvalidConfiguration refused = refused(Map.of("topics.prefx", "x."));

        // Then
        assertThat(refused.problems())
                .containsExactly(
                        new Problem("topics.prefx", "an unknown key", "a known key; did you mean topics.prefix?"));
    }

    @Test
    void anUnknownVariableIsRefusedWithTheNearestKnownOne() {
        // When
        InvalidConfiguration refused = refused(Map.of("SHARDSYNC_TOPIC_PREFIX", "x."), MINIMAL);

        // Then
        assertThat(refused).hasMessageContaining("did you mean SHARDSYNC_TOPICS_PREFIX?");
    }

    @Test
    void keysOfOtherServicesAreLeftToThem() {
        // When
        Settings settings = Settings.read(
                COLLECTOR,
                Optional.empty(),
                Map.of(
                        "SHARDSYNC_ALERTS_LAG_OPS", "5",
                        "SHARDSYNC_PROCESSOR_SERVICE_PORT_HTTP", "8080",
                        "SHARDSYNC_UI_PORT_8080_TCP_ADDR", "10.0.0.1",
                        "SHARDSYNC_HOME", "/opt"),
                with("alerts.lag.bytes", "1", "healing.max.attempts", "3"));

        // Then
        assertThat(settings.ignored()).contains("alerts.lag.bytes", "healing.max.attempts", "SHARDSYNC_ALERTS_LAG_OPS");
    }

    @Test
    void aSlipInTheServicesOwnAreaIsNotMistakenForAnotherServicesKey() {
        assertThat(refused(Map.of("collector.full.intervall.ms", "1")))
                .hasMessageContaining("did you mean collector.full.interval.ms?");
        assertThat(refused(Map.of("healing.mod", "act"))).hasMessageContaining("did you mean healing.mode?");
    }

    @Test
    void aKeyOfAClusterThatIsNotListedIsRefused() {
        assertThat(refused(Map.of("cluster.prod.hosts", "https://elastic:pa@ss@es1:9200"))
                        .getMessage())
                .contains("https://[hidden]@es1:9200")
                .doesNotContain("pa@");
        assertThat(refused(Map.of("cluster.stagging.hosts", "http://a:1")).problems())
                .containsExactly(new Problem("cluster.stagging.hosts", "a cluster that is not in clusters", "prod"));
    }

    @Test
    void secretsComeFromFilesAndTheEnvironmentAndAreNeverShown() throws IOException {
        // Given
        Path secrets = Files.writeString(dir.resolve("secrets.properties"), "key=abc123\n");

        // When
        Settings settings = Settings.read(
                COLLECTOR,
                Optional.empty(),
                Map.of("KAFKA_PW", "hunter2"),
                with(
                        "cluster.prod.api.key",
                        "${file:" + secrets + ":key}",
                        "kafka.sasl.jaas.config",
                        "x password=\"${env:KAFKA_PW}\";"));

        // Then
        CommonConfig common = settings.common();
        assertThat(common.clusters().get(0).credentials()).isEqualTo(new Credentials.ApiKey(new Secret("abc123")));
        assertThat(common.kafkaClient()).containsEntry("sasl.jaas.config", "x password=\"hunter2\";");
        assertThat(settings + " " + common + " " + settings.shown())
                .doesNotContain("abc123")
                .doesNotContain("hunter2");
    }

    @Test
    void aReferenceToNothingIsRefusedInsteadOfUsedLiterally() {
        assertThat(refused(Map.of("cluster.prod.api.key", "${env:NOWHERE}")))
                .hasMessageContaining("cluster.prod.api.key: found \"${env:NOWHERE}\"");
        assertThat(refused(Map.of("http.token", "${file:" + dir.resolve("none") + ":k}")))
                .hasMessageContaining("http.token: found \"${file:");
    }

    @Test
    void kafkaSettingsThatSafetyRestsOnCannotBeOverridden() {
        assertThat(refused(Map.of("kafka.isolation.level", "read_uncommitted", "kafka.producer.acks", "1")))
                .hasMessageContaining("kafka.isolation.level: found \"read_uncommitted\"; allowed: only read_committed")
                .hasMessageContaining("kafka.producer.acks: found \"1\"; allowed: only");
        assertThat(Settings.of(COLLECTOR, with("kafka.isolation.level", "read_committed"))
                        .common()
                        .kafkaClient())
                .containsKey("isolation.level");
    }

    @Test
    void twoPrincipalsWithTheSameTokenAreRefused() {
        assertThat(refused(Map.of("http.token.alice", "same", "http.token.bob", "same")))
                .hasMessageContaining(
                        "http.token.bob: found [hidden]; allowed: another token than that of http.token.alice")
                .hasMessageNotContaining("same\"");
    }

    @Test
    void listeningBeyondLoopbackIsAllowedWithAToken() {
        assertThat(Settings.of(COLLECTOR, with("http.host", "0.0.0.0", "http.token.alice", "t"))
                        .common()
                        .http()
                        .host())
                .isEqualTo("0.0.0.0");
    }

    @Test
    void aMissingFileIsNamed() {
        // When
        InvalidConfiguration refused = catchThrowableOfType(
                InvalidConfiguration.class,
                () -> Settings.read(COLLECTOR, Optional.of(dir.resolve("none")), Map.of(), MINIMAL));

        // Then
        assertThat(refused).hasMessageContaining("none: found no such file");
    }

    @Test
    void theReferenceShowsEveryKeyWithDefaultAndWhatIsAllowed() {
        assertThat(ConfigReference.common())
                .contains("| `topics.partitions` | `6` | a whole number from 1 to 10000 |")
                .contains("| `cluster.NAME.hosts` |");
        assertThat(ConfigReference.of(COLLECTOR))
                .contains("| `collector.full.interval.ms` | `60000` | a number, at least 1000 |");
    }

    private static Map<String, String> with(String... pairs) {
        Map<String, String> all = new HashMap<>(MINIMAL);
        for (int i = 0; i < pairs.length; i += 2) {
            all.put(pairs[i], pairs[i + 1]);
        }
        return all;
    }

    private static Settings read(Map<String, String> environment) {
        return Settings.read(COLLECTOR, Optional.empty(), environment, Map.of());
    }

    private static InvalidConfiguration refused(Map<String, String> more) {
        Map<String, String> all = new HashMap<>(MINIMAL);
        all.putAll(more);
        return refused(Map.of(), all);
    }

    private static InvalidConfiguration refused(Map<String, String> environment, Map<String, String> overrides) {
        return catchThrowableOfType(
                InvalidConfiguration.class, () -> Settings.read(COLLECTOR, Optional.empty(), environment, overrides));
    }
}
