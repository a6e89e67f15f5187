package io.shardsync.collector.watch;

import io.shardsync.collector.read.ClusterReader;
import io.shardsync.collector.read.Position;
import io.shardsync.runtime.elasticsearch.CallFailed;
import io.shardsync.runtime.elasticsearch.Elasticsearch;

import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Whom to ask. A host that does not answer is passed over by the connection itself; here it is about hosts that answer
 * and whose view is not to be believed.
 */
final class Hosts {
    private final Elasticsearch elasticsearch;
    private List<URI> order;
    private volatile ClusterReader reader;

    Hosts(Elasticsearch elasticsearch) {
        this.elasticsearch = elasticsearch;
        this.order = elasticsearch.hosts();
        this.reader = new ClusterReader(elasticsearch);
    }

    /** The reader to use now; it may be another one after each call of the methods below. */
    ClusterReader reader() {
        return reader;
    }

    int count() {
        return order.size();
    }

    /** Looks for a host that knows a master and asks it from now on; null if none of them does. */
    Position findMaster() {
        for (URI host : order) {
            try {
                Position position = new ClusterReader(elasticsearch.on(host)).position();
                if (position.masterNode() != null) {
                    beginWith(host);
                    return position;
                }
            } catch (CallFailed nextOne) {
                // Only those that answer are of interest here.
                continue;
            }
        }
        return null;
    }

    /** Asks another host first. */
    void rotate() {
        if (order.size() > 1) {
            beginWith(order.get(1));
        }
    }

    private void beginWith(URI host) {
        List<URI> rotated = new ArrayList<>(order);
        Collections.rotate(rotated, -rotated.indexOf(host));
        order = List.copyOf(rotated);
        reader = new ClusterReader(elasticsearch.on(order));
    }
}
