package io.shardsync.processor.serve;

import io.shardsync.runtime.kafka.KafkaClients;
import io.shardsync.schemas.topic.Topic;
import io.shardsync.schemas.topic.TraceContext;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Writes what people ask for to Kafka, and answers only once Kafka has it. */
final class Outbox implements AutoCloseable {
    /** Who asked, where a token of their own proved it; whoever approves has to be another. */
    static final String PRINCIPAL = "shardsync_principal";

    private static final Logger log = LoggerFactory.getLogger(Outbox.class);
    private static final int ANSWER_MS = 10_000;
    private static final int BLOCK_MS = 5_000;
    private static final Duration CLOSE = Duration.ofSeconds(1);

    private final Producer<byte[], byte[]> producer;

    Outbox(KafkaClients clients) {
        producer = clients.producer(
                "face",
                Optional.empty(),
                Map.of(
                        ProducerConfig.MAX_BLOCK_MS_CONFIG, BLOCK_MS,
                        ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, BLOCK_MS,
                        ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, ANSWER_MS,
                        ProducerConfig.LINGER_MS_CONFIG, 0),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /**
     * @param value null for a tombstone
     * @throws Problem 503 if Kafka did not confirm it
     */
    <V> void send(Topic<String, V> topic, String key, V value, Caller caller) {
        send(topic, key, value, caller, Optional.empty());
    }

    /** @param trace of the request */
    <V> void send(Topic<String, V> topic, String key, V value, Caller caller, Optional<TraceContext> trace) {
        ProducerRecord<byte[], byte[]> record = record(topic, key, value);
        trace.ifPresent(known -> known.addTo(record.headers()));
        if (caller.verified()) {
            record.headers().add(PRINCIPAL, caller.name().getBytes(UTF_8));
        }
        try {
            producer.send(record).get(ANSWER_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Problem.unavailable("the service is stopping");
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            log.warn("{} could not be written", topic.name(), e);
            throw Problem.unavailable("Kafka has not confirmed the record on " + topic.name()
                    + "; it may have arrived all the same. Sent again with the same id it is not executed twice");
        }
    }

    private static <V> ProducerRecord<byte[], byte[]> record(Topic<String, V> topic, String key, V value) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic.name(), key.getBytes(UTF_8), null);
        byte[] bytes = topic.values().serializer().serialize(topic.name(), record.headers(), value);
        return new ProducerRecord<>(topic.name(), null, key.getBytes(UTF_8), bytes, record.headers());
    }

    @Override
    public void close() {
        producer.close(CLOSE);
    }
}
