package io.shardsync.cli.send;

import io.shardsync.schemas.model.RecoveryCommand;

import java.time.Duration;
import java.util.Optional;

/** A way to an actuator and back. */
public interface Route extends AutoCloseable {
    /**
     * Hands it over; it has arrived when this returns.
     *
     * @return as it was sent
     */
    RecoveryCommand send(RecoveryCommand command);

    /**
     * The newest of what is told about a command, if it is new.
     *
     * @param atMost how long to wait for it
     */
    Optional<Told> next(String commandId, Duration atMost);

    /** What is in the way just now, while it is tried on; empty if nothing is. */
    default Optional<String> trouble() {
        return Optional.empty();
    }

    @Override
    void close();
}
