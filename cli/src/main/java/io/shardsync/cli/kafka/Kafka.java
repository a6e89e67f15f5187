package io.shardsync.cli.kafka;

import io.shardsync.cli.print.Exit;
import io.shardsync.cli.print.Failure;
import io.shardsync.runtime.config.CommonConfig;
import io.shardsync.runtime.kafka.KafkaClients;
import io.shardsync.runtime.kafka.KafkaProblem;
import io.shardsync.runtime.kafka.KafkaReach;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;

/** Whether Kafka is there, and has what is needed. Nothing is created: that is for the services. */
public final class Kafka implements AutoCloseable {
    private static final int ANSWER_MS = 10_000;
    private static final Duration CLOSE = Duration.ofSeconds(1);

    private final CommonConfig config;
    private final Admin admin;

    private Kafka(CommonConfig config, Admin admin) {
        this.config = config;
        this.admin = admin;
    }

    /** @throws Failure in the words of the services, if there is no answer */
    public static Kafka reach(CommonConfig config) {
        try {
            Kafka kafka = new Kafka(config, new KafkaClients(config).admin("reach"));
            new KafkaReach(config).ask(kafka.admin, KafkaReach.PATIENCE);
            return kafka;
        } catch (KafkaProblem e) {
            throw new Failure(Exit.UNREACHABLE, e.getMessage(), e);
        }
    }

    /** @throws Failure if there is no such topic */
    public List<TopicPartition> partitions(String topic) {
        try {
            return admin
                    .describeTopics(List.of(topic), new DescribeTopicsOptions().timeoutMs(ANSWER_MS))
                    .topicNameValues()
                    .get(topic)
                    .get()
                    .partitions()
                    .stream()
                    .map(each -> new TopicPartition(topic, each.partition()))
                    .toList();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                throw new Failure(
                        Exit.USAGE,
                        "Kafka at " + config.bootstrap() + " has no topic " + topic
                                + "; is topics.prefix right, and has a service been started?",
                        e);
            }
            throw new Failure(
                    Exit.UNREACHABLE,
                    "Kafka at " + config.bootstrap() + " does not describe topic " + topic + ": "
                            + e.getCause().getMessage(),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Exit.FAULT, "interrupted", e);
        }
    }

    @Override
    public void close() {
        admin.close(CLOSE);
    }
}
