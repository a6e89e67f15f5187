package io.shardsync.actuator;

import io.shardsync.actuator.brake.BrakeLimits;
import io.shardsync.actuator.compare.Pace;
import io.shardsync.actuator.execute.WatchTiming;
import io.shardsync.runtime.config.Allowed;
import io.shardsync.runtime.config.Definition;
import io.shardsync.runtime.config.Settings;
import io.shardsync.schemas.model.CommandType;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The actuator's own settings.
 *
 * @param callTimeout how long Elasticsearch may take to answer one call
 * @param watch how a heal is watched
 * @param mostExplained allocation explains in one diagnosis
 * @param lookers diagnoses and dry runs at the same time
 * @param mostCommandBytes longest command that is read
 * @param mostUnfinished commands of one partition that run or wait here
 * @param recoveryStall how long a recovery must stand still to count as stalled
 * @param copyStuck how long a started copy must to count as stuck
 * @param checks comparisons of copies at the same time
 * @param pace how gently they go about it
 * @param brakes where the brakes catch
 * @param needApproval types that need a second person
 */
public record ActuatorConfig(
        Duration callTimeout,
        WatchTiming watch,
        int mostExplained,
        int lookers,
        int mostCommandBytes,
        int mostUnfinished,
        Duration recoveryStall,
        Duration copyStuck,
        int checks,
        Pace pace,
        BrakeLimits brakes,
        Set<CommandType> needApproval) {

    static final String CALL_TIMEOUT = "actuator.call.timeout.ms";
    static final String VERIFY_TIMEOUT = "actuator.verify.timeout.ms";
    static final String WATCH_INTERVAL = "actuator.watch.interval.ms";
    static final String SETTLE = "actuator.settle.ms";
    static final String MOST_EXPLAINED = "actuator.explain.limit";
    static final String LOOKERS = "actuator.read.threads";
    static final String MOST_COMMAND_BYTES = "actuator.command.max.bytes";
    static final String MOST_UNFINISHED = "actuator.unfinished.max";
    static final String RETRY_COOLDOWN = "healing.retry.cooldown.ms";
    static final String FLIP_FLOP_WINDOW = "healing.flipflop.window.ms";
    static final String MOST_PER_HOUR = "healing.max.per.hour";
    static final String MOST_PER_HOUR_IN_ALL = "healing.max.per.hour.all";
    static final String MOST_LOST_PERCENT = "healing.max.lost.nodes.percent";
    static final String MOST_LOST_NODES = "healing.max.lost.nodes";
    static final String SWITCH_GRACE = "healing.switch.grace.ms";
    static final String MOST_DATA_AGE = "healing.max.data.age.ms";
    static final String MOST_MASTER_CHANGES = "healing.max.master.changes";
    static final String RECOVERY_STALL = "recovery.stall.ms";
    static final String COPY_STUCK = "lag.stuck.ms";
    static final String CHECKS = "consistency.checks.at.once";
    static final String DOCS_PER_SECOND = "consistency.max.docs.per.second";
    static final String SLICE_DOCS = "consistency.slice.docs";
    static final String SLOW = "consistency.slow.ms";
    static final String WAIT = "consistency.wait.ms";
    static final String NEED_APPROVAL = "approval.required.types";

    private static final int HTTP_PORT = 8082;

    private static final ConfigDef OWN = new ConfigDef()
            .define(
                    CALL_TIMEOUT,
                    ConfigDef.Type.LONG,
                    30_000L,
                    Allowed.between(100, 600_000),
                    Importance.MEDIUM,
                    "How long Elasticsearch may take to answer one call, in milliseconds.")
            .define(
                    VERIFY_TIMEOUT,
                    ConfigDef.Type.LONG,
                    300_000L,
                    Allowed.between(1_000, 86_400_000),
                    Importance.MEDIUM,
                    "How long a heal is watched without any progress, in milliseconds; it starts anew with each byte,"
                            + " operation or copy.")
            .define(
                    WATCH_INTERVAL,
                    ConfigDef.Type.LONG,
                    1_000L,
                    Allowed.between(100, 60_000),
                    Importance.LOW,
                    "Time between two looks at a heal, in milliseconds; progress is told no more often.")
            .define(
                    SETTLE,
                    ConfigDef.Type.LONG,
                    3_000L,
                    Allowed.between(0, 600_000),
                    Importance.LOW,
                    "How long copies may be unassigned with no recovery running before a heal counts as failed, in"
                            + " milliseconds.")
            .define(
                    MOST_EXPLAINED,
                    ConfigDef.Type.INT,
                    20,
                    Allowed.between(1, 1_000),
                    Importance.LOW,
                    "Calls to allocation explain in one diagnosis, shared among the kinds of unassigned copies.")
            .define(
                    LOOKERS,
                    ConfigDef.Type.INT,
                    4,
                    Allowed.between(1, 64),
                    Importance.LOW,
                    "Diagnoses and dry runs that run at the same time.")
            .define(
                    MOST_COMMAND_BYTES,
                    ConfigDef.Type.INT,
                    65_536,
                    Allowed.between(1_024, 1_048_576),
                    Importance.LOW,
                    "Longest command that is read; longer ones become dead letters.")
            .define(
                    MOST_UNFINISHED,
                    ConfigDef.Type.INT,
                    5_000,
                    Allowed.between(10, 1_000_000),
                    Importance.LOW,
                    "Commands of one partition that run or wait in memory; from there on further ones, cancellations"
                            + " too, wait on the topic. Some kilobytes each.")
            .define(
                    RETRY_COOLDOWN,
                    ConfigDef.Type.LONG,
                    600_000L,
                    Allowed.between(0, 86_400_000),
                    Importance.MEDIUM,
                    "Least time between two retries of one shard, in milliseconds.")
            .define(
                    FLIP_FLOP_WINDOW,
                    ConfigDef.Type.LONG,
                    3_600_000L,
                    Allowed.between(0, 86_400_000),
                    Importance.LOW,
                    "Time within which one setting is put back twice at most, in milliseconds.")
            .define(
                    MOST_PER_HOUR,
                    ConfigDef.Type.INT,
                    20,
                    Allowed.between(1, 10_000),
                    Importance.MEDIUM,
                    "Commands that may change one cluster within an hour.")
            .define(
                    MOST_PER_HOUR_IN_ALL,
                    ConfigDef.Type.INT,
                    100,
                    Allowed.between(1, 100_000),
                    Importance.MEDIUM,
                    "Commands that may change any cluster within an hour.")
            .define(
                    MOST_LOST_PERCENT,
                    ConfigDef.Type.INT,
                    40,
                    Allowed.between(0, 100),
                    Importance.MEDIUM,
                    "Share of a cluster's nodes that may be gone for it to be healed.")
            .define(
                    MOST_LOST_NODES,
                    ConfigDef.Type.INT,
                    10,
                    Allowed.between(0, 10_000),
                    Importance.MEDIUM,
                    "Nodes of a cluster that may be gone for it to be healed.")
            .define(
                    SWITCH_GRACE,
                    ConfigDef.Type.LONG,
                    1_800_000L,
                    Allowed.between(0, 604_800_000),
                    Importance.MEDIUM,
                    "How long an allocation switch must have been off before it is put back unasked, in milliseconds.")
            .define(
                    MOST_DATA_AGE,
                    ConfigDef.Type.LONG,
                    60_000L,
                    Allowed.between(1_000, 86_400_000),
                    Importance.MEDIUM,
                    "How old a diagnosis may be when a call is made, and the newest collection where nobody asked for"
                            + " the heal, in milliseconds.")
            .define(
                    MOST_MASTER_CHANGES,
                    ConfigDef.Type.INT,
                    3,
                    Allowed.between(1, 1_000),
                    Importance.LOW,
                    "Elections of a master within an hour from which on a cluster is not healed.")
            .define(
                    RECOVERY_STALL,
                    ConfigDef.Type.LONG,
                    120_000L,
                    Allowed.between(100, 86_400_000),
                    Importance.MEDIUM,
                    "A recovery in which neither byte nor file nor operation has moved for this time is stalled, in"
                            + " milliseconds.")
            .define(
                    COPY_STUCK,
                    ConfigDef.Type.LONG,
                    60_000L,
                    Allowed.between(100, 86_400_000),
                    Importance.MEDIUM,
                    "A started copy that has not moved for this time, while its primary has more, is stuck, in"
                            + " milliseconds.")
            .define(
                    CHECKS,
                    ConfigDef.Type.INT,
                    1,
                    Allowed.between(1, 64),
                    Importance.MEDIUM,
                    "Deep checks (VERIFY_CONSISTENCY) at the same time; further ones wait for their turn.")
            .define(
                    DOCS_PER_SECOND,
                    ConfigDef.Type.LONG,
                    10_000_000L,
                    Allowed.between(1_000, 1_000_000_000),
                    Importance.MEDIUM,
                    "Sequence numbers, and so documents at most, that a deep check compares in a second. While a shard is"
                            + " written to, a check rests thirty times as long as its slowest search took, whatever this says.")
            .define(
                    SLICE_DOCS,
                    ConfigDef.Type.LONG,
                    1_000_000L,
                    Allowed.between(2_048, 16_000_000),
                    Importance.LOW,
                    "Sequence numbers that a deep check compares with one search of each copy; also what is compared"
                            + " anew at most after a restart.")
            .define(
                    SLOW,
                    ConfigDef.Type.LONG,
                    2_000L,
                    Allowed.between(100, 600_000),
                    Importance.LOW,
                    "An answer that takes longer makes a deep check rest four times as long and ask for less, in"
                            + " milliseconds.")
            .define(
                    WAIT,
                    ConfigDef.Type.LONG,
                    600_000L,
                    Allowed.between(0, 86_400_000),
                    Importance.MEDIUM,
                    "How long a deep check waits altogether while the cluster is not green, recovers, or has a node that"
                            + " does not answer, in milliseconds; what was not compared then is inconclusive.")
            .define(
                    NEED_APPROVAL,
                    ConfigDef.Type.LIST,
                    List.of(),
                    Allowed.oneOf(
                            Arrays.stream(CommandType.values()).map(Enum::name).toArray(String[]::new)),
                    Importance.MEDIUM,
                    "Types of commands that a second person, verified by ShardSync's HTTP API, must approve before they run.");

    /** Every key the actuator understands. */
    public static Definition definition() {
        return Definition.of("actuator", HTTP_PORT, OWN).needingElasticsearch();
    }

    /** Reads them from valid settings. */
    public static ActuatorConfig from(Settings settings) {
        return new ActuatorConfig(
                settings.duration(CALL_TIMEOUT),
                new WatchTiming(
                        settings.duration(WATCH_INTERVAL),
                        settings.duration(VERIFY_TIMEOUT),
                        settings.duration(SETTLE)),
                settings.integer(MOST_EXPLAINED),
                settings.integer(LOOKERS),
                settings.integer(MOST_COMMAND_BYTES),
                settings.integer(MOST_UNFINISHED),
                settings.duration(RECOVERY_STALL),
                settings.duration(COPY_STUCK),
                settings.integer(CHECKS),
                new Pace(
                        settings.number(DOCS_PER_SECOND),
                        settings.number(SLICE_DOCS),
                        settings.duration(SLOW),
                        settings.duration(WAIT)),
                new BrakeLimits(
                        settings.duration(RETRY_COOLDOWN),
                        settings.duration(FLIP_FLOP_WINDOW),
                        settings.integer(MOST_PER_HOUR),
                        settings.integer(MOST_PER_HOUR_IN_ALL),
                        settings.integer(MOST_LOST_PERCENT),
                        settings.integer(MOST_LOST_NODES),
                        settings.duration(SWITCH_GRACE),
                        settings.duration(MOST_DATA_AGE),
                        settings.integer(MOST_MASTER_CHANGES)),
                settings.list(NEED_APPROVAL).stream()
                        .map(CommandType::valueOf)
                        .collect(Collectors.toUnmodifiableSet()));
    }
}
