package io.shardsync.runtime.kafka;

/** Kafka can't be used as it is. The message says what was found and what to do; it needs no stack trace. */
public final class KafkaProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    KafkaProblem(String message, Throwable cause) {
        super(message, cause);
    }

    KafkaProblem(String message) {
        super(message);
    }
}
