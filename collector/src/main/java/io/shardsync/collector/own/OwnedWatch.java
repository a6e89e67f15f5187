package io.shardsync.collector.own;

import io.shardsync.schemas.model.ClusterSnapshot;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** What runs as long as a cluster is owned. */
public interface OwnedWatch extends AutoCloseable {
    /** Whether it gave up by itself: another instance fenced it. */
    boolean hasEnded();

    /** Returns only when nothing more can be written. */
    @Override
    void close();

    /** Starts one. */
    interface Factory {
        /**
         * Starts to watch.
         *
         * @param cluster configured name
         * @param newest asks for the newest snapshot of the cluster that is on the topic; completes with null if there
         *     is none
         */
        OwnedWatch start(String cluster, Supplier<CompletableFuture<ClusterSnapshot>> newest);
    }
}
