package io.shardsync.processor.judge;

import io.shardsync.schemas.model.ShardKey;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * The store of what is remembered of each shard, and those used last once more as they are: to read one from the store
 * costs more than to judge it, and it is the shards that are written to that come again with every collection.
 */
final class ShardMemories {
    /** Some three kilobytes each. */
    private static final int MOST_AT_HAND = 2_048;

    private final KeyValueStore<ShardKey, ShardMemory> store;

    @SuppressWarnings("serial")
    private final Map<ShardKey, ShardMemory> atHand = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<ShardKey, ShardMemory> eldest) {
            return size() > MOST_AT_HAND;
        }
    };

    ShardMemories(KeyValueStore<ShardKey, ShardMemory> store) {
        this.store = store;
    }

    /** Null if nothing is remembered. */
    ShardMemory get(ShardKey key) {
        ShardMemory known = atHand.get(key);
        if (known == null) {
            known = store.get(key);
            if (known != null) {
                atHand.put(key, known);
            }
        }
        return known;
    }

    void put(ShardKey key, ShardMemory memory) {
        store.put(key, memory);
        atHand.put(key, memory);
    }

    void delete(ShardKey key) {
        store.delete(key);
        atHand.remove(key);
    }

    void forEachOf(String cluster, BiConsumer<ShardKey, ShardMemory> action) {
        try (KeyValueIterator<ShardKey, ShardMemory> all =
                store.prefixScan(cluster + "/", (topic, prefix) -> prefix.getBytes(UTF_8))) {
            while (all.hasNext()) {
                KeyValue<ShardKey, ShardMemory> one = all.next();
                action.accept(one.key, one.value);
            }
        }
    }
}
