package io.shardsync.processor;

import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import io.shardsync.processor.alert.ClusterFigures;
import io.shardsync.processor.discard.Discard;
import io.shardsync.processor.notify.Notifier;
import io.shardsync.processor.serve.Face;
import io.shardsync.runtime.kafka.ContractTopics;
import io.shardsync.runtime.kafka.KafkaClients;
import io.shardsync.runtime.kafka.KafkaRightsCheck;
import io.shardsync.runtime.kafka.TopicAdmin;
import io.shardsync.runtime.ops.Metrics;
import io.shardsync.runtime.ops.OpsServer;
import io.shardsync.runtime.ops.Probe;
import io.shardsync.runtime.service.Parts;
import io.shardsync.runtime.service.Service;
import io.shardsync.runtime.service.ServiceContext;
import io.shardsync.schemas.topic.Topics;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;

/** Runs the topology, and answers from its stores. */
public final class ProcessorService implements Service {
    private static final Duration STANDSTILL = Duration.ofSeconds(60);

    /** Leaves its group: otherwise nobody would judge its shards until the group takes it for dead. */
    private static final CloseOptions CLOSE = CloseOptions.timeout(Duration.ofSeconds(5))
            .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP);

    private final ServiceContext context;
    private final ProcessorConfig config;
    private final KafkaClients clients;
    private final Topics topics;
    private final Parts parts = new Parts();
    private OpsServer server;

    public ProcessorService(ServiceContext context) {
        this.context = context;
        this.config = ProcessorConfig.from(context.settings());
        this.clients = new KafkaClients(context.common());
        this.topics = new Topics(context.common().topics().prefix(), "/shardsync/processor/" + UUID.randomUUID());
    }

    @Override
    public void start() {
        try (Admin admin = clients.admin("start")) {
            new KafkaRightsCheck(admin, context.common())
                    .require(ProcessorRights.kafka(
                            context.common(), config.telling().enabled()));
            new TopicAdmin(admin, context.common())
                    .ensure(ContractTopics.of(topics, context.common().topics()));
        }
        Metrics metrics = parts.add("metrics", Metrics.create());
        ClusterFigures figures = new ClusterFigures(metrics.registry());
        Properties properties = properties(Discard.Bin.of(topics, metrics.registry()));
        KafkaStreams streams =
                new KafkaStreams(new ProcessorTopology(topics, config, figures).build(properties), properties);
        streams.setUncaughtExceptionHandler(new ThreadFailure(context.fatal()::fatal));
        parts.add("streams", () -> streams.close(CLOSE));
        Face face = new Face(clients, topics, context.common().http(), context.fatal()::fatal);
        List<Probe> probes = List.of(
                new Probe("views", face::notReady),
                new Probe(
                        "streams",
                        () -> streams.state() == KafkaStreams.State.RUNNING
                                ? Optional.empty()
                                : Optional.of("state is " + streams.state())),
                new Probe(
                        "evaluation",
                        () -> figures.ageMs() <= STANDSTILL.toMillis()
                                ? Optional.empty()
                                : Optional.of("stands still for " + figures.ageMs() + " ms")));
        server = OpsServer.create(context.common().http(), metrics.registry(), probes, face::routes);
        parts.add("http", server.start());
        parts.add("face", face).start();
        if (config.telling().enabled()) {
            parts.add("notify", new Notifier(clients, topics, config.telling(), metrics.registry(), Clock.systemUTC()))
                    .start();
        }
        streams.start();
        metrics.bind(new KafkaStreamsMetrics(streams));
    }

    /** {@code http://HOST:PORT}, once started. */
    public String address() {
        return server.address();
    }

    @Override
    public void close() {
        parts.close();
    }

    private Properties properties(Discard.Bin bin) {
        Properties properties = new Properties();
        properties.putAll(StreamsSettings.preferences());
        properties.putAll(clients.streams());
        properties.putAll(StreamsSettings.of(context.common(), config, bin));
        return properties;
    }
}
