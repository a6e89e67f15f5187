package io.shardsync.actuator.ledger;

/** Another actuator has taken over the partition; whatever this one was doing there, it must stop without a word. */
public final class Ousted extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public Ousted(String message, Throwable cause) {
        super(message, cause);
    }
}
