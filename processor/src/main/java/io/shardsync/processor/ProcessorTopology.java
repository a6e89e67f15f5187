package io.shardsync.processor;

import io.shardsync.processor.alert.Alerter;
import io.shardsync.processor.alert.ClusterFigures;
import io.shardsync.processor.alert.ClusterInput;
import io.shardsync.processor.alert.Outgoing;
import io.shardsync.processor.check.Checked;
import io.shardsync.processor.check.DeepCheck;
import io.shardsync.processor.check.IndexChecks;
import io.shardsync.processor.check.IndexFact;
import io.shardsync.processor.control.ControlStore;
import io.shardsync.processor.count.Counter;
import io.shardsync.processor.count.PartitionSummary;
import io.shardsync.processor.heal.HealPolicy;
import io.shardsync.processor.join.CopyGroup;
import io.shardsync.processor.join.Gather;
import io.shardsync.processor.join.Recoveries;
import io.shardsync.processor.judge.CollectionEnd;
import io.shardsync.processor.judge.Judge;
import io.shardsync.processor.judge.Judgement;
import io.shardsync.processor.judge.LightPolicy;
import io.shardsync.processor.judge.ShardCheck;
import io.shardsync.processor.judge.Symptoms;
import io.shardsync.processor.judge.SyncPolicy;
import io.shardsync.processor.judge.TaskInput;
import io.shardsync.processor.schedule.Scheduler;
import io.shardsync.schemas.model.ClusterSnapshot;
import io.shardsync.schemas.model.ConsistencyReport;
import io.shardsync.schemas.model.ConsistencyReport.Method;
import io.shardsync.schemas.model.Control;
import io.shardsync.schemas.model.RecoveryEvent;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.ReplicationStatus.Verified;
import io.shardsync.schemas.model.ShardKey;
import io.shardsync.schemas.model.ShardSnapshot;
import io.shardsync.schemas.topic.Json;
import io.shardsync.schemas.topic.ShardKeySerde;
import io.shardsync.schemas.topic.Topic;
import io.shardsync.schemas.topic.Topics;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Joined;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.KTable;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.state.BuiltInDslStoreSuppliers;
import org.apache.kafka.streams.state.KeyValueStore;

import java.util.Map;
import java.util.Properties;
import java.util.function.Function;
import java.util.stream.Collectors;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * What the processor does, in the order in which it does it.
 *
 * <pre>
 *  shard.snapshot ──► gather ──────────► groups ─┐
 *  shard.recovery ──► recoveries ────────join────┤
 *  cluster.snapshot ─► ends, to every task ──────┼► judge ──► replication.status
 *        │                                            └─► count ─► summaries, by cluster ─┐
 *        ├──────────────────────────────────────────────────────────────────────────────┤
 *  recovery.result ──► outcomes, by cluster ───────────────────────────────────────────────┤
 *  consistency.report ─► deep checks, by cluster ──────────────────────────────────────────┤
 *        └─► by shard, to their tasks ─────────────────► judge ─► check, by index ─► facts ─┴► alert, schedule
 *  control ──► (global)                   consistency.report ◄──────┘               alert.v1 ◄───┤
 *                                                                       recovery.command ◄───────┘
 * </pre>
 */
public final class ProcessorTopology {
    private final StreamsBuilder builder = new StreamsBuilder();
    private final Topics topics;
    private final ProcessorConfig config;
    private final ClusterFigures figures;

    public ProcessorTopology(Topics topics, ProcessorConfig config, ClusterFigures figures) {
        this.topics = topics;
        this.config = config;
        this.figures = figures;
    }

