package io.shardsync.collector.publish;

/**
 * A collection did not get onto the topics, or it is not known whether it did. Either way nothing of it may be taken
 * for published, and the next one must be full.
 */
public final class NotPublished extends Exception {
    private static final long serialVersionUID = 1L;

    NotPublished(Throwable cause) {
        super("the collection could not be published: " + cause.getMessage(), cause);
    }
}
