package io.shardsync.schemas.topic;

import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.ClusterSnapshot;
import io.shardsync.schemas.model.ConsistencyReport;
import io.shardsync.schemas.model.Control;
import io.shardsync.schemas.model.Message;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.model.RecoveryEvent;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.RecoveryStep;
import io.shardsync.schemas.model.ReplicationStatus;
import io.shardsync.schemas.model.ShardKey;
import io.shardsync.schemas.model.ShardSnapshot;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

import java.time.Duration;
import java.util.List;

import static io.shardsync.schemas.topic.Topic.Cleanup.COMPACT;
import static io.shardsync.schemas.topic.Topic.Cleanup.COMPACT_AND_DELETE;
import static io.shardsync.schemas.topic.Topic.Cleanup.DELETE;
import static io.shardsync.schemas.topic.Topic.Layout.PARTITIONED;
import static io.shardsync.schemas.topic.Topic.Layout.SINGLE;

/**
 * All of ShardSync's topics under one prefix.
 *
 * @param prefix put before every name, {@code shardsync.} by default
 * @param source the CloudEvents source of what this service writes, such as {@code /shardsync/collector/c1}
 */
public record Topics(String prefix, String source) {

    public static final String DEFAULT_PREFIX = "shardsync.";

    private static final Serde<ShardKey> BY_SHARD = ShardKeySerde.create();
    private static final Serde<String> BY_STRING = Serdes.String();

    /** Key: shard. Every copy of every shard, as collected. */
    public Topic<ShardKey, ShardSnapshot> shardSnapshots() {
        return topic("shard.snapshot.v1", BY_SHARD, ShardSnapshot.class, DELETE, Duration.ofHours(1));
    }

    /** Key: shard. Progress of recoveries. */
    public Topic<ShardKey, RecoveryEvent> recoveryEvents() {
        return topic("shard.recovery.v1", BY_SHARD, RecoveryEvent.class, DELETE, Duration.ofDays(7));
    }

    /** Key: cluster. The end of each collection. */
    public Topic<String, ClusterSnapshot> clusterSnapshots() {
        return topic("cluster.snapshot.v1", BY_STRING, ClusterSnapshot.class, COMPACT_AND_DELETE, Duration.ofDays(1));
    }

    /** Key: shard. A deleted shard is a tombstone. */
    public Topic<ShardKey, ReplicationStatus> replicationStatuses() {
        return topic("replication.status.v1", BY_SHARD, ReplicationStatus.class, COMPACT, null);
    }

    /** Key: fingerprint. */
    public Topic<String, Alert> alerts() {
        return topic("alert.v1", BY_STRING, Alert.class, COMPACT, null);
    }

    /** Key: cluster. */
    public Topic<String, RecoveryCommand> recoveryCommands() {
        return topic("recovery.command.v1", BY_STRING, RecoveryCommand.class, DELETE, Duration.ofDays(7));
    }

    /** Key: command id. */
    public Topic<String, RecoveryResult> recoveryResults() {
        return topic("recovery.result.v1", BY_STRING, RecoveryResult.class, COMPACT, null);
    }

    /** Key: command id. */
    public Topic<String, RecoveryStep> recoverySteps() {
        return topic("recovery.step.v1", BY_STRING, RecoveryStep.class, DELETE, Duration.ofDays(30));
    }

    /** Key: {@code cluster/index/method}. A deleted index is a tombstone. */
    public Topic<String, ConsistencyReport> consistencyReports() {
        return topic("consistency.report.v1", BY_STRING, ConsistencyReport.class, COMPACT, null);
    }

    /** Key: {@code cluster-or-*}/pause, …/maintenance/ID or …/retired. A tombstone ends it. */
    public Topic<String, Control> controls() {
        return new Topic<>(
                prefix + "control.v1",
                Control.class,
                BY_STRING,
                events("control.v1", Control.class),
                COMPACT,
                null,
                SINGLE);
    }

    /** Key and value: the bytes that could not be used, as they came; see {@link DeadLetter} for the headers. */
    public Topic<byte[], byte[]> deadLetters() {
        return new Topic<>(
                prefix + "dead-letter.v1",
                byte[].class,
                Serdes.ByteArray(),
                Serdes.ByteArray(),
                DELETE,
                Duration.ofDays(7),
                SINGLE);
    }

    public List<Topic<?, ?>> all() {
        return List.of(
                shardSnapshots(),
                recoveryEvents(),
                clusterSnapshots(),
                replicationStatuses(),
                alerts(),
                recoveryCommands(),
                recoveryResults(),
                recoverySteps(),
                consistencyReports(),
                controls(),
                deadLetters());
    }

    private <K, V extends Message> Topic<K, V> topic(
            String suffix, Serde<K> keys, Class<V> type, Topic.Cleanup cleanup, Duration retention) {
        return new Topic<>(prefix + suffix, type, keys, events(suffix, type), cleanup, retention, PARTITIONED);
    }

    private <V extends Message> Serde<V> events(String suffix, Class<V> type) {
        return Serdes.serdeFrom(
                new CloudEventSerializer<>("io.shardsync." + suffix, source), new JsonDeserializer<>(type));
    }
}
