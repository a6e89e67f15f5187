package io.shardsync.actuator.compare;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What of a document is compared. */
public enum Depth {
    /** {@code _id}, {@code _seq_no} and {@code _version}, of all that differs; by sums, where nothing does. */
    VERSIONS,
    /** Also a digest of {@code _source} and of doc values: reads every document. */
    CONTENT;

    /** The parameter of VERIFY_CONSISTENCY. */
    public static final String PARAM = "depth";

    /** As it stands in a command and in a report. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Empty where the word is none of {@link #words()}. */
    public static Optional<Depth> of(Object word) {
        return Arrays.stream(values())
                .filter(depth -> depth.word().equals(word))
                .findFirst();
    }

    /** Every word that is allowed. */
    public static List<String> words() {
        return Arrays.stream(values()).map(Depth::word).toList();
    }
}
