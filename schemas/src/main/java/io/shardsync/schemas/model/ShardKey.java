package io.shardsync.schemas.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * A shard's address, and the key of every topic about shards: {@code cluster/index/shard}. Neither cluster names nor
 * Elasticsearch's index names may contain a slash, so the text form is unambiguous.
 *
 * @param cluster the configured cluster name
 * @param index the index's name
 * @param shard the shard's number, from 0
 */
public record ShardKey(String cluster, String index, int shard) implements Comparable<ShardKey> {
    private static final int MOST_SHOWN = 300;

    /**
     * Reads the text form.
     *
     * @throws IllegalArgumentException if it is not {@code cluster/index/shard}
     */
    @JsonCreator
    public static ShardKey parse(String text) {
        int first = text.indexOf('/');
        int last = text.lastIndexOf('/');
        if (first <= 0 || last <= first + 1 || text.indexOf('/', first + 1) != last) {
            throw notAKey(text, null);
        }
        try {
            int shard = Integer.parseInt(text, last + 1, text.length(), 10);
            if (shard < 0) {
                throw notAKey(text, null);
            }
            return new ShardKey(text.substring(0, first), text.substring(first + 1, last), shard);
        } catch (NumberFormatException e) {
            throw notAKey(text, e);
        }
    }

    /** Quotes no more than an index's name may be long: keys are written by anybody, and may be megabytes. */
    private static IllegalArgumentException notAKey(String text, Exception cause) {
        String shown = text.length() <= MOST_SHOWN ? text : text.substring(0, MOST_SHOWN) + "…";
        return new IllegalArgumentException(
                "shard key '" + shown + "' is not of the form cluster/index/shard, for instance prod/orders/0", cause);
    }

    @Override
    public int compareTo(ShardKey other) {
        int byCluster = cluster.compareTo(other.cluster);
        int byIndex = byCluster != 0 ? byCluster : index.compareTo(other.index);
        return byIndex != 0 ? byIndex : Integer.compare(shard, other.shard);
    }

    @JsonValue
    @Override
    public String toString() {
        return cluster + "/" + index + "/" + shard;
    }
}
