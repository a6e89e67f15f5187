package io.shardsync.processor;

import io.shardsync.processor.notify.Notifier;
import io.shardsync.runtime.config.CommonConfig;
import io.shardsync.runtime.kafka.KafkaRights;
import io.shardsync.schemas.topic.Topics;

import java.util.List;

/** What the processor must be allowed in Kafka. */
public final class ProcessorRights {
    private ProcessorRights() {}

    /** @param tells whether it tells anybody of alerts */
    public static KafkaRights kafka(CommonConfig config, boolean tells) {
        Topics topics = new Topics(config.topics().prefix(), "/shardsync/processor");
        String application = application(config);
        KafkaRights rights = KafkaRights.lookingAt(topics.all())
                .reading(
                        topics.shardSnapshots(),
                        topics.recoveryEvents(),
                        topics.clusterSnapshots(),
                        topics.replicationStatuses(),
                        topics.alerts(),
                        topics.recoveryCommands(),
                        topics.recoveryResults(),
                        topics.consistencyReports(),
                        topics.controls())
                .writing(
                        topics.replicationStatuses(),
                        topics.alerts(),
                        topics.recoveryCommands(),
                        topics.consistencyReports(),
                        topics.controls(),
                        topics.deadLetters())
                .inGroup(application)
                // The ids that Kafka Streams makes begin like this.
                .underTransactionalIds(List.of(application + "-0"))
                .making(application + "-");
        return tells ? rights.inGroup(Notifier.group(config.topics().prefix())) : rights;
    }

    static String application(CommonConfig config) {
        return config.topics().prefix() + "processor";
    }
}
