package io.shardsync.collector;

import io.shardsync.collector.own.OwnedWatch;
import io.shardsync.collector.own.Ownership;
import io.shardsync.collector.publish.SnapshotPublisher;
import io.shardsync.collector.watch.Timing;
import io.shardsync.collector.watch.Watch;
import io.shardsync.collector.watch.Watched;
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
import io.shardsync.schemas.model.ClusterSnapshot;
import io.shardsync.schemas.topic.Topics;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** The collector: shares the configured clusters with other instances and watches those that fall to it. */
public final class Collector implements Service {
    /**
     * A dead instance's clusters are watched by another within 10 s. Three and a half of them are left for that one to
     * be told, which takes a heartbeat at most, to fence the predecessor and to collect. Brokers allow 6 s at least.
     */
    private static final int SESSION_TIMEOUT_MS = 6_500;

    /** Off by default: it is one more thing that wakes up all the time. */
    private static final String TELEMETRY = CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG;

    private static final Map<String, Object> CONSUMING = Map.of(
            ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
            CooperativeStickyAssignor.class.getName(),
            ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
            SESSION_TIMEOUT_MS,
            ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG,
            2_000,
            // Both threads of a consumer that has nothing to do look up as often as this, all the time.
            ConsumerConfig.RETRY_BACKOFF_MS_CONFIG,
            1_000,
            TELEMETRY,
            false);

    /** Batches of a collection compress well; waiting long for a dead broker would only make the data old. */
    private static final Map<String, Object> PRODUCING = Map.of(
            TELEMETRY,
            false,
            ProducerConfig.COMPRESSION_TYPE_CONFIG,
            "lz4",
            ProducerConfig.LINGER_MS_CONFIG,
            5,
            ProducerConfig.BATCH_SIZE_CONFIG,
            128 * 1024,
            ProducerConfig.MAX_BLOCK_MS_CONFIG,
            20_000,
            ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
            10_000,
            ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
            20_000);

    private final CommonConfig common;
    private final CollectorConfig config;
    private final Fatal fatal;
    private final Topics topics;
    private final KafkaClients kafka;
    private final Metrics metrics = Metrics.create();
    private final Parts parts = new Parts();

    public Collector(ServiceContext context) {
        common = context.common();
        config = CollectorConfig.from(context.settings());
        fatal = context.fatal();
        topics = new Topics(common.topics().prefix(), "/shardsync/collector/" + config.id());
        kafka = new KafkaClients(common);
    }

    @Override
    public void start() {
        parts.add("metrics", metrics);
        ensureTopics();
        Ownership ownership = parts.add(
                "ownership",
                new Ownership(
                        kafka.consumer(
                                "ownership",
                                Optional.of(CollectorRights.group(common)),
                                CONSUMING,
                                new ByteArrayDeserializer(),
                                new ByteArrayDeserializer()),
                        topics.clusterSnapshots(),
                        common.clusters().stream().map(ClusterConfig::name).toList(),
                        this::watch,
                        fatal.uncaught()));
        parts.add(
                "http",
                OpsServer.create(common.http(), metrics.registry(), List.of(new Probe("kafka", ownership::notReady)))
                        .start());
        ownership.start();
        PrivilegeCheck.tellInBackground(common.clusters(), CollectorRights.elasticsearch());
    }

    private void ensureTopics() {
        try (Admin admin = kafka.admin("topics")) {
            new KafkaRightsCheck(admin, common).require(CollectorRights.kafka(common));
            new TopicAdmin(admin, common).ensure(ContractTopics.of(topics, common.topics()));
        }
    }

    private OwnedWatch watch(String cluster, Supplier<CompletableFuture<ClusterSnapshot>> newest) {
        ClusterConfig settings = common.cluster(cluster).orElseThrow();
        String transactionalId = CollectorRights.transactionalId(common, cluster);
        Watch watch = new Watch(
                        new Watched(cluster, Optional.ofNullable(config.uuids().get(cluster)), config.id()),
                        new Timing(config.poll(), settings.interval(), config.fullInterval(), config.nodeTimeout()),
                        Elasticsearch.of(settings),
                        new SnapshotPublisher(transactionalId, topics, () -> producer(cluster, transactionalId)),
                        newest,
                        metrics.registry(),
                        fatal.uncaught())
                .start();
        return new OwnedWatch() {
            @Override
            public boolean hasEnded() {
                return watch.hasEnded();
            }

            @Override
            public void close() {
                watch.close();
            }
        };
    }

    private Producer<byte[], byte[]> producer(String cluster, String transactionalId) {
        return kafka.producer(
                "snapshots-" + cluster,
                Optional.of(transactionalId),
                PRODUCING,
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    @Override
    public void close() {
        parts.close();
    }
}
