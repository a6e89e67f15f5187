package io.shardsync.processor.notify;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Somebody who is told. Used by one thread. */
interface Target {
    /** How long to wait at most before telling again. */
    Duration interval();

    /**
     * Tells what is to be told now.
     *
     * @param alerts all that are known
     * @throws NotTold if it could not be told; it is tried again
     */
    void tell(List<KnownAlert> alerts, Instant now) throws NotTold, InterruptedException;
}
