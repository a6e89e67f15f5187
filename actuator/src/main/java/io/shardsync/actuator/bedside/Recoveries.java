package io.shardsync.actuator.bedside;

import com.fasterxml.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * The recoveries that run, from {@code GET _recovery?active_only=true}.
 *
 * @param each one by one
 */
public record Recoveries(List<Recovering> each) {
    public static final Recoveries NONE = new Recoveries(List.of());

    /** What has to be asked for; the details of files can be megabytes. */
    public static final String FILTER = "*.shards.id,*.shards.stage,*.shards.primary,*.shards.start_time_in_millis,"
            + "*.shards.target.id,*.shards.index.size,*.shards.index.files.recovered,"
            + "*.shards.index.source_throttle_time_in_millis,*.shards.index.target_throttle_time_in_millis,"
            + "*.shards.translog.recovered";

    public Recoveries {
        each = List.copyOf(each);
    }

    /** Reads the answer. */
    public static Recoveries read(JsonNode indices) {
        List<Recovering> all = new ArrayList<>();
        indices.properties().forEach(index -> index.getValue()
                .path("shards")
                .forEach(recovery -> all.add(Recovering.read(index.getKey(), recovery))));
        return new Recoveries(all);
    }

    /** Those of one shard. */
    public Recoveries of(ShardId shard) {
        return new Recoveries(
                each.stream().filter(one -> one.shard().equals(shard)).toList());
    }

    /** How many run. */
    public int running() {
        return each.size();
    }

    /** Bytes to copy, those that could be reused left out. */
    public long bytesTotal() {
        return sum(Recovering::bytesTotal);
    }

    /** Bytes copied so far. */
    public long bytesDone() {
        return sum(Recovering::bytesDone);
    }

    /** Translog operations replayed so far. */
    public long opsDone() {
        return sum(Recovering::opsDone);
    }

    /** Bytes still to copy; of the recoveries that run, not of those to come. */
    public long bytesRemaining() {
        return Math.max(0, bytesTotal() - bytesDone());
    }

    private long sum(ToLongFunction<Recovering> what) {
        return each.stream().mapToLong(what).sum();
    }
}
