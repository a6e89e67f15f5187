package io.shardsync.schemas.topic;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;

import java.util.Arrays;

import static java.nio.charset.StandardCharsets.UTF_8;

/** A record that could not be used: its bytes as they came, its own headers, and why, in headers of ours. */
public final class DeadLetter {
    /** One line for people: what, where, found, allowed. */
    public static final String REASON = "shardsync_reason";

    public static final String SERVICE = "shardsync_service";
    public static final String TOPIC = "shardsync_topic";
    public static final String PARTITION = "shardsync_partition";
    public static final String OFFSET = "shardsync_offset";

    /** Bytes of the value as it came; set only where the letter holds no more than its beginning. */
    public static final String SIZE = "shardsync_size";

    /** Kafka's producers refuse a megabyte, counted before compression: a record may be longer than they would take. */
    private static final int LONGEST = 900_000;

    private static final int BEGINNING = 100_000;

    /** A reason that quotes what was found may quote a megabyte. */
    private static final int LONGEST_REASON = 1_000;

    private DeadLetter() {}

    /**
     * @param topics names the dead letters' topic
     * @param record as it came; of one that Kafka would not take again, key and value are cut and the headers left out.
     *     Where it came from tells where the whole is
     * @param service which service could not use it
     * @param reason why not
     */
    public static ProducerRecord<byte[], byte[]> of(
            Topics topics, ConsumerRecord<byte[], byte[]> record, String service, String reason) {
        String topic = topics.deadLetters().name();
        boolean whole = length(record) <= LONGEST;
        ProducerRecord<byte[], byte[]> letter = whole
                ? new ProducerRecord<>(topic, null, record.key(), record.value(), record.headers())
                : new ProducerRecord<>(topic, null, beginning(record.key()), beginning(record.value()));
        if (!whole) {
            letter.headers().add(SIZE, Long.toString(length(record.value())).getBytes(UTF_8));
        }
        letter.headers()
                .add(REASON, cut(reason).getBytes(UTF_8))
                .add(SERVICE, service.getBytes(UTF_8))
                .add(TOPIC, record.topic().getBytes(UTF_8))
                .add(PARTITION, Integer.toString(record.partition()).getBytes(UTF_8))
                .add(OFFSET, Long.toString(record.offset()).getBytes(UTF_8));
        return letter;
    }

    private static String cut(String reason) {
        return reason.length() <= LONGEST_REASON ? reason : reason.substring(0, LONGEST_REASON) + "…";
    }

    private static long length(ConsumerRecord<byte[], byte[]> record) {
        long length = length(record.key()) + length(record.value());
        for (Header header : record.headers()) {
            length += header.key().length() + length(header.value());
        }
        return length;
    }

    private static long length(byte[] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    private static byte[] beginning(byte[] bytes) {
        return bytes == null || bytes.length <= BEGINNING ? bytes : Arrays.copyOf(bytes, BEGINNING);
    }
}
