package io.shardsync.processor;

import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.TransactionAbortableException;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

class ThreadFailureTest {
    private final List<Throwable> fatal = new ArrayList<>();
    private final ThreadFailure handler = new ThreadFailure(fatal::add);

    @Test
    void aThreadWhoseTransactionKafkaGaveUpIsReplaced() {
        // As a hung broker left it: the transaction had timed out when it was to be committed.
        Throwable timedOut = new StreamsException(
                "Error encountered trying to commit a transaction",
                new InvalidTxnStateException("The producer attempted a transactional operation in an invalid state."));
        Throwable abortable = new StreamsException("x", new TransactionAbortableException("y"));

        assertThat(handler.handle(timedOut)).isEqualTo(StreamThreadExceptionResponse.REPLACE_THREAD);
        assertThat(handler.handle(abortable)).isEqualTo(StreamThreadExceptionResponse.REPLACE_THREAD);
        assertThat(fatal).isEmpty();
    }

    @Test
    void anyOtherFailureEndsTheProcess() {
        Throwable failure = new StreamsException("x", new IllegalStateException("y"));

        assertThat(handler.handle(failure)).isEqualTo(StreamThreadExceptionResponse.SHUTDOWN_CLIENT);
        assertThat(fatal).containsExactly(failure);
    }
}
