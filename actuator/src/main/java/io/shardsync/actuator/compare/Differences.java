package io.shardsync.actuator.compare;

import io.shardsync.schemas.model.ConsistencyReport.Counts;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The documents in which one replica is proved to differ from its primary: counted in full, named up to a limit. One
 * document may be met twice, at the sequence number it has here and at the one it has there, and counts once.
 */
final class Differences {
    static final int MOST_IDS = 100;
    /** Of all names in a list; an id has up to 512 bytes, and a record at most a million. */
    private static final int MOST_CHARACTERS = 12_000;
    /** Beyond it a document that is met twice would count twice. */
    private static final int MOST_REMEMBERED = 200_000;

    private final Map<Judgement, List<String>> ids = new LinkedHashMap<>();
    private final Map<Judgement, Long> counts = new LinkedHashMap<>();
    private final Set<String> counted = new HashSet<>();
    private boolean primaryCovers = true;

    Differences() {
        for (Judgement kind : List.of(Judgement.MISSING, Judgement.EXTRA, Judgement.DIFFERENT)) {
            ids.put(kind, new ArrayList<>());
            counts.put(kind, 0L);
        }
    }

    /**
     * Takes note of one.
     *
     * @param covered whether the primary holds it at an equal or higher {@code _seq_no}, and nothing else is at stake
     */
    void add(Judgement kind, String id, boolean covered) {
        if (counted.contains(id)) {
            return;
        }
        if (counted.size() < MOST_REMEMBERED) {
            counted.add(id);
        }
        primaryCovers &= covered;
        counts.merge(kind, 1L, Long::sum);
        List<String> named = ids.get(kind);
        int length = named.stream().mapToInt(String::length).sum();
        if (named.size() < MOST_IDS && length + id.length() <= MOST_CHARACTERS) {
            named.add(id);
        }
    }

    /** The replica may hold something that the primary lacks, though it is not proved. */
    void mayHaveMore() {
        primaryCovers = false;
    }

    boolean none() {
        return total() == 0;
    }

    long total() {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Whether the replica was never seen to hold anything that the primary lacks. */
    boolean primaryCovers() {
        return primaryCovers;
    }

    List<String> ids(Judgement kind) {
        return List.copyOf(ids.get(kind));
    }

    Counts counts() {
        return new Counts(counts.get(Judgement.MISSING), counts.get(Judgement.EXTRA), counts.get(Judgement.DIFFERENT));
    }

    /** As it stands in {@code resume}. */
    Map<String, Object> told() {
        Map<String, Object> told = new LinkedHashMap<>();
        ids.forEach((kind, named) -> {
            if (counts.get(kind) > 0) {
                told.put(kind.name(), Map.of("count", counts.get(kind), "ids", List.copyOf(named)));
            }
        });
        if (!primaryCovers) {
            told.put("replica_has_more", true);
        }
        return told;
    }

    static Differences read(Map<?, ?> told) {
        Differences read = new Differences();
        read.ids.forEach((kind, named) -> {
            if (told.get(kind.name()) instanceof Map<?, ?> one
                    && one.get("count") instanceof Number count
                    && one.get("ids") instanceof Collection<?> known) {
                known.forEach(id -> named.add(String.valueOf(id)));
                read.counted.addAll(named);
                read.counts.put(kind, count.longValue());
            }
        });
        read.primaryCovers = !told.containsKey("replica_has_more");
        return read;
    }
}
