package io.shardsync.processor.count;

import io.shardsync.processor.judge.Symptom;
import io.shardsync.processor.judge.Symptom.Kind;
import io.shardsync.schemas.model.ReplicationStatus.Health;
import io.shardsync.schemas.model.ShardKey;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Running counts over the shards of one cluster in one task. Healthy shards cost a counter, only those that lag,
 * recover or have something wrong are kept: making a summary takes time in proportion to what is wrong, not to how many
 * shards there are.
 */
final class Tally {
    /** Enough to explain alerts, which name twenty indices at most. */
    private static final int MOST_GONE = 1000;

    private final Map<Health, Integer> shards = new EnumMap<>(Health.class);
    private final Map<ShardKey, ShardEntry> notable = new TreeMap<>();
    private final Set<String> gone = new TreeSet<>();
    private Instant newest = Instant.EPOCH;

    void add(ShardKey key, ShardEntry entry) {
        count(entry);
        if (isNotable(entry)) {
            notable.put(key, entry);
        }
        asOf(entry.at());
    }

    /** What is counted is so at that time, or was later. */
    void asOf(Instant at) {
        newest = at.isAfter(newest) ? at : newest;
    }

    /** As removed and added; nearly every shard is judged as before. */
    void replace(ShardKey key, ShardEntry before, ShardEntry entry) {
        if (before.health() != entry.health()) {
            uncount(before);
            count(entry);
        }
        if (isNotable(entry)) {
            notable.put(key, entry);
        } else if (isNotable(before)) {
            notable.remove(key);
        }
        asOf(entry.at());
    }

    void remove(ShardKey key, ShardEntry entry) {
        uncount(entry);
        notable.remove(key);
    }

    private void count(ShardEntry entry) {
        shards.merge(entry.health(), 1, Integer::sum);
    }

    private void uncount(ShardEntry entry) {
        shards.computeIfPresent(entry.health(), (health, count) -> count > 1 ? count - 1 : null);
    }

    /** The shard is no more, and with it its index. */
    void gone(ShardKey key, Instant at) {
        if (gone.size() < MOST_GONE) {
            gone.add(key.index());
        }
        asOf(at);
    }

    /** Counts as they are now; what has gone is told once. */
    PartitionSummary summary(String cluster, int partition) {
        int recovering = 0;
        long opsSum = 0;
        long opsMax = 0;
        long bytesSum = 0;
        long bytesMax = 0;
        Map<Finding.Identity, Group> groups = new LinkedHashMap<>();
        for (Map.Entry<ShardKey, ShardEntry> one : notable.entrySet()) {
            ShardEntry entry = one.getValue();
            recovering += entry.recovering();
            opsSum += entry.lagOps();
            opsMax = Math.max(opsMax, entry.lagOps());
            bytesSum += entry.lagBytes();
            bytesMax = Math.max(bytesMax, entry.lagBytes());
            for (Symptom symptom : entry.symptoms()) {
                groups.computeIfAbsent(identity(one.getKey(), symptom), identity -> new Group())
                        .add(one.getKey().index(), symptom);
            }
        }
        List<Finding> findings = new ArrayList<>();
        groups.forEach((identity, group) -> findings.add(group.finding(identity)));
        List<String> goneNow = List.copyOf(gone);
        gone.clear();
        return new PartitionSummary(
                cluster,
                partition,
                newest,
                new HashMap<>(shards),
                recovering,
                opsSum,
                opsMax,
                bytesSum,
                bytesMax,
                findings,
                goneNow);
    }

    private static boolean isNotable(ShardEntry entry) {
        return !entry.symptoms().isEmpty() || entry.lagOps() > 0 || entry.lagBytes() > 0 || entry.recovering() > 0;
    }

    private static Finding.Identity identity(ShardKey key, Symptom symptom) {
        boolean alone = symptom.kind() == Kind.REPLICA_STUCK || symptom.kind() == Kind.RECOVERY_STALLED;
        return new Finding.Identity(
                symptom.kind(), symptom.cause(), symptom.node(), alone ? key.index() + "/" + key.shard() : null);
    }

    /** Collects the copies of one finding; keys come sorted, so the first indices seen are the first by name. */
    private static final class Group {
        private final List<String> indices = new ArrayList<>();
        private int copies;
        private int primaries;
        private long worstOps;
        private long worstBytes;
        private Instant since = Instant.MAX;

        void add(String index, Symptom symptom) {
            copies++;
            primaries += isPrimary(symptom.kind()) ? 1 : 0;
            worstOps = Math.max(worstOps, symptom.ops());
            worstBytes = Math.max(worstBytes, symptom.bytes());
            since = symptom.since().isBefore(since) ? symptom.since() : since;
            boolean isNew =
                    indices.isEmpty() || !indices.get(indices.size() - 1).equals(index);
            if (isNew && indices.size() < Finding.EXAMPLES) {
                indices.add(index);
            }
        }

        private static boolean isPrimary(Kind kind) {
            return kind == Kind.PRIMARY_UNASSIGNED || kind == Kind.PRIMARY_PENDING;
        }

        Finding finding(Finding.Identity identity) {
            return new Finding(
                    identity.kind(),
                    identity.cause(),
                    identity.node(),
                    identity.shard(),
                    copies,
                    primaries,
                    worstOps,
                    worstBytes,
                    since,
                    indices);
        }
    }
}
