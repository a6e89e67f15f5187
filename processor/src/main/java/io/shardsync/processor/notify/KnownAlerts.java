package io.shardsync.processor.notify;

import io.shardsync.schemas.model.Alert;
import org.apache.kafka.common.TopicPartition;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The alerts of the partitions that this instance tells of. A partition counts only once it is read to its end: what it
 * said earlier may long be over.
 */
final class KnownAlerts {
    private final Map<TopicPartition, Partition> partitions = new HashMap<>();
    private long version;

    private static final class Partition {
        private final long toldUpTo;
        private final Map<String, KnownAlert> alerts = new TreeMap<>();
        private boolean complete;

        private Partition(long toldUpTo) {
            this.toldUpTo = toldUpTo;
        }
    }

    /** @param version grows with each change */
    record View(long version, List<KnownAlert> alerts) {}

    /** @param toldUpTo the offset up to which webhooks were told by whoever had the partition before */
    synchronized void take(TopicPartition partition, long toldUpTo) {
        partitions.put(partition, new Partition(toldUpTo));
    }

    synchronized void leave(Collection<TopicPartition> gone) {
        partitions.keySet().removeAll(gone);
        changed();
    }

    /** @param alert null for a tombstone */
    synchronized void put(TopicPartition partition, long offset, String fingerprint, Alert alert) {
        Partition into = partitions.get(partition);
        if (into == null) {
            return;
        }
        KnownAlert before = into.alerts.get(fingerprint);
        if (alert == null) {
            into.alerts.remove(fingerprint);
        } else {
            Alert told = before == null ? null : before.told();
            into.alerts.put(fingerprint, new KnownAlert(alert, offset < into.toldUpTo ? alert : told));
        }
        if (into.complete) {
            changed();
        }
    }

    synchronized void complete(TopicPartition partition) {
        Partition known = partitions.get(partition);
        if (known != null && !known.complete) {
            known.complete = true;
            changed();
        }
    }

    synchronized boolean isComplete(TopicPartition partition) {
        Partition known = partitions.get(partition);
        return known != null && known.complete;
    }

    synchronized View view() {
        List<KnownAlert> alerts = new ArrayList<>();
        partitions.values().stream()
                .filter(partition -> partition.complete)
                .forEach(partition -> alerts.addAll(partition.alerts.values()));
        return new View(version, alerts);
    }

    synchronized long version() {
        return version;
    }

    /** Waits until there is something newer than a version, or the time is over. */
    synchronized void awaitNewerThan(long seen, Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        long leftMs = limit.toMillis();
        while (version == seen && leftMs > 0) {
            wait(leftMs);
            leftMs = (deadline - System.nanoTime()) / 1_000_000;
        }
    }

    private void changed() {
        version++;
        notifyAll();
    }
}
