package io.shardsync.processor;

import io.shardsync.processor.alert.AlertSettings;
import io.shardsync.processor.heal.HealSettings;
import io.shardsync.processor.judge.Graces;
import io.shardsync.processor.judge.LagSettings;
import io.shardsync.processor.notify.NotifySettings;
import io.shardsync.processor.schedule.ScheduleSettings;
import io.shardsync.runtime.config.Allowed;
import io.shardsync.runtime.config.Definition;
import io.shardsync.runtime.config.Settings;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;

import java.net.URI;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;
import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;
import static org.apache.kafka.common.config.ConfigDef.Type.DOUBLE;
import static org.apache.kafka.common.config.ConfigDef.Type.INT;
import static org.apache.kafka.common.config.ConfigDef.Type.LIST;
import static org.apache.kafka.common.config.ConfigDef.Type.LONG;
import static org.apache.kafka.common.config.ConfigDef.Type.PASSWORD;
import static org.apache.kafka.common.config.ConfigDef.Type.STRING;

/**
 * The processor's configuration.
 *
 * @param threads stream threads of this instance
 * @param commitInterval how often what was done is committed, and can be seen
 * @param standbys copies of the state on other instances
 * @param applicationServer {@code host:port} under which other instances reach this one; empty where there is none
 * @param partitions of the topics
 * @param expectedClusters those that must be collected
 * @param lag when a copy lags
 * @param graces how long things may be wrong before they count
 * @param alerts when an alert fires and ends
 * @param healing when a recovery is asked for
 * @param checks when a deep check is asked for
 * @param telling who is told of alerts
 */
