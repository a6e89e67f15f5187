package io.shardsync.cli.print;

import java.util.Locale;

/** How far something is. */
public final class Bar {
    private static final int CELLS = 20;

    private Bar() {}

    /** "[########............] 42.0 %"; says so where it is not known. */
    public static String of(Double percent) {
        if (percent == null) {
            return "[" + "?".repeat(CELLS) + "]";
        }
        double within = Math.max(0, Math.min(100, percent));
        // Full only when it is: 99.9 is not done.
        int full = (int) Math.floor(within / 100 * CELLS);
        return "[" + "#".repeat(full) + ".".repeat(CELLS - full) + "] "
                + String.format(Locale.ROOT, "%5.1f %%", within);
    }
}
