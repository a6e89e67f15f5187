package io.shardsync.runtime.config;

import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds what somebody probably meant. */
final class Nearest {
    private Nearest() {}

    /** The candidate with the fewest edits, if they are at most {@code most}. */
    static Optional<String> to(String word, Stream<String> candidates, int most) {
        record Scored(String name, int edits) {}
        return candidates
                .map(name -> new Scored(name, edits(word, name)))
                .filter(scored -> scored.edits() <= most)
                .min(Comparator.comparingInt(Scored::edits).thenComparing(Scored::name))
                .map(Scored::name);
    }

    /** Levenshtein's distance. */
    static int edits(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substitution = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substitution, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
