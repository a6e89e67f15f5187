package io.shardsync.actuator.bedside;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * One recovery that runs, from {@code GET _recovery?active_only=true}. A relocation is one too.
 *
 * @param shard the shard whose copy is being built
 * @param primary whether the copy is, or becomes, the primary
 * @param stage Elasticsearch's word, such as {@code INDEX}
 * @param target id of the node that gets the copy
 * @param startedAt {@code start_time_in_millis}; tells one recovery from the next on the same node
 * @param bytesTotal bytes to copy, those that could be reused left out; from 0
 * @param bytesDone bytes copied so far; in a recovery by operations 0 to the end
 * @param filesDone files copied so far
 * @param opsDone translog operations replayed so far
 * @param throttledMs how long source and target held it back on purpose, in milliseconds, summed
 */
public record Recovering(
        ShardId shard,
        boolean primary,
        String stage,
        String target,
        long startedAt,
        long bytesTotal,
        long bytesDone,
        long filesDone,
        long opsDone,
        long throttledMs) {

    static Recovering read(String index, JsonNode recovery) {
        JsonNode copied = recovery.path("index");
        JsonNode size = copied.path("size");
        long total = size.path("total_in_bytes").asLong()
                - size.path("reused_in_bytes").asLong();
        return new Recovering(
                new ShardId(index, recovery.path("id").asInt()),
                recovery.path("primary").asBoolean(),
                recovery.path("stage").asText("?"),
                recovery.path("target").path("id").asText(null),
                recovery.path("start_time_in_millis").asLong(),
                // Before a stage begins Elasticsearch says -1.
                Math.max(0, total),
                Math.max(0, size.path("recovered_in_bytes").asLong()),
                Math.max(0, copied.path("files").path("recovered").asLong()),
                Math.max(0, recovery.path("translog").path("recovered").asLong()),
                copied.path("source_throttle_time_in_millis").asLong()
                        + copied.path("target_throttle_time_in_millis").asLong());
    }

    /** What stays the same for as long as it runs. */
    public String id() {
        return shard + " " + target + " " + startedAt;
    }

    /** Whether nothing has moved since an earlier look at the same recovery, and nothing held it back on purpose. */
    public boolean standsStillSince(Recovering earlier) {
        return stage.equals(earlier.stage)
                && bytesDone == earlier.bytesDone
                && filesDone == earlier.filesDone
                && opsDone == earlier.opsDone
                && throttledMs == earlier.throttledMs;
    }
}