public record ProcessorConfig(
        int threads,
        Duration commitInterval,
        int standbys,
        Optional<String> applicationServer,
        int partitions,
        Set<String> expectedClusters,
        LagSettings lag,
        Graces graces,
        AlertSettings alerts,
        HealSettings healing,
        ScheduleSettings checks,
        NotifySettings telling) {

    private static final int HTTP_PORT = 8080;
    private static final long GIB = 1L << 30;
    private static final long MAX_MS = Duration.ofDays(30).toMillis();
    private static final String NEVER = "off";

    static final ConfigDef OWN = new ConfigDef()
            .define("processor.threads", INT, 1, Allowed.between(1, 64), MEDIUM, "Stream threads of this instance.")
            .define(
                    "processor.commit.interval.ms",
                    LONG,
                    100L,
                    Allowed.between(10, 10_000),
                    LOW,
                    "How often what was computed is committed; readers see it only then.")
            .define(
                    "processor.standby.replicas",
                    INT,
                    0,
                    Allowed.between(0, 5),
                    MEDIUM,
                    "Copies of the state kept on other instances, for a quick take-over.")
            .define(
                    "processor.application.server",
                    STRING,
                    null,
                    MEDIUM,
                    "host:port under which other instances reach this one.")
            .define(
                    "lag.grace.ms",
                    LONG,
                    30_000L,
                    ms(),
                    HIGH,
                    "A copy lags when it has not reached, after this time, what its primary had.")
            .define(
                    "lag.stuck.ms",
                    LONG,
                    60_000L,
                    ms(),
                    MEDIUM,
                    "A lagging copy that has not moved for this time, while its primary has, is stuck.")
            .define(
                    "recovery.stall.ms",
                    LONG,
                    120_000L,
                    ms(),
                    MEDIUM,
                    "A recovery in which neither byte nor file nor operation has moved for this time is stalled.")
            .define("alerts.lag.bytes", LONG, GIB, Allowed.atLeast(0), HIGH, "ReplicaLagHigh: bytes behind.")
            .define("alerts.lag.ops", LONG, 1_000_000L, Allowed.atLeast(0), HIGH, "ReplicaLagHigh: operations behind.")
            .define("alerts.lag.for.ms", LONG, 60_000L, ms(), MEDIUM, "ReplicaLagHigh: for how long.")
            .define(
                    "alerts.unassigned.for.ms",
                    LONG,
                    30_000L,
                    ms(),
                    HIGH,
                    "PrimaryUnassigned, ReplicasUnassigned: for how long.")
            .define(
                    "alerts.unassigned.new.for.ms",
                    LONG,
                    120_000L,
                    ms(),
                    MEDIUM,
                    "The same for copies that have just been created or restored.")
            .define(
                    "alerts.switch.for.ms",
                    LONG,
                    900_000L,
                    ms(),
                    MEDIUM,
                    "AllocationSwitchedOff: for how long an allocation setting may be off its default.")
            .define("alerts.master.for.ms", LONG, 5_000L, ms(), MEDIUM, "NoMaster: for how long.")
            .define(
                    "alerts.clear.ms",
                    LONG,
                    10_000L,
                    ms(),
                    MEDIUM,
                    "How long a condition has to be gone before its alert is resolved.")
            .define(
                    "alerts.heartbeat.ms",
                    LONG,
                    60_000L,
                    Allowed.between(1_000, 3_600_000),
                    MEDIUM,
                    "A firing alert is written again at least this often.")
            .define(
                    "alerts.flap.changes",
                    INT,
                    6,
                    Allowed.between(1, 1_000),
                    LOW,
                    "More changes than this within the window are flapping.")
            .define("alerts.flap.window.ms", LONG, 1_800_000L, ms(), LOW, "The window.")
            .define(
                    "alerts.stale.ms",
                    LONG,
                    45_000L,
                    Allowed.between(1_000, 3_600_000),
                    HIGH,
                    "DataStale: how long collections may stay away. More than three intervals of the slowest cluster.")
            .define(
                    "alerts.balance.ratio",
                    DOUBLE,
                    1.5,
                    Allowed.atLeast(1),
                    LOW,
                    "NodesUnbalanced: how many times the mean of shards or bytes a data node may hold.")
            .define("alerts.balance.for.ms", LONG, 3_600_000L, ms(), LOW, "NodesUnbalanced: for how long.")
            .define(
                    "processor.expected.clusters",
                    LIST,
                    List.of(),
                    Allowed.matching(
                            Allowed.CLUSTER_NAME, "names of lower-case letters, digits, _ and -, separated by commas"),
                    MEDIUM,
                    "Clusters that must be collected: DataStale fires for one that never was. Those of clusters= are"
                            + " expected too.")
            .define(
                    "alerts.resolved.keep.ms",
                    LONG,
                    Duration.ofDays(7).toMillis(),
                    ms(),
                    LOW,
                    "How long a resolved alert stays on its topic.")
            .define(
                    "alerts.runbook.base",
                    STRING,
                    "docs/runbooks/",
                    LOW,
                    "Put before an alert's name, and .md after it, to make the link to its runbook.")
            .define(
                    "alerts.alertmanager.urls",
                    LIST,
                    List.of(),
                    Allowed.addresses(),
                    MEDIUM,
                    "Alertmanagers that are told of every alert; each member of a cluster of them. None by default.")
            .define(
                    "alerts.alertmanager.token",
                    PASSWORD,
                    null,
                    LOW,
                    "Bearer token for a proxy before Alertmanager, which knows no users itself.")
            .define(
                    "alerts.alertmanager.resend.ms",
                    LONG,
                    30_000L,
                    Allowed.between(1_000, 60_000),
                    LOW,
                    "How often Alertmanager is told again of what still fires; it would forget it otherwise.")
            .define(
                    "alerts.webhook.urls",
                    PASSWORD,
                    null,
                    Allowed.when(
                            "addresses http://HOST:PORT/PATH or https://HOST:PORT/PATH, separated by commas",
                            ProcessorConfig::areAddresses),
                    MEDIUM,
                    "Addresses that are told of changes, in the form of Alertmanager's webhooks. None by default. Their"
                            + " paths often are secrets, so they are never shown.")
            .define("alerts.webhook.token", PASSWORD, null, LOW, "Bearer token for them.")
            .define(
                    "alerts.push.timeout.ms",
                    LONG,
                    10_000L,
                    Allowed.between(100, 60_000),
                    LOW,
                    "How long an Alertmanager or a webhook may take to answer.")
            .define(
                    "alerts.dashboard.url",
                    STRING,
                    null,
                    Allowed.addresses(),
                    LOW,
                    "Where people reach the dashboard; told as the source of an alert.")
            .define(
                    "healing.grace.ms",
                    LONG,
                    60_000L,
                    ms(),
                    HIGH,
                    "How long an alert fires before a recovery is asked for.")
            .define(
                    "healing.switch.grace.ms",
                    LONG,
                    1_800_000L,
                    ms(),
                    HIGH,
                    "The same where an allocation setting forbids: it may be somebody's intent.")
            .define(
                    "healing.backoff.ms",
                    LONG,
                    60_000L,
                    ms(),
                    MEDIUM,
                    "Time to the second recovery for one cause; doubled for each further one.")
            .define("healing.backoff.max.ms", LONG, 3_600_000L, ms(), LOW, "The longest such time.")
            .define(
                    "healing.max.attempts",
                    INT,
                    3,
                    Allowed.between(1, 100),
                    HIGH,
                    "Recoveries for one cause before a person has to look.")
            .define(
                    "healing.command.expiry.ms",
                    LONG,
                    900_000L,
                    ms(),
                    MEDIUM,
                    "A recovery or a deep check that has not been started by then is not started any more.")
            .define(
                    "consistency.schedule",
                    STRING,
                    NEVER,
                    Allowed.when(
                            "off, or a period from PT1M to P366D in the form of ISO 8601, such as P7D",
                            ProcessorConfig::isSchedule),
                    HIGH,
                    "Within this period a deep check is asked for of every index, one after the other, spread evenly;"
                            + " not while healing is paused, in maintenance, while the cluster is not green, or while copies are"
                            + " built or moved.")
            .define(
                    "consistency.indices",
                    LIST,
                    List.of("*"),
                    Allowed.matching(
                            Pattern.compile("-?[^\\s,/\\\\\"?<>|]+"),
                            "names or patterns with *, - before those to leave out"),
                    MEDIUM,
                    "Which indices consistency.schedule means; a later pattern beats an earlier one. Names that begin"
                            + " with a dot are meant only by a pattern that does.")
            .define(
                    "consistency.depth",
                    STRING,
                    "versions",
                    Allowed.oneOf("versions", "content"),
                    LOW,
                    "What those checks compare: ids and versions, or the contents too, which costs more and alone sees"
                            + " different contents of the same version.");

    /** What may stand in the configuration. */
    public static final Definition DEFINITION = Definition.of("processor", HTTP_PORT, OWN);

    private static Allowed ms() {
        return Allowed.between(0, MAX_MS);
    }

    /** Reads what was validated against {@link #DEFINITION}. */
    public static ProcessorConfig from(Settings settings) {
        return new ProcessorConfig(
                settings.integer("processor.threads"),
                settings.duration("processor.commit.interval.ms"),
                settings.integer("processor.standby.replicas"),
                settings.optionalString("processor.application.server"),
                settings.common().topics().partitions(),
                expected(settings),
                new LagSettings(settings.duration("lag.grace.ms"), settings.duration("alerts.stale.ms")),
                new Graces(
                        settings.duration("alerts.unassigned.for.ms"),
                        settings.duration("alerts.unassigned.new.for.ms"),
                        settings.duration("alerts.lag.for.ms"),
                        settings.duration("lag.stuck.ms"),
                        settings.duration("recovery.stall.ms")),
                new AlertSettings(
                        settings.number("alerts.lag.bytes"),
                        settings.number("alerts.lag.ops"),
                        settings.duration("alerts.switch.for.ms"),
                        settings.duration("alerts.master.for.ms"),
                        settings.duration("alerts.clear.ms"),
                        settings.duration("alerts.heartbeat.ms"),
                        settings.integer("alerts.flap.changes"),
                        settings.duration("alerts.flap.window.ms"),
                        settings.duration("alerts.stale.ms"),
                        settings.decimal("alerts.balance.ratio"),
                        settings.duration("alerts.balance.for.ms"),
                        settings.duration("alerts.resolved.keep.ms"),
                        settings.string("alerts.runbook.base")),
                new HealSettings(
                        settings.common().healing()::of,
                        settings.duration("healing.grace.ms"),
                        settings.duration("healing.switch.grace.ms"),
                        settings.duration("healing.backoff.ms"),
                        settings.duration("healing.backoff.max.ms"),
                        settings.integer("healing.max.attempts"),
                        settings.duration("healing.command.expiry.ms")),
                new ScheduleSettings(
                        Optional.of(settings.string("consistency.schedule"))
                                .filter(period -> !period.equals(NEVER))
                                .map(Duration::parse),
                        settings.list("consistency.indices"),
                        settings.string("consistency.depth"),
                        settings.duration("healing.command.expiry.ms")),
                new NotifySettings(
                        settings.list("alerts.alertmanager.urls").stream()
                                .map(URI::create)
                                .toList(),
                        settings.secret("alerts.alertmanager.token"),
                        settings.duration("alerts.alertmanager.resend.ms"),
                        settings.secret("alerts.webhook.urls").stream()
                                .flatMap(urls -> split(urls.reveal()))
                                .map(URI::create)
                                .toList(),
                        settings.secret("alerts.webhook.token"),
                        settings.duration("alerts.push.timeout.ms"),
                        settings.optionalString("alerts.dashboard.url").map(URI::create)));
    }

    private static boolean isSchedule(Object value) {
        if (value.equals(NEVER)) {
            return true;
        }
        try {
            Duration period = Duration.parse(String.valueOf(value));
            return period.compareTo(Duration.ofMinutes(1)) >= 0 && period.compareTo(Duration.ofDays(366)) <= 0;
        } catch (DateTimeParseException notAPeriod) {
            return false;
        }
    }

    private static boolean areAddresses(Object value) {
        Allowed address = Allowed.addresses();
        try {
            split(((Password) value).value()).forEach(one -> address.ensureValid("", one));
            return true;
        } catch (ConfigException notAnAddress) {
            return false;
        }
    }

    private static Stream<String> split(String list) {
        return Stream.of(list.split(",")).map(String::strip);
    }

    private static Set<String> expected(Settings settings) {
        Set<String> names = new TreeSet<>(settings.list("processor.expected.clusters"));
        settings.common().clusters().forEach(cluster -> names.add(cluster.name()));
        return names;
    }
}
