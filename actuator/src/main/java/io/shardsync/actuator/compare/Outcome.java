package io.shardsync.actuator.compare;

import io.shardsync.actuator.bedside.Copy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What one slice showed. It counts only if the copies are still the same afterwards. */
final class Outcome {
    private final List<Proved> proved = new ArrayList<>();
    private final Map<Copy, Long> undecided = new LinkedHashMap<>();
    private final Map<Copy, String> undecidedWhy = new LinkedHashMap<>();
    private final Map<Copy, String> prints = new LinkedHashMap<>();
    private final Set<Copy> differing = new HashSet<>();
    private final Set<Copy> uncovered = new HashSet<>();

    private record Proved(Copy replica, Judgement kind, String id, boolean covered) {}

    void differs(Copy replica, Judgement kind, String id, boolean covered) {
        proved.add(new Proved(replica, kind, id, covered));
        differing.add(replica);
    }

    /**
     * Of a document nothing could be proved.
     *
     * @param covered whether the primary holds it at an equal or higher {@code _seq_no} all the same
     */
    void undecided(Copy replica, boolean covered, String why) {
        undecided.merge(replica, 1L, Long::sum);
        if (!covered) {
            uncovered.add(replica);
        }
        undecidedWhy.put(replica, why);
    }

    /** Adds to the name of what was compared in a copy. */
    void print(Copy copy, String print) {
        prints.merge(copy, print, Prints::chained);
    }

    /** Writes that went on make copies look different for a moment; where nothing was proved they are the same. */
    void addTo(Standing standing) {
        proved.forEach(one -> standing.differences(one.replica()).add(one.kind(), one.id(), one.covered()));
        undecided.forEach((replica, count) -> standing.addUndecided(replica, count, undecidedWhy.get(replica)));
        uncovered.forEach(replica -> standing.differences(replica).mayHaveMore());
        String ofPrimary = prints.entrySet().stream()
                .filter(print -> print.getKey().primary())
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse("");
        prints.forEach((copy, print) -> standing.chain(copy, differing.contains(copy) ? print : ofPrimary));
    }
}
