package io.shardsync.sandbox;

/** The sandbox could not do what it was asked: what, where, what was found and what to do about it. */
public final class SandboxException extends RuntimeException {
    /** Nothing deeper caused it. */
    public SandboxException(String message) {
        super(message);
    }

    /** Keeps the cause. */
    public SandboxException(String message, Throwable cause) {
        super(message, cause);
    }
}
