package io.shardsync.cli.send;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardsync.cli.kafka.Kafka;
import io.shardsync.cli.print.Exit;
import io.shardsync.cli.print.Failure;
import io.shardsync.runtime.config.CommonConfig;
import io.shardsync.runtime.kafka.KafkaClients;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.topic.Json;
import io.shardsync.schemas.topic.Topic;
import io.shardsync.schemas.topic.Topics;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Straight to the topic and back from the results', for where no processor is at hand. */
public final class KafkaRoute implements Route {
    private static final String SOURCE = "/shardsync/cli";
    private static final int ANSWER_MS = 15_000;
    private static final Duration CLOSE = Duration.ofSeconds(1);

    private final CommonConfig config;
    private final KafkaClients clients;
    private final Topics topics;
    private final Consumer<byte[], byte[]> results;

    /**
     * @param fromTheBeginning whether results that are there already count: those of an id that was used before
     * @throws Failure if Kafka does not answer, or has no such topics
     */
    public KafkaRoute(CommonConfig config, boolean fromTheBeginning) {
        this.config = config;
        clients = new KafkaClients(config);
        topics = new Topics(config.topics().prefix(), SOURCE);
        List<TopicPartition> partitions;
        try (Kafka kafka = Kafka.reach(config)) {
            kafka.partitions(topics.recoveryCommands().name());
            partitions = kafka.partitions(topics.recoveryResults().name());
        }
        results =
                clients.consumer("results", Optional.empty(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        results.assign(partitions);
        if (fromTheBeginning) {
            results.seekToBeginning(partitions);
        } else {
            results.seekToEnd(partitions);
        }
        // Seeking is lazy: where the ends are has to be known before anything is sent.
        partitions.forEach(results::position);
    }

    @Override
    public RecoveryCommand send(RecoveryCommand command) {
        Topic<String, RecoveryCommand> topic = topics.recoveryCommands();
        byte[] key = command.cluster().getBytes(UTF_8);
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic.name(), key, null);
        byte[] value = topic.values().serializer().serialize(topic.name(), record.headers(), command);
        try (Producer<byte[], byte[]> producer = clients.producer(
                "commands",
                Optional.empty(),
                Map.of(
                        ProducerConfig.MAX_BLOCK_MS_CONFIG,
                        ANSWER_MS / 2,
                        ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                        ANSWER_MS / 2,
                        ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                        ANSWER_MS,
                        ProducerConfig.LINGER_MS_CONFIG,
                        0),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic.name(), null, key, value, record.headers()))
                    .get();
            return command;
        } catch (ExecutionException | KafkaException e) {
            Throwable reason = e instanceof ExecutionException ? e.getCause() : e;
            throw new Failure(
                    Exit.UNREACHABLE,
                    "Kafka at " + config.bootstrap() + " has not confirmed the command: " + reason.getMessage()
                            + ". It may have arrived all the same; sent again with --id " + command.commandId()
                            + " it is not executed twice",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Exit.FAULT, "interrupted", e);
        }
    }

    @Override
    public Optional<Told> next(String commandId, Duration atMost) {
        Told newest = null;
        for (ConsumerRecord<byte[], byte[]> record : results.poll(atMost)) {
            if (record.key() != null && record.value() != null && commandId.equals(new String(record.key(), UTF_8))) {
                newest = told(record).orElse(newest);
            }
        }
        return Optional.ofNullable(newest);
    }

    private static Optional<Told> told(ConsumerRecord<byte[], byte[]> record) {
        try {
            JsonNode json = Json.MAPPER.readTree(record.value());
            return Optional.of(new Told(json, Optional.of(Json.MAPPER.treeToValue(json, RecoveryResult.class))));
        } catch (IOException e) {
            throw new Failure(
                    Exit.FAULT,
                    record.topic() + "-" + record.partition() + " offset " + record.offset()
                            + " is no result that this version can read: " + e.getMessage(),
                    e);
        }
    }

    @Override
    public void close() {
        results.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(CLOSE));
    }
}
