package io.shardsync.collector.watch;

import io.shardsync.collector.read.ClusterReader;
import io.shardsync.collector.read.Position;
import io.shardsync.runtime.elasticsearch.CallFailed;
import io.shardsync.runtime.elasticsearch.Elasticsearch;

import java.time.Duration;
import java.util.List;

/**
 * Whom to ask. All calls of a collection go to one host, and it is left when it has not done what was asked of it
 * alone: a call that fails because the master or another node hangs says nothing against the host that had to pass it
 * on.
 */
final class Hosts {
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
     * Looks for a host that knows a master and asks it from now on; null if none of them does.
     *
     * @param clusterUuid of the cluster it must belong to; null if it may be any
     */
    Position findMaster(String clusterUuid) {
        for (int places = 1; places < readers.size(); places++) {
            try {
                Position position = after(places).position();
                boolean isSame = clusterUuid == null || clusterUuid.equals(position.clusterUuid());
                if (isSame && position.masterNode() != null) {
                    current = (current + places) % readers.size();
                    return position;
                }
            } catch (CallFailed nextOne) {
                // Only those that answer are of interest here.
            }
        }
        return null;
    }
}
