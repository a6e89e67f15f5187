package io.shardsync.processor.notify;

/** Nobody took it; it may be tried again. */
final class NotTold extends Exception {
    private static final long serialVersionUID = 1;

    private final boolean reached;

    /** @param reached whether there was somebody at the address, who might take something else */
    NotTold(String message, Throwable cause, boolean reached) {
        super(message, cause);
        this.reached = reached;
    }

    boolean reached() {
        return reached;
    }
}
