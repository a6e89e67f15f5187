package io.shardsync.schemas;

import io.shardsync.schemas.topic.DeadLetter;
import io.shardsync.schemas.topic.Topics;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

class DeadLetterTest {
    private static final Topics TOPICS = new Topics("shardsync.", "/shardsync/test");
    private static final int KAFKAS_LIMIT = 1_048_576;

    @Test
    void holdsTheRecordAsItCameAndWhereFrom() {
        ConsumerRecord<byte[], byte[]> record = record(new byte[] {1}, new byte[900]);
        record.headers().add("traceparent", new byte[] {7});

        ProducerRecord<byte[], byte[]> letter = DeadLetter.of(TOPICS, record, "processor", "no JSON");

        assertThat(letter.topic()).isEqualTo("shardsync.dead-letter.v1");
        assertThat(letter.key()).isEqualTo(record.key());
        assertThat(letter.value()).isEqualTo(record.value());
        assertThat(text(letter, DeadLetter.REASON)).isEqualTo("no JSON");
        assertThat(text(letter, DeadLetter.OFFSET)).isEqualTo("42");
        assertThat(letter.headers().lastHeader("traceparent")).isNotNull();
        assertThat(letter.headers().lastHeader(DeadLetter.SIZE)).isNull();
    }

    @Test
    void aRecordThatKafkaWouldNotTakeAgainIsCutAndSaysHowLongItWas() {
        ConsumerRecord<byte[], byte[]> record = record(new byte[500_000], new byte[5_000_000]);
        record.headers().add("huge", new byte[2_000_000]);

        ProducerRecord<byte[], byte[]> letter = DeadLetter.of(TOPICS, record, "processor", "too long");

        assertThat(letter.key().length + letter.value().length).isLessThan(KAFKAS_LIMIT / 2);
        assertThat(letter.headers().lastHeader("huge")).isNull();
        assertThat(text(letter, DeadLetter.SIZE)).isEqualTo("5000000");
        assertThat(text(letter, DeadLetter.PARTITION)).isEqualTo("3");
    }

    @Test
    void aReasonThatQuotesAMegabyteIsCut() {
        ProducerRecord<byte[], byte[]> letter =
                DeadLetter.of(TOPICS, record(null, new byte[10]), "processor", "found " + "x".repeat(1_000_000));

        assertThat(text(letter, DeadLetter.REASON)).startsWith("found xxx").hasSizeLessThan(1_500);
    }

    private static ConsumerRecord<byte[], byte[]> record(byte[] key, byte[] value) {
        return new ConsumerRecord<>("shardsync.shard.snapshot.v1", 3, 42, key, value);
    }

    private static String text(ProducerRecord<byte[], byte[]> letter, String name) {
        Header header = letter.headers().lastHeader(name);
        return new String(header.value(), UTF_8);
    }
}
