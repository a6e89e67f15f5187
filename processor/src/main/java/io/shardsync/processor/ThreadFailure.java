package io.shardsync.processor;

import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.TransactionAbortableException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.function.Consumer;

/**
 * What becomes of a stream thread that failed. Where Kafka gave up its transaction, another one takes its place and
 * begins at what was committed, as Streams itself does after most of Kafka's refusals; everything else ends the
 * process.
 *
 * <p>A transaction that is not ended within 10 s (Streams' {@code transaction.timeout.ms}) is given up by the broker
 * that coordinates it: so it happens to whoever waited for a broker that hangs. Longer would be worse: for that long
 * what a killed processor had begun holds up everybody who reads committed records only.
 */
final class ThreadFailure implements StreamsUncaughtExceptionHandler {
    private static final Logger log = LoggerFactory.getLogger(ThreadFailure.class);
    private final Consumer<Throwable> fatal;

    /** @param fatal is told what ends the process */
    ThreadFailure(Consumer<Throwable> fatal) {
        this.fatal = fatal;
    }

    @Override
    public StreamThreadExceptionResponse handle(Throwable failure) {
        if (isOfATransactionGivenUp(failure)) {
            log.atWarn()
                    .setCause(failure)
                    .log(
                            "Kafka has given up a transaction of this processor: it begins again at the last one committed");
            return StreamThreadExceptionResponse.REPLACE_THREAD;
        }
        fatal.accept(failure);
        return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }

    private static boolean isOfATransactionGivenUp(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof InvalidTxnStateException || cause instanceof TransactionAbortableException) {
                return true;
            }
        }
        return false;
    }
}
