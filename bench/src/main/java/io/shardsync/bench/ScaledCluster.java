package io.shardsync.bench;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * A cluster of any size, made from the routing table of a real one with 2,934 copies by repeating its indices under
 * other names and its nodes under other ids. The rest of what is asked for (metadata, statistics) is written for each
 * of its copies in the form in which Elasticsearch writes it.
 */
final class ScaledCluster {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** As many copies as Elasticsearch's default would put on three nodes with room to spare. */
    private static final int COPIES_PER_NODE = 900;

    private final List<Shard> shards = new ArrayList<>();
    private final Map<String, Integer> shardsOf = new TreeMap<>();
    private final List<String> nodes = new ArrayList<>();
    private int copies;

    private record Copy(boolean primary, String node, String allocationId) {}

    private record Shard(String index, int number, List<Copy> copies) {}

    private interface Body {
        void write(JsonGenerator json) throws IOException;
    }

    ScaledCluster(Path capture, int wanted) {
        JsonNode indices = read(capture).path("routing_table").path("indices");
        int nodeCount = Math.max(3, wanted / COPIES_PER_NODE);
        for (int node = 0; node < nodeCount; node++) {
            nodes.add(id("node", node));
        }
        for (int round = 0; copies < wanted; round++) {
            addAll(indices, round, wanted);
        }
    }

