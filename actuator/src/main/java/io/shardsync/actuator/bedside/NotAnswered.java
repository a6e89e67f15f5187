package io.shardsync.actuator.bedside;

/** A question to a cluster stayed without a usable answer; the message says which, of whom, and what came instead. */
public final class NotAnswered extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What kind of silence it is. */
    public enum Kind {
        UNREACHABLE,
        TIMEOUT,
        NO_MASTER,
        REFUSED
    }

    private final Kind kind;

    public NotAnswered(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    /** Whether the request may have been carried out all the same. */
    public boolean outcomeUnknown() {
        return kind == Kind.TIMEOUT || kind == Kind.UNREACHABLE;
    }
}
