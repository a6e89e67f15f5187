package io.shardsync.actuator;

import io.shardsync.actuator.bedside.Bedside;
import io.shardsync.actuator.bedside.ElasticsearchBedside;
import io.shardsync.actuator.brake.Brakes;
import io.shardsync.actuator.compare.DeepComparison;
import io.shardsync.actuator.compare.ShardChecks;
import io.shardsync.actuator.diagnose.Diagnoser;
import io.shardsync.actuator.diagnose.Standstill;
import io.shardsync.actuator.execute.Executor;
import io.shardsync.actuator.execute.Means;
import io.shardsync.actuator.execute.Tally;
import io.shardsync.actuator.intake.Approvals;
import io.shardsync.actuator.intake.CommandReader;
import io.shardsync.actuator.intake.Intake;
import io.shardsync.actuator.intake.IntakeLoop;
import io.shardsync.actuator.ledger.Controls;
import io.shardsync.actuator.ledger.Ends;
import io.shardsync.actuator.ledger.Ledger;
import io.shardsync.actuator.ledger.LedgerReader;
import io.shardsync.actuator.ledger.PartitionJournal;
import io.shardsync.actuator.ledger.Reports;
import io.shardsync.actuator.ledger.Snapshots;
import io.shardsync.actuator.plan.Remedies;
import io.shardsync.runtime.config.ClusterConfig;
import io.shardsync.runtime.config.CommonConfig;
import io.shardsync.runtime.elasticsearch.Elasticsearch;
import io.shardsync.runtime.elasticsearch.PrivilegeCheck;
import io.shardsync.runtime.kafka.ContractTopics;
import io.shardsync.runtime.kafka.KafkaClients;
import io.shardsync.runtime.kafka.KafkaRightsCheck;
import io.shardsync.runtime.kafka.TopicAdmin;
import io.shardsync.runtime.ops.Metrics;
import io.shardsync.runtime.ops.OpsServer;
import io.shardsync.runtime.ops.Probe;
import io.shardsync.runtime.service.Fatal;
import io.shardsync.runtime.service.Parts;
import io.shardsync.runtime.service.Service;
import io.shardsync.runtime.service.ServiceContext;
import io.shardsync.schemas.topic.Topics;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The service, made of its parts. */
public final class Actuator implements Service {
    private static final Duration SILENCE = Duration.ofSeconds(60);

    private final CommonConfig common;
    private final ActuatorConfig config;
    private final Fatal fatal;
    private final Clock clock;
    private final Parts parts = new Parts();
    private OpsServer ops;

    public Actuator(ServiceContext context) {
        this(context, Clock.systemUTC());
    }

    Actuator(ServiceContext context, Clock clock) {
        this.clock = clock;
        this.common = context.common();
        this.config = ActuatorConfig.from(context.settings());
        this.fatal = context.fatal();
    }

    @Override
    public void start() {
        Topics topics = new Topics(common.topics().prefix(), "/shardsync/actuator");
        KafkaClients kafka = new KafkaClients(common);
        Metrics metrics = parts.add("metrics", Metrics.create());
        ensureTopics(kafka, topics);

        Tally tally = new Tally(metrics.registry());
        Ledger ledger = new Ledger();
        Controls controls =
                parts.add("controls", new Controls(reader(kafka, "controls"), topics, clock, System::nanoTime));
        controls.now();
        Snapshots snapshots = parts.add(
                "snapshots",
                new Snapshots(
                        reader(kafka, "snapshots"), topics, config.brakes().mostDataAge(), clock));
        Ends ends = Ends.of(parts.add("ends", kafka.admin("ends")));
        Reports reports = parts.add("reports", new Reports(reader(kafka, "reports"), topics, ends));
        ShardChecks checks = parts.add("checks", new ShardChecks(clock, config.pace()));
        Means means = new Means(
                new Diagnoser(clock, config.mostExplained()),
                new Standstill(
                        clock,
                        config.recoveryStall(),
                        config.copyStuck(),
                        config.watch().interval()),
                new DeepComparison(checks),
                checks,
                reports::newest,
                new Brakes(config.brakes()),
                controls::now,
                snapshots::newest,
                ledger,
                config.watch(),
                clock,
                System::nanoTime);
        Executor executor =
                parts.add("executor", new Executor(bedsides(), means, config.lookers(), config.checks(), tally, fatal));
        CommandReader commands = new CommandReader(
                new HashSet<>(
                        common.clusters().stream().map(ClusterConfig::name).toList()),
                Remedies.executed(),
                config.mostCommandBytes());
        Approvals approvals = new Approvals(config.needApproval(), ledger);
        IntakeLoop loop = new IntakeLoop(
                commandConsumer(kafka),
                topics,
                new LedgerReader(reader(kafka, "results"), topics, ledger, ends),
                ledger,
                executor,
                new Intake(commands, approvals, ledger, executor, topics, tally, clock),
                partition -> journal(kafka, topics, ledger, partition),
                config.mostUnfinished(),
                clock);
        ops = parts.add(
                "http",
                OpsServer.create(
                        common.http(),
                        metrics.registry(),
                        List.of(new Probe("commands", () -> loop.trouble(SILENCE)))));
        ops.start();
        Thread thread = new Thread(fatal.guard(loop), "actuator-intake");
        parts.add("intake", () -> {
            loop.close();
            thread.join();
        });
        thread.start();
        PrivilegeCheck.tellInBackground(
                common.clusters(), ActuatorRights.elasticsearch(common.healing().anyActs()));
    }

    /** Where probes and metrics are served, once it has started. */
    public String address() {
        return ops.address();
    }

    private Map<String, Bedside> bedsides() {
        Map<String, Bedside> bedsides = new HashMap<>();
        for (ClusterConfig cluster : common.clusters()) {
            Elasticsearch connection = parts.add("elasticsearch-" + cluster.name(), Elasticsearch.of(cluster));
            bedsides.put(cluster.name(), new ElasticsearchBedside(connection, config.callTimeout()));
        }
        return bedsides;
    }

    private void ensureTopics(KafkaClients kafka, Topics topics) {
        try (Admin admin = kafka.admin("topics")) {
            new KafkaRightsCheck(admin, common).require(ActuatorRights.kafka(common));
            new TopicAdmin(admin, common).ensure(ContractTopics.of(topics, common.topics()));
        }
    }

    private Consumer<byte[], byte[]> commandConsumer(KafkaClients kafka) {
        return kafka.consumer(
                "commands",
                Optional.of(ActuatorRights.group(common)),
                Map.of(
                        ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                        CooperativeStickyAssignor.class.getName(),
                        ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                        100),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    private static Consumer<byte[], byte[]> reader(KafkaClients kafka, String purpose) {
        return kafka.consumer(purpose, Optional.empty(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private PartitionJournal journal(KafkaClients kafka, Topics topics, Ledger ledger, int partition) {
        return new PartitionJournal(
                partition,
                kafka.producer(
                        "journal-" + partition,
                        Optional.of(ActuatorRights.transactionalId(common, partition)),
                        Map.of(),
                        new ByteArraySerializer(),
                        new ByteArraySerializer()),
                topics,
                ledger);
    }

    @Override
    public void close() {
        parts.close();
    }
}