    private static JsonNode read(Path capture) {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(capture))) {
            return JSON.readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** 22 characters, as Elasticsearch's own ids, and not alike: equal ones would compress too well. */
    private static String id(String kind, long number) {
        long mixed = (kind.hashCode() + number + 1) * 0x9E3779B97F4A7C15L;
        return String.format("%016x", mixed ^ (mixed >>> 29)) + String.format("%06x", number & 0xFFFFFF);
    }

    private void addAll(JsonNode indices, int round, int wanted) {
        Iterator<Map.Entry<String, JsonNode>> each = indices.fields();
        while (each.hasNext() && copies < wanted) {
            Map.Entry<String, JsonNode> index = each.next();
            String name = round == 0 ? index.getKey() : index.getKey() + "-" + round;
            for (JsonNode group : index.getValue().path("shards")) {
                if (copies >= wanted) {
                    return;
                }
                List<Copy> all = new ArrayList<>();
                for (JsonNode copy : group) {
                    all.add(new Copy(
                            copy.path("primary").asBoolean(),
                            nodes.get((shards.size() + all.size()) % nodes.size()),
                            id("allocation", copies++)));
                }
                shards.add(new Shard(name, group.get(0).path("shard").asInt(), all));
                shardsOf.merge(name, 1, Integer::sum);
            }
        }
    }

    int copies() {
        return copies;
    }

    /** {@code GET _cluster/state/version,master_node}. */
    byte[] position(long version) {
        return gzip(json -> {
            json.writeStartObject();
            head(json, version);
            json.writeEndObject();
        });
    }

    private void head(JsonGenerator json, long version) throws IOException {
        json.writeStringField("cluster_uuid", id("cluster", 0));
        json.writeNumberField("version", version);
        json.writeStringField("state_uuid", id("state", version));
        json.writeStringField("master_node", nodes.get(0));
    }

    /** {@code GET _cluster/state}, filtered as the collector asks for it. */
    byte[] state(long version) {
        return gzip(json -> {
            json.writeStartObject();
            head(json, version);
            json.writeObjectFieldStart("nodes");
            for (int node = 0; node < nodes.size(); node++) {
                json.writeObjectFieldStart(nodes.get(node));
                json.writeStringField("name", "n" + node);
                json.writeStringField("ephemeral_id", id("ephemeral", node));
                json.writeArrayFieldStart("roles");
                for (String role : List.of("data", "ingest", "master")) {
                    json.writeString(role);
                }
                json.writeEndArray();
                json.writeEndObject();
            }
            json.writeEndObject();
            json.writeObjectFieldStart("metadata");
            json.writeObjectFieldStart("indices");
            eachIndex(json, this::metadata);
            json.writeEndObject();
            json.writeEndObject();
            json.writeObjectFieldStart("routing_table");
            json.writeObjectFieldStart("indices");
            eachIndex(json, this::routing);
            json.writeEndObject();
            json.writeEndObject();
            json.writeEndObject();
        });
    }

    private interface IndexBody {
        void write(JsonGenerator json, List<Shard> shards) throws IOException;
    }

    private void eachIndex(JsonGenerator json, IndexBody body) throws IOException {
        for (int from = 0; from < shards.size(); ) {
            String index = shards.get(from).index();
            int to = from + shardsOf.get(index);
            json.writeObjectFieldStart(index);
            body.write(json, shards.subList(from, to));
            json.writeEndObject();
            from = to;
        }
    }

    private void metadata(JsonGenerator json, List<Shard> group) throws IOException {
        json.writeObjectFieldStart("settings");
        json.writeObjectFieldStart("index");
        json.writeStringField("uuid", id(group.get(0).index(), 1));
        json.writeObjectFieldStart("routing");
        json.writeObjectFieldStart("allocation");
        json.writeObjectFieldStart("include");
        json.writeStringField("_tier_preference", "data_content");
        json.writeEndObject();
        json.writeEndObject();
        json.writeEndObject();
        json.writeEndObject();
        json.writeEndObject();
        json.writeObjectFieldStart("primary_terms");
        for (Shard shard : group) {
            json.writeNumberField(String.valueOf(shard.number()), 1);
        }
        json.writeEndObject();
        json.writeObjectFieldStart("in_sync_allocations");
        for (Shard shard : group) {
            json.writeArrayFieldStart(String.valueOf(shard.number()));
            for (Copy copy : shard.copies()) {
                json.writeString(copy.allocationId());
            }
            json.writeEndArray();
        }
        json.writeEndObject();
    }

    private void routing(JsonGenerator json, List<Shard> group) throws IOException {
        json.writeObjectFieldStart("shards");
        for (Shard shard : group) {
            json.writeArrayFieldStart(String.valueOf(shard.number()));
            for (Copy copy : shard.copies()) {
                json.writeStartObject();
                json.writeStringField("state", "STARTED");
                json.writeBooleanField("primary", copy.primary());
                json.writeStringField("node", copy.node());
                json.writeNullField("relocating_node");
                json.writeObjectFieldStart("allocation_id");
                json.writeStringField("id", copy.allocationId());
                json.writeEndObject();
                json.writeObjectFieldStart("relocation_failure_info");
                json.writeNumberField("failed_attempts", 0);
                json.writeEndObject();
                json.writeEndObject();
            }
            json.writeEndArray();
        }
        json.writeEndObject();
    }

    /**
     * {@code GET _nodes/stats?level=shards}, filtered as the collector asks for it.
     *
     * @param written operations on each shard beyond those that all began with
     */
    byte[] stats(long written) {
        Map<String, Map<String, List<Shard>>> byNode = new TreeMap<>();
        for (Shard shard : shards) {
            for (Copy copy : shard.copies()) {
                byNode.computeIfAbsent(copy.node(), node -> new TreeMap<>())
                        .computeIfAbsent(shard.index(), index -> new ArrayList<>())
                        .add(shard);
            }
        }
        return gzip(json -> {
            json.writeStartObject();
            json.writeObjectFieldStart("nodes");
            for (Map.Entry<String, Map<String, List<Shard>>> node : byNode.entrySet()) {
                json.writeObjectFieldStart(node.getKey());
                json.writeStringField("name", "n" + nodes.indexOf(node.getKey()));
                json.writeObjectFieldStart("fs");
                json.writeObjectFieldStart("total");
                json.writeNumberField("total_in_bytes", 1_000_000_000_000L);
                json.writeNumberField("free_in_bytes", 500_000_000_000L);
                json.writeNumberField("available_in_bytes", 450_000_000_000L);
                json.writeEndObject();
                json.writeEndObject();
                json.writeObjectFieldStart("indices");
                json.writeObjectFieldStart("shards");
                for (Map.Entry<String, List<Shard>> index : node.getValue().entrySet()) {
                    json.writeArrayFieldStart(index.getKey());
                    for (Shard shard : index.getValue()) {
                        statsOf(json, shard, written);
                    }
                    json.writeEndArray();
                }
                json.writeEndObject();
                json.writeEndObject();
                json.writeEndObject();
            }
            json.writeEndObject();
            json.writeEndObject();
        });
    }

    private static void statsOf(JsonGenerator json, Shard shard, long written) throws IOException {
        long max = Math.floorMod((long) shard.hashCode(), 1_000_000L) + written;
        json.writeStartObject();
        json.writeObjectFieldStart(String.valueOf(shard.number()));
        json.writeObjectFieldStart("docs");
        json.writeNumberField("count", max + 1);
        json.writeNumberField("deleted", max % 97);
        json.writeEndObject();
        json.writeObjectFieldStart("store");
        json.writeNumberField("size_in_bytes", max * 37 + 249);
        json.writeEndObject();
        json.writeObjectFieldStart("translog");
        json.writeNumberField("uncommitted_operations", written);
        json.writeNumberField("uncommitted_size_in_bytes", 55 + written * 120);
        json.writeEndObject();
        json.writeObjectFieldStart("seq_no");
        json.writeNumberField("max_seq_no", max);
        json.writeNumberField("local_checkpoint", max);
        json.writeNumberField("global_checkpoint", max);
        json.writeEndObject();
        json.writeEndObject();
        json.writeEndObject();
    }

    /** {@code GET _nodes/stats/indexing_pressure}, which only tells who answers. */
    byte[] answering() {
        return nodes(json -> {});
    }

    /** {@code GET _nodes/stats/fs,indexing_pressure}. */
    byte[] activity(long written) {
        return nodes(json -> {
            json.writeFieldName("fs");
            json.writeRawValue("{\"total\":{\"total_in_bytes\":100000000000,\"available_in_bytes\":60000000000}}");
            json.writeFieldName("indexing_pressure");
            json.writeRawValue(
                    "{\"memory\":{\"current\":{\"all_in_bytes\":0},\"total\":{\"all_in_bytes\":" + written + "}}}");
        });
    }

    private byte[] nodes(Body inEach) {
        return gzip(json -> {
            json.writeStartObject();
            json.writeObjectFieldStart("_nodes");
            json.writeNumberField("failed", 0);
            json.writeEndObject();
            json.writeObjectFieldStart("nodes");
            for (int node = 0; node < nodes.size(); node++) {
                json.writeObjectFieldStart(nodes.get(node));
                json.writeStringField("name", "n" + node);
                inEach.write(json);
                json.writeEndObject();
            }
            json.writeEndObject();
            json.writeEndObject();
        });
    }

    static byte[] gzip(String text) {
        return gzip(json -> json.writeRawValue(text));
    }

    static byte[] plain(byte[] gzip) {
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(gzip))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] gzip(Body body) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream compressed = new GZIPOutputStream(bytes);
                JsonGenerator json = JSON.createGenerator(compressed)) {
            body.write(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
