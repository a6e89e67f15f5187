package io.shardsync.actuator;

import io.shardsync.runtime.config.CommonConfig;
import io.shardsync.runtime.elasticsearch.Privilege;
import io.shardsync.runtime.kafka.KafkaRights;
import io.shardsync.schemas.topic.Topics;

import java.util.List;
import java.util.stream.IntStream;

/** What the actuator must be allowed. */
public final class ActuatorRights {
    private ActuatorRights() {}

    /** In Kafka. */
    public static KafkaRights kafka(CommonConfig config) {
        Topics topics = new Topics(config.topics().prefix(), "/shardsync/actuator");
        return KafkaRights.lookingAt(topics.all())
                .reading(
                        topics.clusterSnapshots(),
                        topics.recoveryCommands(),
                        topics.recoveryResults(),
                        topics.consistencyReports(),
                        topics.controls())
                .writing(
                        // What came to another partition than its own is passed on.
                        topics.recoveryCommands(),
                        topics.recoveryResults(),
                        topics.recoverySteps(),
                        topics.consistencyReports(),
                        topics.deadLetters())
                .inGroup(group(config))
                .underTransactionalIds(IntStream.range(0, config.topics().partitions())
                        .mapToObj(partition -> transactionalId(config, partition))
                        .toList());
    }

    /**
     * In Elasticsearch.
     *
     * @param heals whether it is configured to change something without being asked
     */
    public static List<Privilege> elasticsearch(boolean heals) {
        return List.of(
                Privilege.ofCluster("monitor", "any diagnosis").vital(),
                Privilege.ofIndices("monitor", "any diagnosis").vital(),
                Privilege.ofCluster(
                                "cluster:admin/reroute", "RETRY_FAILED, MOVE_SHARD, CANCEL_RECOVERY and RESYNC_REPLICA")
                        .vitalIf(heals),
                Privilege.ofCluster(
                                "cluster:admin/settings/update",
                                "ENABLE_ALLOCATION of a cluster, REBALANCE and OPTIMIZE_ALLOCATION")
                        .vitalIf(heals),
                Privilege.ofIndices("indices:admin/settings/update", "ENABLE_ALLOCATION of an index")
                        .vitalIf(heals),
                Privilege.ofIndices("read", "VERIFY_CONSISTENCY and RESYNC_REPLICA"),
                Privilege.ofIndices("maintenance", "VERIFY_CONSISTENCY and RESYNC_REPLICA"));
    }

    static String group(CommonConfig config) {
        return config.topics().prefix() + "actuator";
    }

    static String transactionalId(CommonConfig config, int partition) {
        return config.topics().prefix() + "actuator." + partition;
    }
}
