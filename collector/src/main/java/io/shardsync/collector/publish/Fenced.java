package io.shardsync.collector.publish;

/** Another collector owns the cluster now. Nothing of what was to be published is visible. */
public final class Fenced extends Exception {
    private static final long serialVersionUID = 1L;

    Fenced(String transactionalId, Throwable cause) {
        super("another instance took over " + transactionalId, cause);
    }
}