    /** @param properties of the application, which decide about internal names and optimisations */
    public Topology build(Properties properties) {
        KStream<ShardKey, ShardSnapshot> copies = underItsKey(topics.shardSnapshots(), ShardSnapshot::key, "copies");
        KStream<ShardKey, RecoveryEvent> events =
                underItsKey(topics.recoveryEvents(), RecoveryEvent::key, "recovery-events");
        KStream<String, ClusterSnapshot> collections =
                underItsKey(topics.clusterSnapshots(), ClusterSnapshot::cluster, "collections");
        KStream<String, RecoveryResult> results = read(topics.recoveryResults());
        KStream<String, ConsistencyReport> reports = read(topics.consistencyReports());
        keepControls();

        KStream<ShardKey, CopyGroup> groups = groupsOf(copies, recoveriesOf(events));
        KStream<String, DeepCheck> deep = deepChecks(reports);
        KStream<ShardKey, Judgement> judgements = judge(groups, toTheTasks(collections, deep));
        KStream<String, Checked> checked = check(judgements);
        KStream<String, ClusterInput> input = clusterInput(
                collections,
                count(judgements),
                outcomesByCluster(results),
                factsByCluster(checked),
                deepByCluster(deep));
        KStream<String, Outgoing> outgoing = alert(input).merge(schedule(input), Named.as("outgoing"));

        writeStatuses(judgements);
        writeReports(checked);
        writeAlerts(outgoing);
        writeCommands(outgoing);
        return builder.build(properties);
    }

    /** A group is complete when its last copy, the primary, has come: then the others of its collection are there. */
    private KStream<ShardKey, CopyGroup> groupsOf(
            KStream<ShardKey, ShardSnapshot> copies, KTable<ShardKey, Recoveries> recoveries) {
        return copies.processValues(Gather.byShard(), Named.as("gather"))
                .leftJoin(
                        recoveries,
                        CopyGroup::with,
                        Joined.with(ShardKeySerde.create(), Json.serde(CopyGroup.class), null, "join-recoveries"));
    }

    private KTable<ShardKey, Recoveries> recoveriesOf(KStream<ShardKey, RecoveryEvent> events) {
        return events.groupByKey(Grouped.<ShardKey, RecoveryEvent>as("recoveries-by-shard")
                        .withKeySerde(ShardKeySerde.create())
                        .withValueSerde(Json.serde(RecoveryEvent.class)))
                .aggregate(
                        Recoveries::none,
                        (key, event, running) -> running.with(event),
                        Named.as("gather-recoveries"),
                        // Asked for every group; only recoveries that run are kept, so they fit into memory.
                        store("recoveries-by-shard", ShardKeySerde.create(), Json.serde(Recoveries.class))
                                .withStoreType(BuiltInDslStoreSuppliers.IN_MEMORY));
    }

    /**
     * Each task that judges shards of a cluster hears of the end of each of its collections, and of its shards' checks.
     */
    private KStream<String, TaskInput> toTheTasks(
            KStream<String, ClusterSnapshot> collections, KStream<String, DeepCheck> deep) {
        KStream<String, TaskInput> ends =
                collections.mapValues(collection -> (TaskInput) CollectionEnd.of(collection), Named.as("ends"));
        KStream<String, TaskInput> checks = deep.flatMap(
                (key, check) -> check.shards().stream()
                        .map(shard -> KeyValue.pair(check.cluster(), (TaskInput) new TaskInput.Checked(
                                check.key(shard), check.indexUuid(), new Verified(shard.verdict(), shard.at()))))
                        .toList(),
                Named.as("deep-by-shard"));
        return ends.merge(checks, Named.as("ends-and-checks"))
                .repartition(Repartitioned.<String, TaskInput>as("to-the-tasks")
                        .withKeySerde(Serdes.String())
                        .withValueSerde(Json.serde(TaskInput.class))
                        .withNumberOfPartitions(config.partitions())
                        .withStreamPartitioner(new TasksConcerned()));
    }

    /** Our own, light ones are on the topic too. */
    private static KStream<String, DeepCheck> deepChecks(KStream<String, ConsistencyReport> reports) {
        return reports.filter(
                        (key, report) -> report != null && report.method() == Method.FINGERPRINT,
                        Named.as("deep-reports"))
                .mapValues(DeepCheck::of, Named.as("deep-checks"));
    }

    private KStream<String, DeepCheck> deepByCluster(KStream<String, DeepCheck> deep) {
        return deep.selectKey((key, check) -> check.cluster(), Named.as("deep-by-cluster"))
                .repartition(Repartitioned.<String, DeepCheck>as("deep")
                        .withKeySerde(Serdes.String())
                        .withValueSerde(Json.serde(DeepCheck.class))
                        .withNumberOfPartitions(config.partitions()));
    }

