package io.shardsync.processor.join;

import io.shardsync.schemas.model.ShardKey;
import io.shardsync.schemas.topic.Json;
import io.shardsync.schemas.topic.ShardKeySerde;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.internals.CacheFlushListener;
import org.apache.kafka.streams.state.internals.CachedStateStore;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The groups of which some copies have come and the last has not. They are kept as objects, and written to a store, and
 * so to Kafka, only when a commit finds them half-written: a collector writes the records of a group one after the
 * other, so nearly all groups come and go between two commits, and Streams' own cache would turn each into bytes first.
 */
final class PendingGroups implements StateStore, CachedStateStore<ShardKey, ReplicaGroup> {
    static final String NAME = "pending-by-shard";

    private final KeyValueStore<ShardKey, ReplicaGroup> written;
    private final Map<ShardKey, ReplicaGroup> pending = new HashMap<>();
    /** What the store holds; hardly ever anything. */
    private final Set<ShardKey> inStore = new HashSet<>();
    /** What the store does not know yet. */
    private final Set<ShardKey> changed = new HashSet<>();

    private PendingGroups(KeyValueStore<ShardKey, ReplicaGroup> written) {
        this.written = written;
    }

    static StoreBuilder<PendingGroups> builder() {
        return new Builder(Stores.keyValueStoreBuilder(
                Stores.inMemoryKeyValueStore(NAME), ShardKeySerde.create(), Json.serde(ReplicaGroup.class)));
    }

    /** To be called once the store is restored: what it holds is pending. */
    void load() {
        clearCache();
        try (KeyValueIterator<ShardKey, ReplicaGroup> all = written.all()) {
            while (all.hasNext()) {
                KeyValue<ShardKey, ReplicaGroup> one = all.next();
                pending.put(one.key, one.value);
                inStore.add(one.key);
            }
        }
    }

    /** Null if no copy of the shard waits for the last one. */
    ReplicaGroup get(ShardKey key) {
        return pending.get(key);
    }

    void put(ShardKey key, ReplicaGroup group) {
        pending.put(key, group);
        changed.add(key);
    }

    void remove(ShardKey key) {
        pending.remove(key);
        if (inStore.contains(key)) {
            changed.add(key);
        } else {
            changed.remove(key);
        }
    }

    /** What Streams calls before it commits. */
    @Override
    public void flushCache() {
        for (ShardKey key : changed) {
            ReplicaGroup group = pending.get(key);
            written.put(key, group);
            if (group == null) {
                inStore.remove(key);
            } else {
                inStore.add(key);
            }
        }
        changed.clear();
    }

    @Override
    public void clearCache() {
        pending.clear();
        inStore.clear();
        changed.clear();
    }

    @Override
    public boolean setFlushListener(CacheFlushListener<ShardKey, ReplicaGroup> listener, boolean sendOldValues) {
        return false;
    }

    @Override
    public String name() {
        return written.name();
    }

    @Override
    public void init(StateStoreContext context, StateStore root) {
        clearCache();
        written.init(context, root);
    }

    @Override
    public void commit(Map<TopicPartition, Long> changelogOffsets) {
        written.commit(changelogOffsets);
    }

    @Override
    public void close() {
        clearCache();
        written.close();
    }

    @Override
    public boolean persistent() {
        return written.persistent();
    }

    @Override
    public boolean isOpen() {
        return written.isOpen();
    }

    private record Builder(StoreBuilder<KeyValueStore<ShardKey, ReplicaGroup>> ofStore)
            implements StoreBuilder<PendingGroups> {
        @Override
        public PendingGroups build() {
            return new PendingGroups(ofStore.build());
        }

        @Override
        public StoreBuilder<PendingGroups> withCachingEnabled() {
            return this;
        }

        @Override
        public StoreBuilder<PendingGroups> withCachingDisabled() {
            return this;
        }

        @Override
        public StoreBuilder<PendingGroups> withLoggingEnabled(Map<String, String> config) {
            return new Builder(ofStore.withLoggingEnabled(config));
        }

        @Override
        public StoreBuilder<PendingGroups> withLoggingDisabled() {
            return new Builder(ofStore.withLoggingDisabled());
        }

        @Override
        public Map<String, String> logConfig() {
            return ofStore.logConfig();
        }

        @Override
        public boolean loggingEnabled() {
            return ofStore.loggingEnabled();
        }

        @Override
        public String name() {
            return ofStore.name();
        }
    }
}
