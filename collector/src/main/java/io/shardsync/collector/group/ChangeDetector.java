package io.shardsync.collector.group;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Knows what was published last, in about nine bytes a group, and so which groups are news.
 *
 * <p>Not safe for use by several threads. One pass at a time.
 */
public final class ChangeDetector {
    private Map<String, Shards> published = new HashMap<>();

    /**
     * Begins a collection. Until {@link Pass#commit()} nothing of it counts as published.
     *
     * @param full whether every group goes out
     */
    public Pass begin(boolean full) {
        return new Pass(full);
    }

    /** Number of groups known to be published. */
    public int size() {
        return published.values().stream().mapToInt(Shards::count).sum();
    }

    /** One collection. */
    public final class Pass {
        private final Map<String, Shards> seen = new HashMap<>();
        private final boolean full;
        private boolean settled = true;

        private Pass(boolean full) {
            this.full = full;
        }

        /** Notes a group and says whether to publish it: changed, unsettled, or all of them wanted. */
        public boolean isNews(CopyGroup group) {
            long digest = group.digest();
            Shards now = seen.get(group.index());
            if (now == null) {
                now = new Shards(group.indexUuid());
                seen.put(group.index(), now);
            }
            now.put(group.shard(), digest);
            Shards before = published.get(group.index());
            boolean changed = before == null || !before.has(group.shard()) || before.digests[group.shard()] != digest;
            boolean isSettled = group.isSettled();
            settled &= isSettled;
            return full || changed || !isSettled;
        }

        /** Whether every group noted so far is settled. */
        public boolean isSettled() {
            return settled;
        }

        /** After all groups have been noted: those that were there and are no more. */
        public void forEachRemoved(Consumer<RemovedGroup> visitor) {
            published.forEach((index, before) -> {
                Shards now = seen.get(index);
                for (int shard = 0; shard < before.digests.length; shard++) {
                    if (before.has(shard) && (now == null || !now.has(shard))) {
                        visitor.accept(new RemovedGroup(index, before.uuid, shard));
                    }
                }
            });
        }

        /** What this pass called news is published. */
        public void commit() {
            published = seen;
        }
    }

    /** The shards of one index; their numbers are dense and begin at 0. */
    private static final class Shards {
        private final String uuid;
        private long[] digests = new long[1];
        private boolean[] present = new boolean[1];

        Shards(String uuid) {
            this.uuid = uuid;
        }

        void put(int shard, long digest) {
            if (shard >= digests.length) {
                int length = Math.max(shard + 1, digests.length * 2);
                digests = Arrays.copyOf(digests, length);
                present = Arrays.copyOf(present, length);
            }
            digests[shard] = digest;
            present[shard] = true;
        }

        boolean has(int shard) {
            return shard < present.length && present[shard];
        }

        int count() {
            int count = 0;
            for (boolean there : present) {
                count += there ? 1 : 0;
            }
            return count;
        }
    }
}
