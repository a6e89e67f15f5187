package io.shardsync.actuator;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;

import static java.nio.charset.StandardCharsets.UTF_8;

/** What somebody has begun to write into a partition and neither commits nor aborts: as one who died leaves it. */
public final class ForeignTransaction implements AutoCloseable {
    private final KafkaProducer<byte[], byte[]> producer;

    public ForeignTransaction(String bootstrap, String topic, int partition) {
        producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrap,
                        "transactional.id",
                        UUID.randomUUID().toString()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        producer.initTransactions();
        producer.beginTransaction();
        try {
            producer.send(new ProducerRecord<>(topic, partition, "other".getBytes(UTF_8), null))
                    .get();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    public void abort() {
        producer.abortTransaction();
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(2));
    }
}
