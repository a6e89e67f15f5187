package io.shardsync.processor;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.shardsync.processor.alert.ClusterFigures;
import io.shardsync.processor.discard.Discard;
import io.shardsync.runtime.config.Settings;
import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.ClusterSnapshot;
import io.shardsync.schemas.model.ClusterSnapshot.Delayed;
import io.shardsync.schemas.model.ClusterSnapshot.Master;
import io.shardsync.schemas.model.ClusterSnapshot.Node;
import io.shardsync.schemas.model.ClusterSnapshot.Switch;
import io.shardsync.schemas.model.ClusterSnapshot.View;
import io.shardsync.schemas.model.ConsistencyReport;
import io.shardsync.schemas.model.Control;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.model.RecoveryEvent;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.ReplicationStatus;
import io.shardsync.schemas.model.ShardKey;
import io.shardsync.schemas.model.ShardSnapshot;
import io.shardsync.schemas.topic.Topic;
import io.shardsync.schemas.topic.Topics;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

import static org.assertj.core.api.Assertions.assertThat;

/** The whole topology without a broker; time is what the test says it is. */
public final class Harness implements AutoCloseable {
    public static final Topics TOPICS = new Topics("shardsync.", "/shardsync/test");

    private final TopologyTestDriver driver;
    private final TestInputTopic<ShardKey, ShardSnapshot> snapshots;
    private final TestInputTopic<ShardKey, RecoveryEvent> recoveries;
    private final TestInputTopic<String, ClusterSnapshot> collections;
    private final TestInputTopic<String, RecoveryResult> results;
    private final TestInputTopic<String, Control> controls;
    private final TestInputTopic<String, ConsistencyReport> deepReports;
    private final TestOutputTopic<ShardKey, ReplicationStatus> statuses;
    private final TestOutputTopic<String, Alert> alerts;
    private final TestOutputTopic<String, RecoveryCommand> commands;
    private final TestOutputTopic<String, ConsistencyReport> reports;
    private final TestOutputTopic<byte[], byte[]> deadLetters;

    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final List<Alert> told = new ArrayList<>();
    private final List<Alert> watchdogs = new ArrayList<>();
    private final List<RecoveryCommand> asked = new ArrayList<>();
    private Instant now = Copies.START;
    private long offset;

    public Harness(Path stateDir, Map<String, String> overrides) {
        ProcessorConfig config = config(overrides);
        Properties properties = properties(stateDir);
        properties.put(StreamsConfig.DESERIALIZATION_EXCEPTION_HANDLER_CLASS_CONFIG, Discard.class);
        properties.put(StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG, Discard.class);
        properties.put(Discard.BIN, Discard.Bin.of(TOPICS, metrics));
        driver = new TopologyTestDriver(
                new ProcessorTopology(TOPICS, config, new ClusterFigures(metrics)).build(properties), properties, now);
        snapshots = input(TOPICS.shardSnapshots());
        recoveries = input(TOPICS.recoveryEvents());
        collections = input(TOPICS.clusterSnapshots());
        results = input(TOPICS.recoveryResults());
        controls = input(TOPICS.controls());
        statuses = output(TOPICS.replicationStatuses());
        alerts = output(TOPICS.alerts());
        commands = output(TOPICS.recoveryCommands());
        deepReports = input(TOPICS.consistencyReports());
        reports = output(TOPICS.consistencyReports());
        deadLetters = output(TOPICS.deadLetters());
    }

    public static ProcessorConfig config(Map<String, String> overrides) {
        Map<String, String> pairs = new HashMap<>(Map.of("kafka.bootstrap.servers", "127.0.0.1:1"));
        pairs.putAll(overrides);
        return ProcessorConfig.from(Settings.of(ProcessorConfig.DEFINITION, pairs));
    }

    public static Topology topology(ProcessorConfig config, Properties properties) {
        return new ProcessorTopology(TOPICS, config, new ClusterFigures(new SimpleMeterRegistry())).build(properties);
    }

