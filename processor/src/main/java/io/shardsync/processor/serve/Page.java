package io.shardsync.processor.serve;

import io.shardsync.schemas.model.ReplicationStatus;
import io.shardsync.schemas.model.ShardKey;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * One page of shards in the order of their keys.
 *
 * @param shards at most as many as asked for
 * @param cursor where the next page begins; null on the last one
 */
record Page(List<ReplicationStatus> shards, String cursor) {

    /**
     * @param query which shards, and how many
     * @param store by key
     */
    static Page of(ShardQuery query, ReadOnlyKeyValueStore<ShardKey, ReplicationStatus> store) {
        List<ReplicationStatus> found = new ArrayList<>();
        try (KeyValueIterator<ShardKey, ReplicationStatus> each = iterator(query, store)) {
            while (each.hasNext()) {
                KeyValue<ShardKey, ReplicationStatus> one = each.next();
                boolean past = query.after() == null || isAfter(one.key, query.after());
                if (past && query.matches(one.value)) {
                    if (found.size() == query.limit()) {
                        return new Page(
                                found, encode(found.get(found.size() - 1).key()));
                    }
                    found.add(one.value);
                }
            }
        }
        return new Page(found, null);
    }

    /** The key after which a page begins. */
    static ShardKey decode(String cursor) {
        return ShardKey.parse(new String(Base64.getUrlDecoder().decode(cursor), UTF_8));
    }

    private static String encode(ShardKey last) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(last.toString().getBytes(UTF_8));
    }

    private static KeyValueIterator<ShardKey, ReplicationStatus> iterator(
            ShardQuery query, ReadOnlyKeyValueStore<ShardKey, ReplicationStatus> store) {
        if (query.after() != null) {
            return store.range(query.after(), null);
        }
        return query.cluster() == null
                ? store.all()
                : store.prefixScan(query.cluster() + "/", (topic, prefix) -> prefix.getBytes(UTF_8));
    }

    /** The store's order is that of the bytes written. */
    private static boolean isAfter(ShardKey key, ShardKey other) {
        return java.util.Arrays.compareUnsigned(
                        key.toString().getBytes(UTF_8), other.toString().getBytes(UTF_8))
                > 0;
    }
}
