package io.shardsync.sandbox;

import io.shardsync.sandbox.junit.WithSandbox;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

@Tag("long")
@WithSandbox(nodes = 0, brokers = 3)
class ThreeBrokersIT {
    @Test
    void takeRecordsWhileOneOfThemIsDead(Sandbox sandbox) throws Exception {
        // Given
        String bootstrap = sandbox.kafka().bootstrap();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            admin.createTopics(List.of(new NewTopic("letters", 3, (short) 3)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }

        // When
        sandbox.kafka().broker(2).kill();

        // Then
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap, "acks", "all"),
                new StringSerializer(),
                new StringSerializer())) {
            for (int partition = 0; partition < 3; partition++) {
                long offset = producer.send(new ProducerRecord<>("letters", partition, "key", "value"))
                        .get(60, TimeUnit.SECONDS)
                        .offset();
                assertThat(offset).isZero();
            }
        }
    }
}
