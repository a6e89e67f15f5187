package io.shardsync.collector.watch;

import io.micrometer.core.instrument.MeterRegistry;
import io.shardsync.collector.publish.Fenced;
import io.shardsync.collector.publish.SnapshotPublisher;
import io.shardsync.runtime.elasticsearch.Elasticsearch;
import io.shardsync.schemas.model.ClusterSnapshot;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * The running watch over one owned cluster: its threads, its connection, its publisher. Ends by itself only when
 * another instance fences it.
 */
public final class Watch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Watch.class);
    private static final Duration STOP = Duration.ofSeconds(5);

    private final String cluster;
    private final Watched watched;
    private final Timing timing;
    private final Elasticsearch elasticsearch;
    private final SnapshotPublisher publisher;
    private final Supplier<CompletableFuture<ClusterSnapshot>> newest;
    private final WatchMetrics metrics;
    private final Clock clock = Clock.tickMillis(ZoneOffset.UTC);
    private final Semaphore wake = new Semaphore(0);
    private final AtomicBoolean answersChanged = new AtomicBoolean();
    private final Thread watcher;
    private final Thread prober;
    private final NodesProbe probe;
    private final Hosts hosts;
    private volatile boolean stopping;

    /**
     * Prepares the watch.
     *
     * @param elasticsearch closed with the watch
     * @param publisher closed with the watch
     * @param newest asked for the cluster's newest snapshot (null if there is none) once no predecessor can add another
     * @param uncaught told of what must not happen
     */
    public Watch(
            Watched watched,
            Timing timing,
            Elasticsearch elasticsearch,
            SnapshotPublisher publisher,
            Supplier<CompletableFuture<ClusterSnapshot>> newest,
            MeterRegistry registry,
            Thread.UncaughtExceptionHandler uncaught) {
        this.watched = watched;
        this.cluster = watched.cluster();
        this.timing = timing;
        this.elasticsearch = elasticsearch;
        this.publisher = publisher;
        this.newest = newest;
        this.metrics = new WatchMetrics(registry, cluster, clock);
        this.hosts = new Hosts(elasticsearch, timing.nodeTimeout());
        this.probe = new NodesProbe(hosts, timing.poll(), clock, this::wakeUp, wake::release);
        this.watcher = thread("watch-" + cluster, this::watch, uncaught);
        this.prober = thread("probe-" + cluster, this::probe, uncaught);
    }

    private static Thread thread(String name, Runnable work, Thread.UncaughtExceptionHandler uncaught) {
        Thread thread = new Thread(work, name);
        thread.setUncaughtExceptionHandler(uncaught);
        thread.setDaemon(true);
        return thread;
    }

    /** Begins to watch. */
    public Watch start() {
        watcher.start();
        return this;
    }

    /** Whether it has ended by itself. */
    public boolean hasEnded() {
        return !watcher.isAlive();
    }

    private void wakeUp() {
        answersChanged.set(true);
        wake.release();
    }

    private void watch() {
        try {
            ClusterSnapshot last = takeOver();
            prober.start();
            ClusterWatcher steps =
                    new ClusterWatcher(watched, timing, hosts, probe, answersChanged, publisher, last, metrics, clock);
            while (!stopping) {
                rest(steps.step());
            }
        } catch (Fenced fenced) {
            log.atWarn().addKeyValue("cluster", cluster).log(fenced.getMessage());
        } catch (InterruptedException stopped) {
            log.atDebug().addKeyValue("cluster", cluster).log("watch interrupted");
        } catch (RuntimeException e) {
            if (!stopping) {
                throw e;
            }
        } finally {
            prober.interrupt();
        }
    }

    private void probe() {
        try {
            probe.run();
        } catch (RuntimeException e) {
            // A connection that is waited for is taken away by being closed, and not by a failure to reach somebody.
            if (!stopping) {
                throw e;
            }
        }
    }

    /** First fences the predecessor, and only then asks what it wrote last. */
    private ClusterSnapshot takeOver() throws Fenced, InterruptedException {
        publisher.fence(() -> !stopping, timing.poll());
        try {
            return newest.get().get();
        } catch (CancellationException givenUp) {
            // The group took the cluster away again before it was begun with, as when several instances start at once.
            throw new InterruptedException(givenUp.getMessage());
        } catch (ExecutionException e) {
            throw new IllegalStateException("the newest snapshot of " + cluster + " can't be had", e.getCause());
        }
    }

    private void rest(Duration pause) throws InterruptedException {
        if (wake.tryAcquire(Math.max(0, pause.toMillis()), TimeUnit.MILLISECONDS)) {
            wake.drainPermits();
        }
    }

    /** Stops at once; calls under way are broken off, and a collection under way is not published. */
    @Override
    public void close() {
        stopping = true;
        watcher.interrupt();
        prober.interrupt();
        elasticsearch.close();
        try {
            watcher.join(STOP.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        publisher.close();
        metrics.close();
    }
}
