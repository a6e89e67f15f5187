package io.shardsync.processor.serve;

import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.ClusterSnapshot;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.ReplicationStatus;
import io.shardsync.schemas.model.ShardKey;
import io.shardsync.schemas.topic.Topic;
import io.shardsync.schemas.topic.Topics;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * This instance's own copy of the compacted topics: a topology of global tables alone, apart from the one that judges,
 * so that a rebalance there never keeps an answer waiting here.
 */
public final class Stores implements AutoCloseable {
    static final String STATUSES = "status-by-shard";
    static final String ALERTS = "alert-by-fingerprint";
    static final String RESULTS = "result-by-command";
    static final String CLUSTERS = "snapshot-by-cluster";
    private static final Duration CLOSE = Duration.ofSeconds(3);

    private final KafkaStreams streams;

    /** @param settings of Kafka Streams, with an application id of their own */
    public Stores(Topics topics, Properties settings) {
        streams = new KafkaStreams(topology(topics), settings);
    }

    static Topology topology(Topics topics) {
        StreamsBuilder builder = new StreamsBuilder();
        keep(builder, topics.replicationStatuses(), STATUSES);
        keep(builder, topics.alerts(), ALERTS);
        keep(builder, topics.recoveryResults(), RESULTS);
        keep(builder, topics.clusterSnapshots(), CLUSTERS);
        return builder.build();
    }

    private static <K, V> void keep(StreamsBuilder builder, Topic<K, V> topic, String store) {
        builder.globalTable(
                topic.name(),
                Consumed.with(topic.keys(), topic.values()).withName("keep-" + store),
                Materialized.<K, V, KeyValueStore<Bytes, byte[]>>as(store)
                        .withKeySerde(topic.keys())
                        .withValueSerde(topic.values()));
    }

    /**
     * Reads the topics to their present ends, then goes on in the background.
     *
     * @param fatal told when it can't go on
     */
    public void start(Consumer<Throwable> fatal) {
        streams.setUncaughtExceptionHandler(failure -> {
            fatal.accept(failure);
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
        streams.start();
    }

    /** Why nothing can be answered now; empty when it can. */
    public Optional<String> notReady() {
        return streams.state() == KafkaStreams.State.RUNNING
                ? Optional.empty()
                : Optional.of("state is " + streams.state());
    }

    @Override
    public void close() {
        streams.close(CLOSE);
    }

    /** The stores can't be read yet, or for the moment. */
    public static final class NotReady extends RuntimeException {
        private static final long serialVersionUID = 1;

        NotReady(Exception cause) {
            super("the state is still being read from Kafka", cause);
        }
    }

    ReadOnlyKeyValueStore<ShardKey, ReplicationStatus> statuses() {
        return store(STATUSES);
    }

    List<Alert> alerts(Predicate<Alert> which) {
        return all(ALERTS, which);
    }

    List<RecoveryResult> results(Predicate<RecoveryResult> which) {
        return all(RESULTS, which);
    }

    RecoveryResult result(String commandId) {
        return this.<String, RecoveryResult>store(RESULTS).get(commandId);
    }

    List<ClusterSnapshot> clusters() {
        return all(CLUSTERS, snapshot -> true);
    }

    private <V> List<V> all(String name, Predicate<V> which) {
        List<V> found = new ArrayList<>();
        try (KeyValueIterator<String, V> each = this.<String, V>store(name).all()) {
            each.forEachRemaining(one -> {
                if (which.test(one.value)) {
                    found.add(one.value);
                }
            });
        }
        return found;
    }

    private <K, V> ReadOnlyKeyValueStore<K, V> store(String name) {
        try {
            return streams.store(StoreQueryParameters.fromNameAndType(name, QueryableStoreTypes.keyValueStore()));
        } catch (InvalidStateStoreException e) {
            throw new NotReady(e);
        }
    }
}
