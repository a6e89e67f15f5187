package io.shardsync.collector;

import io.shardsync.runtime.config.ClusterConfig;
import io.shardsync.runtime.config.CommonConfig;
import io.shardsync.runtime.elasticsearch.Privilege;
import io.shardsync.runtime.kafka.KafkaRights;
import io.shardsync.schemas.topic.Topics;

import java.util.List;

/** What the collector must be allowed. */
public final class CollectorRights {
    private CollectorRights() {}

    /** In Kafka. */
    public static KafkaRights kafka(CommonConfig config) {
        Topics topics = new Topics(config.topics().prefix(), "/shardsync/collector");
        return KafkaRights.lookingAt(topics.all())
                .writing(topics.shardSnapshots(), topics.recoveryEvents(), topics.clusterSnapshots())
                .reading(topics.clusterSnapshots())
                .inGroup(group(config))
                .underTransactionalIds(config.clusters().stream()
                        .map(ClusterConfig::name)
                        .map(cluster -> transactionalId(config, cluster))
                        .toList());
    }

    /** In Elasticsearch. */
    public static List<Privilege> elasticsearch() {
        return List.of(
                Privilege.ofCluster("monitor", "seeing anything at all").vital(),
                Privilege.ofIndices("monitor", "the progress of recoveries, and switches of single indices"));
    }

    static String group(CommonConfig config) {
        return config.topics().prefix() + "collector";
    }

    static String transactionalId(CommonConfig config, String cluster) {
        return config.topics().prefix() + "collector." + cluster;
    }
}