    private KStream<ShardKey, Judgement> judge(KStream<ShardKey, CopyGroup> groups, KStream<String, TaskInput> more) {
        return groups.selectKey((key, group) -> key.cluster(), Named.as("by-cluster"))
                .mapValues(group -> (TaskInput) new TaskInput.Shard(group), Named.as("shards"))
                .merge(more, Named.as("task-input"))
                .process(
                        Judge.of(
                                new SyncPolicy(config.lag()),
                                new Symptoms(config.graces()),
                                new LightPolicy(config.lag().grace()),
                                config.alerts().stale()),
                        Named.as("judge"));
    }

    /**
     * The shards of an index meet here; only what is news of them travels, so no task sees every shard all the time.
     */
    private KStream<String, Checked> check(KStream<ShardKey, Judgement> judgements) {
        return judgements
                .filter((key, judgement) -> judgement.check() != null, Named.as("checked"))
                .map(
                        (key, judgement) -> KeyValue.pair(IndexChecks.indexKey(key), judgement.check()),
                        Named.as("checks-by-index"))
                .repartition(Repartitioned.<String, ShardCheck>as("checks")
                        .withKeySerde(Serdes.String())
                        .withValueSerde(Json.serde(ShardCheck.class))
                        .withNumberOfPartitions(config.partitions()))
                .process(IndexChecks.perIndex(), Named.as("check"));
    }

    private KStream<String, IndexFact> factsByCluster(KStream<String, Checked> checked) {
        return checked.filter((key, one) -> one instanceof Checked.Fact, Named.as("facts"))
                .mapValues(one -> ((Checked.Fact) one).fact(), Named.as("facts-by-cluster"))
                .repartition(Repartitioned.<String, IndexFact>as("facts")
                        .withKeySerde(Serdes.String())
                        .withValueSerde(Json.serde(IndexFact.class))
                        .withNumberOfPartitions(config.partitions()));
    }

    private KStream<String, PartitionSummary> count(KStream<ShardKey, Judgement> judgements) {
        return judgements
                .process(Counter.perTask(), Named.as("count"), Judge.SHARDS, Judge.ENDS)
                .repartition(Repartitioned.<String, PartitionSummary>as("summaries")
                        .withKeySerde(Serdes.String())
                        .withValueSerde(Json.serde(PartitionSummary.class))
                        .withNumberOfPartitions(config.partitions()));
    }

    private KStream<String, RecoveryResult> outcomesByCluster(KStream<String, RecoveryResult> results) {
        return results.filter((id, result) -> result != null && result.cluster() != null, Named.as("outcomes"))
                .selectKey((id, result) -> result.cluster(), Named.as("outcomes-by-cluster"))
                .repartition(Repartitioned.<String, RecoveryResult>as("outcomes")
                        .withKeySerde(Serdes.String())
                        .withValueSerde(Json.serde(RecoveryResult.class))
                        .withNumberOfPartitions(config.partitions()));
    }

    private static KStream<String, ClusterInput> clusterInput(
            KStream<String, ClusterSnapshot> collections,
            KStream<String, PartitionSummary> summaries,
            KStream<String, RecoveryResult> outcomes,
            KStream<String, IndexFact> facts,
            KStream<String, DeepCheck> deep) {
        KStream<String, ClusterInput> ofCollections = collections.mapValues(
                collection -> (ClusterInput) new ClusterInput.Collection(collection), Named.as("a-collection"));
        KStream<String, ClusterInput> ofShards =
                summaries.mapValues(summary -> (ClusterInput) new ClusterInput.Shards(summary), Named.as("a-summary"));
        KStream<String, ClusterInput> ofOutcomes =
                outcomes.mapValues(result -> (ClusterInput) new ClusterInput.Outcome(result), Named.as("an-outcome"));
        KStream<String, ClusterInput> ofFacts =
                facts.mapValues(fact -> (ClusterInput) new ClusterInput.Index(fact), Named.as("a-fact"));
        KStream<String, ClusterInput> ofChecks =
                deep.mapValues(check -> (ClusterInput) new ClusterInput.Deep(check), Named.as("a-deep-check"));
        return ofCollections
                .merge(ofShards, Named.as("collections-and-summaries"))
                .merge(ofOutcomes, Named.as("and-outcomes"))
                .merge(ofFacts, Named.as("and-facts"))
                .merge(ofChecks, Named.as("cluster-input"));
    }

