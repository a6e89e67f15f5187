package io.shardsync.actuator.bedside;

import com.fasterxml.jackson.databind.JsonNode;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What is particular about an index, from {@code metadata.indices} of the cluster state.
 *
 * @param uuid another one each time an index of this name is created
 * @param primaryTerms by shard number; higher with each primary that takes over
 * @param unreadable why its documents can't be compared at all; null where they can
 * @param withoutContent why their content can't be; null where it can
 * @param runtimeFields fields that are computed when they are asked for
 */
public record IndexFacts(
        String uuid,
        Map<Integer, Long> primaryTerms,
        String unreadable,
        String withoutContent,
        Set<String> runtimeFields) {

    static final String FILTER = "metadata.indices.*.state,metadata.indices.*.settings.index.uuid,"
            + "metadata.indices.*.settings.index.frozen,metadata.indices.*.settings.index.store.type,"
            + "metadata.indices.*.settings.index.mode,metadata.indices.*.settings.index.mapping.source.mode,"
            + "metadata.indices.*.settings.index.disable_sequence_numbers,metadata.indices.*.primary_terms,"
            + "metadata.indices.*.mappings.*._source,metadata.indices.*.mappings.*.runtime.*.type";

    /** Modes whose {@code _source} is put together from doc values unless it is said otherwise. */
    private static final Set<String> SYNTHETIC_BY_DEFAULT = Set.of("time_series", "logsdb");

    public IndexFacts {
        primaryTerms = Map.copyOf(primaryTerms);
        runtimeFields = Set.copyOf(runtimeFields);
    }

    /** Reads the answer; empty where there is no such index. */
    static Optional<IndexFacts> read(JsonNode state, String index) {
        JsonNode metadata = state.path("metadata").path("indices").path(index);
        if (metadata.isMissingNode()) {
            return Optional.empty();
        }
        JsonNode settings = metadata.path("settings").path("index");
        Map<Integer, Long> terms = new HashMap<>();
        metadata.path("primary_terms")
                .properties()
                .forEach(shard -> terms.put(
                        Integer.parseInt(shard.getKey()), shard.getValue().asLong()));
        Set<String> runtime = new TreeSet<>();
        metadata.path("mappings")
                .forEach(mapping -> mapping.path("runtime").properties().forEach(field -> runtime.add(field.getKey())));
        return Optional.of(new IndexFacts(
                settings.path("uuid").asText(null),
                terms,
                unreadable(metadata, settings),
                withoutContent(metadata, settings),
                runtime));
    }

    private static String unreadable(JsonNode metadata, JsonNode settings) {
        if (metadata.path("state").asText().equals("close")) {
            return "the index is closed, nothing can be read from its copies; open it";
        }
        if (settings.path("store").path("type").asText().equals("snapshot")) {
            return "the index is a searchable snapshot: its copies are caches of one and the same repository";
        }
        if (settings.path("frozen").asBoolean()) {
            return "the index is frozen; unfreeze it";
        }
        return settings.path("disable_sequence_numbers").asBoolean()
                ? "the index keeps no sequence numbers (index.disable_sequence_numbers)"
                : null;
    }

    private static String withoutContent(JsonNode metadata, JsonNode settings) {
        for (JsonNode mapping : metadata.path("mappings")) {
            JsonNode source = mapping.path("_source");
            if (source.has("enabled") && !source.path("enabled").asBoolean()
                    || source.path("mode").asText().equals("disabled")) {
                return "the index keeps no _source, so content can't be compared; versions were";
            }
            if (source.path("mode").asText().equals("synthetic")) {
                return synthetic("the mapping");
            }
        }
        String mode = settings.path("mapping").path("source").path("mode").asText("");
        if (mode.equalsIgnoreCase("disabled")) {
            return "the index keeps no _source, so content can't be compared; versions were";
        }
        String indexMode = settings.path("mode").asText("");
        if (mode.equalsIgnoreCase("synthetic")) {
            return synthetic("index.mapping.source.mode");
        }
        return mode.isEmpty() && SYNTHETIC_BY_DEFAULT.contains(indexMode) ? synthetic("index.mode " + indexMode) : null;
    }

    private static String synthetic(String by) {
        return "_source is synthetic (" + by + "): each copy puts it together anew, so that content can't be compared;"
                + " versions were";
    }
}
