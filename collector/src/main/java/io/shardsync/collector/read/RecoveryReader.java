package io.shardsync.collector.read;

import com.fasterxml.jackson.core.JsonParser;
import io.shardsync.schemas.model.RecoveryEvent.Amount;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads {@code GET _recovery}. */
public final class RecoveryReader {
    static final String FILTER = "*.shards.id,*.shards.type,*.shards.stage,*.shards.primary"
            + ",*.shards.start_time_in_millis,*.shards.stop_time_in_millis"
            + ",*.shards.source.name,*.shards.target.id,*.shards.target.name"
            + ",*.shards.index.size,*.shards.index.files.total,*.shards.index.files.reused"
            + ",*.shards.index.files.recovered,*.shards.index.source_throttle_time_in_millis"
            + ",*.shards.index.target_throttle_time_in_millis,*.shards.translog.total,*.shards.translog.recovered";

    private static final Set<String> AMOUNTS =
            Set.of("total", "total_in_bytes", "reused", "reused_in_bytes", "recovered", "recovered_in_bytes");

    private RecoveryReader() {}

    /** @throws IOException when the body is not JSON or ends early */
    public static List<RecoveryReading> read(JsonParser json) throws IOException {
        List<RecoveryReading> all = new ArrayList<>();
        json.nextToken();
        Walk.members(
                json,
                (index, at) -> Walk.members(at, (name, shards) -> {
                    if (name.equals("shards")) {
                        Walk.elements(shards, shard -> all.add(new Entry().read(index, shard)));
                    }
                }));
        return all;
    }

    private static final class Entry {
        private int shard;
        private String type;
        private String stage;
        private boolean primary;
        private String sourceNode;
        private String targetNodeId;
        private String targetNode;
        private long startedAt;
        private Instant endedAt;
        private Amount bytes = new Amount(0, 0, 0);
        private Amount files = new Amount(0, 0, 0);
        private long operationsTotal = -1;
        private long operationsRecovered;
        private long throttledMs;

        RecoveryReading read(String index, JsonParser json) throws IOException {
            Walk.members(json, this::field);
            return new RecoveryReading(
                    index,
                    shard,
                    type,
                    stage,
                    primary,
                    sourceNode,
                    targetNodeId,
                    targetNode,
                    Instant.ofEpochMilli(startedAt),
                    endedAt,
                    bytes,
                    files,
                    operationsTotal < 0 ? null : operationsTotal,
                    operationsRecovered,
                    throttledMs);
        }

        private void field(String name, JsonParser json) throws IOException {
            switch (name) {
                case "id" -> shard = Walk.number(json, 0);
                case "type" -> type = Walk.text(json);
                case "stage" -> stage = Walk.text(json);
                case "primary" -> primary = json.getValueAsBoolean();
                case "start_time_in_millis" -> startedAt = Walk.number(json, 0L);
                case "stop_time_in_millis" -> endedAt = Instant.ofEpochMilli(Walk.number(json, 0L));
                case "source" ->
                    Walk.members(json, (field, at) -> {
                        if (field.equals("name")) {
                            sourceNode = Walk.text(at);
                        }
                    });
                case "target" ->
                    Walk.members(json, (field, at) -> {
                        switch (field) {
                            case "id" -> targetNodeId = Walk.text(at);
                            case "name" -> targetNode = Walk.text(at);
                            default -> {}
                        }
                    });
                case "index" -> Walk.members(json, this::index);
                case "translog" ->
                    Walk.members(json, (field, at) -> {
                        switch (field) {
                            case "total" -> operationsTotal = Walk.number(at, -1L);
                            case "recovered" -> operationsRecovered = Math.max(0, Walk.number(at, 0L));
                            default -> {}
                        }
                    });
                default -> {}
            }
        }

        private void index(String name, JsonParser json) throws IOException {
            switch (name) {
                case "size" -> bytes = amount(json);
                case "files" -> files = amount(json);
                case "source_throttle_time_in_millis", "target_throttle_time_in_millis" ->
                    throttledMs += Math.max(0, Walk.number(json, 0L));
                default -> {}
            }
        }

        private static Amount amount(JsonParser json) throws IOException {
            long[] found = new long[3];
            Walk.members(json, (name, at) -> {
                if (AMOUNTS.contains(name)) {
                    int place = name.startsWith("total") ? 0 : name.startsWith("reused") ? 1 : 2;
                    found[place] = Math.max(0, Walk.number(at, 0L));
                }
            });
            return new Amount(found[0], found[1], found[2]);
        }
    }
}
