package io.shardsync.processor;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardsync.schemas.model.CopyState;
import io.shardsync.schemas.model.ShardSnapshot;
import io.shardsync.schemas.model.ShardSnapshot.Docs;
import io.shardsync.schemas.model.ShardSnapshot.GroupState;
import io.shardsync.schemas.model.ShardSnapshot.Role;
import io.shardsync.schemas.model.ShardSnapshot.SeqNo;
import io.shardsync.schemas.topic.Json;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Copy groups from answers that a real Elasticsearch gave to {@code _stats?level=shards}. */
public final class Captured {
    private Captured() {}

    /** Every shard of an answer, group by group, as one collection would publish it. */
    public static List<List<ShardSnapshot>> stats(String capture, Instant at) {
        List<List<ShardSnapshot>> groups = new ArrayList<>();
        JsonNode indices = read(capture).path("indices");
        indices.fieldNames().forEachRemaining(index -> {
            JsonNode shards = indices.path(index).path("shards");
            shards.fieldNames()
                    .forEachRemaining(
                            shard -> groups.add(group(index, Integer.parseInt(shard), shards.path(shard), at)));
        });
        return groups;
    }

    /** Every shard of an answer to {@code _cat/shards?format=json}, with its unassigned copies. */
    public static List<List<ShardSnapshot>> catShards(String capture, Instant at) {
        Map<String, List<JsonNode>> copies = new TreeMap<>();
        read(capture).forEach(copy -> copies.computeIfAbsent(
                        copy.path("index").textValue() + "/"
                                + copy.path("shard").textValue(),
                        key -> new ArrayList<>())
                .add(copy));
        List<List<ShardSnapshot>> groups = new ArrayList<>();
        copies.values().forEach(group -> groups.add(fromCat(group, at)));
        return groups;
    }

    /** The same shards once every copy has been built. */
    public static List<List<ShardSnapshot>> healed(List<List<ShardSnapshot>> groups, Instant at) {
        List<List<ShardSnapshot>> healed = new ArrayList<>();
        for (List<ShardSnapshot> group : groups) {
            Copies copies = Copies.of(group.get(0).index(), group.get(0).shard(), at);
            for (int i = 0; i < group.size() - 1; i++) {
                copies.replica("n" + (i + 2), 100);
            }
            healed.add(copies.primary("n1", 100));
        }
        return healed;
    }

    private static List<ShardSnapshot> fromCat(List<JsonNode> group, Instant at) {
        String index = group.get(0).path("index").textValue();
        int shard = Integer.parseInt(group.get(0).path("shard").textValue());
        Copies copies = Copies.of(index, shard, at);
        JsonNode primary = null;
        for (JsonNode copy : group) {
            if (copy.path("prirep").textValue().equals("p")) {
                primary = copy;
            } else if (copy.path("node").isNull()) {
                String reason = copy.path("unassigned.reason").textValue();
                // The answer has no column for the attempts; where the capture was made all five were used up.
                copies.unassigned(reason, reason.equals("ALLOCATION_FAILED") ? 5 : 0);
            } else {
                copies.replica(copy.path("node").textValue(), 100);
            }
        }
        return primary == null || primary.path("node").isNull()
                ? copies.noPrimary(primary.path("unassigned.reason").textValue())
                : copies.primary(primary.path("node").textValue(), 100);
    }

    private static List<ShardSnapshot> group(String index, int shard, JsonNode copies, Instant at) {
        List<JsonNode> ordered = new ArrayList<>();
        copies.forEach(ordered::add);
        ordered.sort((a, b) -> Boolean.compare(isPrimary(a), isPrimary(b)));
        List<ShardSnapshot> group = new ArrayList<>();
        for (JsonNode copy : ordered) {
            group.add(copy(index, shard, copy, at, ordered.size(), group.size()));
        }
        return group;
    }

    private static boolean isPrimary(JsonNode copy) {
        return copy.path("routing").path("primary").booleanValue();
    }

    private static ShardSnapshot copy(String index, int shard, JsonNode copy, Instant at, int size, int ordinal) {
        String node = copy.path("routing").path("node").textValue();
        JsonNode seqNo = copy.path("seq_no");
        JsonNode docs = copy.path("docs");
        return new ShardSnapshot(
                "prod",
                index,
                "uuid-" + index,
                shard,
                at.toEpochMilli(),
                at,
                "captured",
                1,
                GroupState.LIVE,
                size,
                ordinal,
                isPrimary(copy) ? Role.PRIMARY : Role.REPLICA,
                CopyState.valueOf(copy.path("routing").path("state").textValue()),
                1,
                "alloc-" + node,
                node,
                node.substring(0, 4),
                null,
                true,
                true,
                new SeqNo(
                        seqNo.path("max_seq_no").longValue(),
                        seqNo.path("local_checkpoint").longValue(),
                        seqNo.path("global_checkpoint").longValue()),
                new Docs(docs.path("count").longValue(), docs.path("deleted").longValue()),
                copy.path("store").path("size_in_bytes").isMissingNode()
                        ? null
                        : copy.path("store").path("size_in_bytes").longValue(),
                null,
                null);
    }

    private static JsonNode read(String capture) {
        try (InputStream in = Captured.class.getResourceAsStream("/captures/" + capture + ".json")) {
            return Json.MAPPER.readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
