package io.shardsync.collector.read;

import com.fasterxml.jackson.core.JsonParser;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads one entry of {@code metadata.indices}. */
final class IndexMetadataReader {
    private static final String DELAYED_TIMEOUT = "index.unassigned.node_left.delayed_timeout";

    private final Map<Integer, List<String>> inSync = new HashMap<>();
    private final Map<Integer, Long> primaryTerms = new HashMap<>();
    private final Map<String, String> settings = new TreeMap<>();

    void read(JsonParser json) throws IOException {
        Walk.members(json, (name, at) -> {
            switch (name) {
                case "in_sync_allocations" ->
                    Walk.members(at, (shard, ids) -> {
                        List<String> all = new ArrayList<>(2);
                        Walk.elements(ids, id -> all.add(Walk.text(id)));
                        inSync.put(Walk.shard(shard, ids), all);
                    });
                case "primary_terms" ->
                    Walk.members(at, (shard, term) -> primaryTerms.put(Walk.shard(shard, term), Walk.number(term, 0L)));
                case "settings" -> Walk.members(at, (field, value) -> setting(field, value));
                default -> {}
            }
        });
    }

    /** Settings come nested; lists are written like Elasticsearch accepts them, separated by commas. */
    private void setting(String name, JsonParser json) throws IOException {
        if (json.isExpectedStartObjectToken()) {
            Walk.members(json, (field, at) -> setting(name + "." + field, at));
        } else if (json.isExpectedStartArrayToken()) {
            List<String> values = new ArrayList<>();
            Walk.elements(json, at -> values.add(Walk.text(at)));
            settings.put(name, String.join(",", values));
        } else if (Walk.text(json) != null) {
            settings.put(name, Walk.text(json));
        }
    }

    String uuid() {
        return settings.getOrDefault("index.uuid", IndexRouting.NO_UUID);
    }

    List<String> inSync(int shard) {
        return inSync.getOrDefault(shard, List.of());
    }

    long primaryTerm(int shard) {
        return primaryTerms.getOrDefault(shard, 0L);
    }

    Duration delayedTimeout() {
        return TimeValue.parse(settings.get(DELAYED_TIMEOUT)).orElse(IndexRouting.DEFAULT_DELAYED_TIMEOUT);
    }

    /** Without the tier preference, which nearly every index has. */
    Map<String, String> settings() {
        Map<String, String> kept = new TreeMap<>(settings);
        kept.keySet()
                .removeIf(name -> !(name.startsWith("index.blocks.") || name.startsWith("index.routing."))
                        || name.endsWith("._tier_preference"));
        return kept.isEmpty() ? Map.of() : Map.copyOf(kept);
    }
}
