package io.shardsync.actuator.bedside;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * How far the recoveries that run have come, from {@code GET _recovery?active_only=true}.
 *
 * @param running how many run
 * @param bytesTotal bytes to copy, those that could be reused left out
 * @param bytesDone bytes copied so far
 * @param opsDone translog operations replayed so far; in a recovery by operations the bytes stay 0 to the end
 */
public record Recoveries(int running, long bytesTotal, long bytesDone, long opsDone) {
    public static final Recoveries NONE = new Recoveries(0, 0, 0, 0);

    /** Reads the answer. */
    public static Recoveries read(JsonNode indices) {
        Recoveries sum = NONE;
        for (JsonNode index : indices) {
            for (JsonNode recovery : index.path("shards")) {
                sum = sum.plus(one(recovery));
            }
        }
        return sum;
    }

    private static Recoveries one(JsonNode recovery) {
        JsonNode size = recovery.path("index").path("size");
        long total = size.path("total_in_bytes").asLong()
                - size.path("reused_in_bytes").asLong();
        // Before a stage begins Elasticsearch says -1.
        return new Recoveries(
                1,
                Math.max(0, total),
                Math.max(0, size.path("recovered_in_bytes").asLong()),
                Math.max(0, recovery.path("translog").path("recovered").asLong()));
    }

    private Recoveries plus(Recoveries other) {
        return new Recoveries(
                running + other.running,
                bytesTotal + other.bytesTotal,
                bytesDone + other.bytesDone,
                opsDone + other.opsDone);
    }

    /** Bytes still to copy; of the recoveries that run, not of those to come. */
    public long bytesRemaining() {
        return Math.max(0, bytesTotal - bytesDone);
    }
}