    private KStream<String, Outgoing> alert(KStream<String, ClusterInput> input) {
        return input.process(
                Alerter.of(config.alerts(), new HealPolicy(config.healing()), expectedClusters(), figures),
                Named.as("alert"));
    }

    private KStream<String, Outgoing> schedule(KStream<String, ClusterInput> input) {
        return input.process(Scheduler.of(config.checks(), figures), Named.as("schedule"));
    }

    private Map<String, Integer> expectedClusters() {
        return config.expectedClusters().stream()
                .collect(Collectors.toMap(
                        cluster -> cluster,
                        cluster -> BuiltInPartitioner.partitionForKey(cluster.getBytes(UTF_8), config.partitions())));
    }

    private void writeStatuses(KStream<ShardKey, Judgement> judgements) {
        write(judgements.mapValues(Judgement::status, Named.as("statuses")), topics.replicationStatuses());
    }

    private void writeReports(KStream<String, Checked> checked) {
        write(
                checked.filter((key, one) -> one instanceof Checked.Report, Named.as("light-reports"))
                        .mapValues(one -> ((Checked.Report) one).report(), Named.as("reports")),
                topics.consistencyReports());
    }

    private void writeAlerts(KStream<String, Outgoing> outgoing) {
        write(
                outgoing.filter((key, one) -> one instanceof Outgoing.Told, Named.as("told"))
                        .mapValues(one -> ((Outgoing.Told) one).alert(), Named.as("alerts")),
                topics.alerts());
    }

    private void writeCommands(KStream<String, Outgoing> outgoing) {
        write(
                outgoing.filter((key, one) -> one instanceof Outgoing.Asked, Named.as("asked"))
                        .mapValues(one -> ((Outgoing.Asked) one).command(), Named.as("commands")),
                topics.recoveryCommands());
    }

    /** What people decided holds for every cluster's judgement, so every task has to see it. */
    private void keepControls() {
        Topic<String, Control> controls = topics.controls();
        builder.globalTable(
                controls.name(),
                Consumed.with(controls.keys(), controls.values()).withName("read-" + controls.name()),
                store(ControlStore.NAME, controls.keys(), controls.values()));
    }

    /**
     * What lies under another key than its own would be judged by another task than the rest of its shard, or make a
     * cluster that nobody configured watched for ever: it is refused. A tombstone tells nothing.
     */
    private <K, V> KStream<K, V> underItsKey(Topic<K, V> topic, Function<V, K> own, String name) {
        return read(topic)
                .filter(
                        (key, value) -> {
                            if (value != null && !own.apply(value).equals(key)) {
                                throw new SerializationException("the value belongs under the key '" + own.apply(value)
                                        + "', and lies under '" + key + "'");
                            }
                            return value != null;
                        },
                        Named.as(name));
    }

    private <K, V> KStream<K, V> read(Topic<K, V> topic) {
        return builder.stream(
                topic.name(), Consumed.with(topic.keys(), topic.values()).withName("read-" + topic.name()));
    }

    private static <K, V> void write(KStream<K, V> stream, Topic<K, V> topic) {
        stream.to(topic.name(), Produced.with(topic.keys(), topic.values()).withName("write-" + topic.name()));
    }

    private static <K, V> Materialized<K, V, KeyValueStore<Bytes, byte[]>> store(
            String name, Serde<K> keys, Serde<V> values) {
        return Materialized.<K, V, KeyValueStore<Bytes, byte[]>>as(name)
                .withKeySerde(keys)
                .withValueSerde(values)
                // A cache holds back what a table tells until the next commit.
                .withCachingDisabled();
    }
}
