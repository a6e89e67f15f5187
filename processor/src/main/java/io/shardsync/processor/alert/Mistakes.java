package io.shardsync.processor.alert;

import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.SerializationException;

/** Tells the program's own mistakes about one cluster, which silence no other, from what ends the whole task. */
public final class Mistakes {
    private Mistakes() {}

    /**
     * What Kafka Streams says of the task as a whole, such as that it has been fenced, is for Streams to handle.
     *
     * @throws KafkaException the exception itself, unless it is about one record or no exception of Kafka's at all
     */
    public static void throwIfOfStreams(RuntimeException e) {
        if (e instanceof KafkaException && !(e instanceof SerializationException)) {
            throw e;
        }
    }
}
