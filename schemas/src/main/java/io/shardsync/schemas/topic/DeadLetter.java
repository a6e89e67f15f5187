package io.shardsync.schemas.topic;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

import static java.nio.charset.StandardCharsets.UTF_8;

/** A record that could not be used: its bytes as they came, its own headers, and why, in headers of ours. */
public final class DeadLetter {
    /** One line for people: what, where, found, allowed. */
    public static final String REASON = "shardsync_reason";

    public static final String SERVICE = "shardsync_service";
    public static final String TOPIC = "shardsync_topic";
    public static final String PARTITION = "shardsync_partition";
    public static final String OFFSET = "shardsync_offset";

    private DeadLetter() {}

    /**
     * @param topics names the dead letters' topic
     * @param record as it came
     * @param service which service could not use it
     * @param reason why not
     */
    public static ProducerRecord<byte[], byte[]> of(
            Topics topics, ConsumerRecord<byte[], byte[]> record, String service, String reason) {
        ProducerRecord<byte[], byte[]> letter =
                new ProducerRecord<>(topics.deadLetters().name(), null, record.key(), record.value(), record.headers());
        letter.headers()
                .add(REASON, reason.getBytes(UTF_8))
                .add(SERVICE, service.getBytes(UTF_8))
                .add(TOPIC, record.topic().getBytes(UTF_8))
                .add(PARTITION, Integer.toString(record.partition()).getBytes(UTF_8))
                .add(OFFSET, Long.toString(record.offset()).getBytes(UTF_8));
        return letter;
    }
}
