package io.shardsync.processor.notify;

/** Nobody took it; it may be tried again. */
final class NotTold extends Exception {
    private static final long serialVersionUID = 1;

    NotTold(String message, Throwable cause) {
        super(message, cause);
    }
}
