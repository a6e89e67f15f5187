package io.shardsync.actuator.intake;

import io.shardsync.actuator.ledger.Ledger;
import io.shardsync.actuator.ledger.PartitionJournal;
import io.shardsync.schemas.topic.Topics;
import io.shardsync.schemas.topic.TraceContext;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class BatchTest {
    private static final TopicPartition PARTITION = new TopicPartition("commands", 0);

    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final PartitionJournal journal =
            new PartitionJournal(0, producer, new Topics("batch.", "/test"), new Ledger());
    private final Batch batch = new Batch(journal, PARTITION, 7, new ConsumerGroupMetadata("actuators"));
    private final List<String> done = new ArrayList<>();

    @AfterEach
    void forgetTheTrace() {
        MDC.remove(TraceContext.LOGGED);
    }

    @Test
    void whatComesAfterwardsIsLoggedUnderItsOwnTraceAndWhatIsReadKeepsIts() {
        // Given
        journal.open();
        MDC.put(TraceContext.LOGGED, "earlier");
        batch.afterwards(() -> done.add(MDC.get(TraceContext.LOGGED)));
        batch.read(record(7));
        // When
        MDC.put(TraceContext.LOGGED, "later");
        batch.commit();
        // Then
        assertThat(done).containsExactly("earlier");
        assertThat(MDC.get(TraceContext.LOGGED)).isEqualTo("later");
        assertThat(batch.committed()).isEqualTo(8);
    }

    @Test
    void nothingIsDoneWhereNothingCouldBeWritten() {
        // Given
        journal.open();
        batch.afterwards(() -> done.add("done"));
        batch.read(record(7));
        producer.commitTransactionException = new KafkaException("no");
        // When
        assertThatThrownBy(batch::commit).hasMessage("no");
        // Then
        assertThat(done).isEmpty();
        assertThat(batch.committed()).isEqualTo(7);
    }

    private static ConsumerRecord<byte[], byte[]> record(long offset) {
        return new ConsumerRecord<>(PARTITION.topic(), PARTITION.partition(), offset, null, null);
    }
}