    public static Properties properties(Path stateDir) {
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "127.0.0.1:1");
        properties.put(StreamsConfig.STATE_DIR_CONFIG, stateDir.toString());
        properties.put(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);
        return properties;
    }

    public Instant now() {
        return now;
    }

    /** Lets time pass, also on the wall. */
    public Harness pass(Duration time) {
        now = now.plus(time);
        driver.advanceWallClockTime(time);
        return this;
    }

    /** Time as another clock shows it; nothing passes. */
    public Harness clock(Instant time) {
        now = time;
        return this;
    }

    public Harness shards(List<ShardSnapshot> group) {
        for (ShardSnapshot copy : group) {
            snapshots.pipeInput(new TestRecord<>(copy.key(), copy, copy.collectedAt()));
            offset++;
        }
        return this;
    }

    public Harness recovery(RecoveryEvent event) {
        recoveries.pipeInput(new TestRecord<>(event.key(), event, event.at()));
        return this;
    }

    /** A shard with its primary on n1, whose replica is unassigned for a reason as Elasticsearch names them. */
    public Harness lacking(String index, String reason) {
        return shards(Copies.of(index, now).unassigned(reason, false).primary("n1", 100));
    }

    public Harness collection(List<String> nodes, List<Switch> switches) {
        return collection(collectionOf(nodes, switches, false, Map.of()));
    }

    public Harness fullCollection(List<String> nodes) {
        return collection(collectionOf(nodes, List.of(), true, Map.of(0, offset)));
    }

    public Harness fullCollectionWithoutShards(List<String> nodes) {
        return collection(collectionOf(nodes, List.of(), true, Map.of(0, 0L)));
    }

    /** The end of a collection by some collector, numbered by it. */
    public Harness collectionBy(String collector, long snapshotId) {
        return collection(Altered.collection(
                collectionAt(now, List.of("n1", "n2", "n3")), "collector_id", collector, "snapshot_id", snapshotId));
    }

    public Harness collection(ClusterSnapshot snapshot) {
        collections.pipeInput(new TestRecord<>(snapshot.cluster(), snapshot, snapshot.completedAt()));
        return this;
    }

    public Harness unreachable() {
        return collection(new ClusterSnapshot(
                "prod",
                "uuid",
                now.toEpochMilli(),
                "c",
                now,
                now,
                1,
                false,
                Map.of(),
                null,
                null,
                null,
                null,
                List.of(),
                null,
                null,
                List.of(),
                null,
                false,
                new ClusterSnapshot.Failure("unreachable", "connection refused")));
    }

    public ClusterSnapshot collectionOf(
            List<String> nodes, List<Switch> switches, boolean full, Map<Integer, Long> endOffsets) {
        return collectionAt(now, nodes, switches, full, endOffsets);
    }

    /** The end of a collection of a cluster that is yellow, and has nothing on its way to becoming better. */
    public Harness yellow(List<String> nodes) {
        return collection(Altered.collection(
                collectionAt(now, nodes),
                "status",
                "yellow",
                "copies",
                new ClusterSnapshot.Copies(2, 1, 1, 1, 0, 0, 1)));
    }

    /** The end of a collection that was not full. */
    public static ClusterSnapshot collectionAt(Instant at, List<String> nodes) {
        return collectionAt(at, nodes, List.of(), false, Map.of());
    }

    private static ClusterSnapshot collectionAt(
            Instant at, List<String> nodes, List<Switch> switches, boolean full, Map<Integer, Long> endOffsets) {
        return new ClusterSnapshot(
                "prod",
                "uuid",
                at.toEpochMilli(),
                "c",
                at,
                at,
                1,
                full,
                endOffsets,
                "green",
                View.MASTER,
                new Master("id-n1", at, 0),
                0,
                nodes.stream().map(name -> node(name, true)).toList(),
                new ClusterSnapshot.Copies(2, 1, 1, 2, 0, 0, 0),
                new Delayed(0, null),
                switches,
                1000,
                true,
                null);
    }

    /** The master hangs: the others answer, and nobody confirms what they say. */
    public Harness hungMaster(String master, List<String> others) {
        List<Node> nodes =
                new ArrayList<>(others.stream().map(name -> node(name, true)).toList());
        nodes.add(node(master, false));
        return collection(withView(nodes, View.STALE));
    }

    public Harness noMaster(List<String> names) {
        return collection(withView(names.stream().map(name -> node(name, true)).toList(), View.NO_MASTER));
    }

    private ClusterSnapshot withView(List<Node> nodes, View view) {
        return new ClusterSnapshot(
                "prod",
                "uuid",
                now.toEpochMilli(),
                "c",
                now,
                now,
                1,
                false,
                Map.of(),
                null,
                view,
                null,
                null,
                nodes,
                null,
                null,
                List.of(),
                null,
                true,
                null);
    }

    public static Node node(String name, boolean answered) {
        return new Node("id-" + name, "e", name, List.of("data"), answered, null, null, 4, 1L, null);
    }

    /** The actuator ends a command. */
    public Harness answer(RecoveryCommand command, RecoveryResult.Status status, String message) {
        return result(ended(command, status, now(), message));
    }

    /** How the actuator ends a command. */
    public static RecoveryResult ended(
            RecoveryCommand command,
            RecoveryResult.Status status,
            Instant at,
            String message,
            RecoveryResult.Diagnosis... found) {
        return ended(command, status, status == RecoveryResult.Status.SUCCEEDED, at, message, found);
    }

    /** @param verified whether it says so */
    public static RecoveryResult ended(
            RecoveryCommand command,
            RecoveryResult.Status status,
            boolean verified,
            Instant at,
            String message,
            RecoveryResult.Diagnosis... found) {
        return new RecoveryResult(
                command.commandId(),
                command,
                command.cluster(),
                command.clusterUuid(),
                command.type(),
                command.requestedBy(),
                command.alertFingerprint(),
                3,
                status,
                at,
                1,
                message,
                List.of(found),
                List.of(),
                List.of(),
                List.of(),
                Map.of(),
                null,
                verified,
                100);
    }

    public Harness result(RecoveryResult result) {
        results.pipeInput(new TestRecord<>(result.commandId(), result, result.at()));
        return this;
    }

    /** Bytes as anybody may write them. */
    public Harness raw(Topic<?, ?> topic, String key, String value) {
        driver.createInputTopic(topic.name(), new StringSerializer(), new StringSerializer())
                .pipeInput(key, value, now);
        return this;
    }

    /** What was set aside since the last call. */
    public List<TestRecord<byte[], byte[]>> deadLetters() {
        return deadLetters.readRecordsToList();
    }

    /** Puts into a store what no record could have. */
    public <V> Harness remember(String store, String key, V value) {
        driver.<String, V>getKeyValueStore(store).put(key, value);
        return this;
    }

    /** What a store holds; null where it holds nothing. */
    public <V> V remembered(String store, String key) {
        return driver.<String, V>getKeyValueStore(store).get(key);
    }

    public boolean hasGauge(String name, String... tags) {
        return !metrics.find(name).tags(tags).gauges().isEmpty();
    }

    /** Value of a counter; 0 where there is none. */
    public double counter(String name) {
        Counter counter = metrics.find(name).counter();
        return counter == null ? 0 : counter.count();
    }

    /** A deep check's report. */
    public Harness report(ConsistencyReport report) {
        deepReports.pipeInput(
                new TestRecord<>(report.cluster() + "/" + report.index() + "/fingerprint", report, report.checkedAt()));
        return this;
    }

    public Harness control(String key, Control control) {
        controls.pipeInput(key, control);
        return this;
    }

    /** A collection of one shard, traced by its collector. */
    public Harness traced(String traceparent, List<ShardSnapshot> group, ClusterSnapshot end) {
        for (ShardSnapshot copy : group) {
            snapshots.pipeInput(new TestRecord<>(copy.key(), copy, trace(traceparent), copy.collectedAt()));
        }
        collections.pipeInput(new TestRecord<>(end.cluster(), end, trace(traceparent), end.completedAt()));
        return this;
    }

    private static Headers trace(String traceparent) {
        return new RecordHeaders()
                .add("traceparent", traceparent.getBytes(StandardCharsets.UTF_8))
                .add("ce_id", "of the cause".getBytes(StandardCharsets.UTF_8));
    }

    /** How many records went over one of the topology's own topics since the last call. */
    public int travelled(String internal) {
        return driver.createOutputTopic(
                        "test-" + internal + "-repartition", new ByteArrayDeserializer(), new ByteArrayDeserializer())
                .readRecordsToList()
                .size();
    }

    /** Headers of the records of a topic that nobody has read yet, newest last. */
    public List<Headers> headers(Topic<?, ?> topic) {
        return driver
                .createOutputTopic(topic.name(), new StringDeserializer(), new StringDeserializer())
                .readRecordsToList()
                .stream()
                .map(TestRecord::headers)
                .toList();
    }

    /** The newest status of each shard written since the last call; a tombstone is null. */
    public Map<ShardKey, ReplicationStatus> statuses() {
        return statuses.readKeyValuesToMap();
    }

    /** All alerts written so far, but for the Watchdog. */
    public List<Alert> alerts() {
        for (Alert alert : alerts.readValuesToList()) {
            (alert != null && alert.alertname().equals("Watchdog") ? watchdogs : told).add(alert);
        }
        return told;
    }

    /** Every record of the Watchdog so far. */
    public List<Alert> watchdogs() {
        alerts();
        return watchdogs;
    }

    /** All alerts written so far, of one name. */
    public List<Alert> alerts(String alertname) {
        return alerts().stream()
                .filter(alert -> alert.alertname().equals(alertname))
                .toList();
    }

    /** The newest word about an alert of which something was told. */
    public Alert last(String alertname) {
        List<Alert> all = alerts(alertname);
        assertThat(all).as(alertname).isNotEmpty();
        return all.get(all.size() - 1);
    }

    public List<RecoveryCommand> commands() {
        asked.addAll(commands.readValuesToList());
        return asked;
    }

    /** What the processor wrote about consistency since the last call, in order; a tombstone is null. */
    public List<KeyValue<String, ConsistencyReport>> reports() {
        return reports.readKeyValuesToList();
    }

    /** Value of a gauge with these tags; 0 where there is none. */
    public double gauge(String name, String... tags) {
        Gauge gauge = metrics.find(name).tags(tags).gauge();
        return gauge == null ? 0 : gauge.value();
    }

    @Override
    public void close() {
        driver.close();
    }

    private <K, V> TestInputTopic<K, V> input(Topic<K, V> topic) {
        return driver.createInputTopic(
                topic.name(), topic.keys().serializer(), topic.values().serializer());
    }

    private <K, V> TestOutputTopic<K, V> output(Topic<K, V> topic) {
        return driver.createOutputTopic(
                topic.name(), topic.keys().deserializer(), topic.values().deserializer());
    }
}
