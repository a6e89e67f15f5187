package io.shardsync.processor.discard;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.shardsync.runtime.log.Sparingly;
import io.shardsync.runtime.ops.Metrics;
import io.shardsync.schemas.topic.DeadLetter;
import io.shardsync.schemas.topic.Topics;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.streams.errors.DeserializationExceptionHandler;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.ProcessingExceptionHandler;
import org.apache.kafka.streams.processor.api.Record;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Sets aside a record that can't be read, or that no step can use, and goes on: one bad record never stops the
 * judgement of the others. Its bytes go to the dead letters as they came.
 */
public final class Discard implements DeserializationExceptionHandler, ProcessingExceptionHandler {
    /** Under this key of the Streams settings stands the {@link Bin} to use. */
    public static final String BIN = "shardsync.discard.bin";

    private static final Logger log = LoggerFactory.getLogger(Discard.class);
    private static final String SERVICE = "processor";

    private Bin bin;

    /**
     * Where discarded records go, and are counted.
     *
     * @param topics names the dead letters' topic
     * @param discarded how many there were
     * @param warnings whether to log one: whoever sends nothing else must not fill the disk, and the topic has them all
     */
    public record Bin(Topics topics, Counter discarded, Sparingly warnings) {
        public static Bin of(Topics topics, MeterRegistry registry) {
            return new Bin(
                    topics,
                    Counter.builder(Metrics.name("dead.letters"))
                            .description("Records that could not be used, and were set aside.")
                            .register(registry),
                    new Sparingly(Duration.ofSeconds(1)));
        }

        private ProducerRecord<byte[], byte[]> put(ErrorHandlerContext context, String reason) {
            discarded.increment();
            warnings.sayNow().ifPresent(unsaid -> log.atWarn()
                    .addKeyValue("topic", context.topic())
                    .addKeyValue("partition", context.partition())
                    .addKeyValue("offset", context.offset())
                    .addKeyValue("reason", reason)
                    .addKeyValue("others_since_the_last", unsaid)
                    .log("record set aside"));
            return DeadLetter.of(
                    topics,
                    new ConsumerRecord<>(
                            context.topic(),
                            context.partition(),
                            context.offset(),
                            context.sourceRawKey(),
                            context.sourceRawValue()),
                    SERVICE,
                    reason);
        }
    }

    @Override
    public void configure(Map<String, ?> settings) {
        bin = (Bin) settings.get(BIN);
    }

    @Override
    public DeserializationExceptionHandler.Response handleError(
            ErrorHandlerContext context, ConsumerRecord<byte[], byte[]> record, Exception exception) {
        return DeserializationExceptionHandler.Response.resume(List.of(bin.put(context, words(exception))));
    }

    @Override
    public ProcessingExceptionHandler.Response handleError(
            ErrorHandlerContext context, Record<?, ?> record, Exception exception) {
        if (exception instanceof SerializationException && context.topic() != null) {
            return ProcessingExceptionHandler.Response.resume(List.of(bin.put(context, words(exception))));
        }
        log.atError().setCause(exception).log("a step failed, which is a mistake in the program");
        if (context.topic() == null) {
            // By the clock, not because of a record: there is nothing to set aside, and the next tick tries again.
            bin.discarded.increment();
            return ProcessingExceptionHandler.Response.resume();
        }
        return ProcessingExceptionHandler.Response.resume(
                List.of(bin.put(context, "step " + context.processorNodeId() + " failed: " + exception)));
    }

    private static String words(Exception exception) {
        return exception instanceof SerializationException ? exception.getMessage() : exception.toString();
    }
}
