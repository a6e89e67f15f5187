package io.shardsync.processor.notify;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** Tells one target, in a thread of its own: one that hangs keeps nobody else waiting. */
final class Worker implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(Worker.class);
    private static final Duration LEAST = Duration.ofSeconds(1);
    private static final Duration MOST = Duration.ofSeconds(30);

    private final KnownAlerts known;
    private final Target target;
    private final Clock clock;
    private volatile long toldVersion = -1;

    Worker(KnownAlerts known, Target target, Clock clock) {
        this.known = known;
        this.target = target;
        this.clock = clock;
    }

    /** Whether everything up to a version of the alerts was told. */
    boolean hasTold(long version) {
        return toldVersion >= version;
    }

    @Override
    public void run() {
        Duration backoff = LEAST;
        try {
            while (!Thread.currentThread().isInterrupted()) {
                KnownAlerts.View view = known.view();
                try {
                    target.tell(view.alerts(), Instant.now(clock));
                    toldVersion = view.version();
                    backoff = LEAST;
                    // News in quick succession go out together.
                    Thread.sleep(LEAST.toMillis());
                    known.awaitNewerThan(view.version(), target.interval().minus(LEAST));
                } catch (NotTold e) {
                    Thread.sleep(backoff.toMillis());
                    backoff = backoff.multipliedBy(2).compareTo(MOST) < 0 ? backoff.multipliedBy(2) : MOST;
                } catch (RuntimeException e) {
                    log.error("telling of alerts failed; it goes on", e);
                    Thread.sleep(MOST.toMillis());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
