package io.shardsync.collector.watch;

import io.shardsync.collector.read.ClusterReader;
import io.shardsync.collector.read.Position;
import io.shardsync.runtime.elasticsearch.CallFailed;
import io.shardsync.runtime.elasticsearch.Elasticsearch;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Whom to ask. All calls of a collection go to one host, and it is left when it has not done what was asked of it
 * alone: a call that fails because the master or another node hangs says nothing against the host that had to pass it
 * on.
 */
final class Hosts {
    /** What is known is not to wait longer for one who knows more; many times as long as a master takes. */
    private static final Duration SEARCH = Duration.ofMillis(250);

    private final List<ClusterReader> readers;
    private volatile int current;

    /** @param patience after which the asked node answers without those that are silent */
    Hosts(Elasticsearch elasticsearch, Duration patience) {
        readers = elasticsearch.hosts().stream()
                .map(host -> new ClusterReader(elasticsearch.on(host), patience))
                .toList();
    }

    /** The host to ask now. */
    ClusterReader reader() {
        return after(0);
    }

    /** The host that comes so many places after the one to ask now. */
    ClusterReader after(int places) {
        return readers.get(Math.floorMod(current + places, readers.size()));
    }

    int count() {
        return readers.size();
    }

    /** Asks the next one from now on. Only the watch's own thread may say so. */
    void next() {
        current = (current + 1) % readers.size();
    }

    /**
     * Looks for a host that a master of the same cluster answers, and asks it from now on; null if none is found soon,
     * as while the master really hangs. All are asked at once: each of them would be waited for then.
     *
     * @param unconfirmed where the host stands that the master does not answer
     */
    Position findAnsweringMaster(Position unconfirmed) {
        List<CompletableFuture<Position>> found = IntStream.range(1, readers.size())
                .mapToObj(this::after)
                .map(reader -> CompletableFuture.supplyAsync(() -> confirmed(reader, unconfirmed.clusterUuid()))
                        .completeOnTimeout(null, SEARCH.toMillis(), TimeUnit.MILLISECONDS))
                .toList();
        for (int places = 1; places < readers.size(); places++) {
            Position position = found.get(places - 1).join();
            if (position != null) {
                current = (current + places) % readers.size();
                return position;
            }
        }
        return null;
    }

    /** Where the asked node stands if the master of its cluster answers it; else null. */
    private static Position confirmed(ClusterReader reader, String clusterUuid) {
        try {
            boolean isSame = isOf(clusterUuid, reader.masterPosition(SEARCH));
            Position position = reader.position();
            return isSame && position.masterNode() != null ? position : null;
        } catch (CallFailed notThisOne) {
            return null;
        }
    }

    /**
     * Looks for a host that knows a master and asks it from now on; null if none of them does.
     *
     * @param clusterUuid of the cluster it must belong to; null if it may be any
     */
    Position findMaster(String clusterUuid) {
        for (int places = 1; places < readers.size(); places++) {
            try {
                Position position = after(places).position();
                if (isOf(clusterUuid, position) && position.masterNode() != null) {
                    current = (current + places) % readers.size();
                    return position;
                }
            } catch (CallFailed nextOne) {
                // Only those that answer are of interest here.
            }
        }
        return null;
    }

    private static boolean isOf(String clusterUuid, Position position) {
        return clusterUuid == null || clusterUuid.equals(position.clusterUuid());
    }
}
