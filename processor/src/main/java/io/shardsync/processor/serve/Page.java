package io.shardsync.processor.serve;

import io.shardsync.schemas.model.ShardKey;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.NavigableMap;

/**
 * One page of shards in the order of their keys.
 *
 * @param shards at most as many as asked for
 * @param cursor where the next page begins; null on the last one
 */
record Page(List<ShardEntry> shards, String cursor) {

    static Page of(ShardQuery query, NavigableMap<ShardKey, ShardEntry> all) {
        List<ShardEntry> found = new ArrayList<>();
        for (ShardEntry shard : range(query, all).values()) {
            if (query.cluster() != null && !query.cluster().equals(shard.key().cluster())) {
                break;
            }
            if (query.matches(shard)) {
                if (found.size() == query.limit()) {
                    return new Page(found, encode(found.get(found.size() - 1).key()));
                }
                found.add(shard);
            }
        }
        return new Page(found, null);
    }

    /** The records as they came, put together without being read. */
    byte[] json() {
        ByteArrayOutputStream out = new ByteArrayOutputStream(
                64 + shards.stream().mapToInt(shard -> shard.json().length + 1).sum());
        out.writeBytes(Answer.utf8("{\"shards\":["));
        for (int i = 0; i < shards.size(); i++) {
            if (i > 0) {
                out.write(',');
            }
            out.writeBytes(shards.get(i).json());
        }
        // A cursor is Base64: nothing in it needs escaping.
        out.writeBytes(Answer.utf8("],\"cursor\":" + (cursor == null ? "null" : "\"" + cursor + "\"") + "}"));
        return out.toByteArray();
    }

    private static NavigableMap<ShardKey, ShardEntry> range(ShardQuery query, NavigableMap<ShardKey, ShardEntry> all) {
        ShardKey first = query.cluster() == null ? null : new ShardKey(query.cluster(), "", 0);
        if (query.after() != null && (first == null || query.after().compareTo(first) >= 0)) {
            return all.tailMap(query.after(), false);
        }
        return first == null ? all : all.tailMap(first, true);
    }

    private static String encode(ShardKey last) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(last.toString().getBytes(StandardCharsets.UTF_8));
    }
}
