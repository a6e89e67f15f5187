package io.shardsync.runtime.kafka;

import io.shardsync.runtime.config.TopicsConfig;
import io.shardsync.schemas.topic.Topic;
import io.shardsync.schemas.topic.Topics;

import java.util.List;

/** The topics of the contract as Kafka has to have them. */
public final class ContractTopics {
    private ContractTopics() {}

    /** All of them; every service sees to all, so that it does not matter which starts first. */
    public static List<TopicSpec> of(Topics topics, TopicsConfig config) {
        return topics.all().stream().map(topic -> spec(topic, config)).toList();
    }

    private static TopicSpec spec(Topic<?, ?> topic, TopicsConfig config) {
        int partitions = topic.layout() == Topic.Layout.SINGLE ? 1 : config.partitions();
        return new TopicSpec(topic.name(), partitions, topic.cleanup().policy(), topic.retention());
    }
}
