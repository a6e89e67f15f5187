package io.shardsync.processor.join;

import io.shardsync.schemas.model.ShardKey;
import io.shardsync.schemas.model.ShardSnapshot;
import io.shardsync.schemas.topic.Json;
import io.shardsync.schemas.topic.ShardKeySerde;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorSupplier;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.internals.CachedStateStore;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Holds a shard's copies until the last one of their collection, the primary, has come, and passes them on together. A
 * collector writes a group's records one after the other, so what is held is little and soon gone: the store's cache
 * keeps nearly all of it from Kafka and from disk, and only what a commit finds half-written is really written.
 */
public final class Gather implements FixedKeyProcessor<ShardKey, ShardSnapshot, CopyGroup> {
    static final String STORE = "pending-by-shard";

    private FixedKeyProcessorContext<ShardKey, CopyGroup> context;
    private KeyValueStore<ShardKey, ReplicaGroup> store;
    /** The store once more, as objects. */
    private final Map<ShardKey, ReplicaGroup> pending = new HashMap<>();

    private Gather() {}

    public static FixedKeyProcessorSupplier<ShardKey, ShardSnapshot, CopyGroup> byShard() {
        return new FixedKeyProcessorSupplier<>() {
            @Override
            public FixedKeyProcessor<ShardKey, ShardSnapshot, CopyGroup> get() {
                return new Gather();
            }

            @Override
            public Set<StoreBuilder<?>> stores() {
                return Set.of(Stores.keyValueStoreBuilder(
                                Stores.inMemoryKeyValueStore(STORE),
                                ShardKeySerde.create(),
                                Json.serde(ReplicaGroup.class))
                        .withCachingEnabled());
            }
        };
    }

    @Override
    public void init(FixedKeyProcessorContext<ShardKey, CopyGroup> processorContext) {
        context = processorContext;
        store = context.getStateStore(STORE);
        leaveNoTraceOfWhatCameAndWent();
        pending.clear();
        try (KeyValueIterator<ShardKey, ReplicaGroup> all = store.all()) {
            while (all.hasNext()) {
                KeyValue<ShardKey, ReplicaGroup> one = all.next();
                pending.put(one.key, one.value);
            }
        }
    }

    /**
     * A cache that has a listener does not write the end of what it never wrote, which here is nearly everything; that
     * it has none is the only reason for which it does.
     */
    @SuppressWarnings("unchecked")
    private void leaveNoTraceOfWhatCameAndWent() {
        if (store instanceof CachedStateStore<?, ?> cache) {
            ((CachedStateStore<ShardKey, ReplicaGroup>) cache).setFlushListener(flushed -> {}, false);
        }
    }

    @Override
    public void process(FixedKeyRecord<ShardKey, ShardSnapshot> record) {
        ShardSnapshot copy = record.value();
        ReplicaGroup held = pending.get(record.key());
        long wallMs = context.currentSystemTimeMs();
        if (!CopyGroup.completes(copy)) {
            ReplicaGroup next = (held == null ? ReplicaGroup.empty() : held).with(copy, wallMs);
            pending.put(record.key(), next);
            store.put(record.key(), next);
            return;
        }
        // What a newer collection has begun is not lost to the end of an older one.
        if (held != null && !held.isOfNewerThan(copy, wallMs)) {
            pending.remove(record.key());
            store.put(record.key(), null);
        }
        context.forward(record.withValue(CopyGroup.of(copy, held)));
    }
}
