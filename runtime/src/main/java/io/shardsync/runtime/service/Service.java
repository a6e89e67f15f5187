package io.shardsync.runtime.service;

/** A running service, made of {@link Parts}. */
public interface Service extends AutoCloseable {
    /**
     * Starts everything and returns once it runs; work goes on in the service's own threads.
     *
     * @throws Exception when it can't start; what was started already is closed by the launcher
     */
    void start() throws Exception;

    /** Stops everything that was started. Called once, also after a start that failed half-way. */
    @Override
    void close();
}
