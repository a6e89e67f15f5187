package io.shardsync.cli.print;

import java.util.regex.Pattern;

/**
 * Text as a terminal may be given it. Names, messages and explanations come from clusters and from other people's
 * commands; a terminal would obey the control characters in them.
 */
public final class Plain {
    private static final Pattern BREAKS = Pattern.compile("[\\t\\n\\r\\x0b\\f\\x85\\u2028\\u2029]+");

    /** Controls, and the marks that turn the direction of what follows. */
    private static final Pattern CONTROLS =
            Pattern.compile("[\\p{Cntrl}\\u0080-\\u009f\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]");

    private Plain() {}

    /** One line without anything but characters to be seen; null stays a dash. */
    public static String line(Object text) {
        if (text == null) {
            return "-";
        }
        String oneLine = BREAKS.matcher(String.valueOf(text)).replaceAll(" ");
        return CONTROLS.matcher(oneLine).replaceAll("\ufffd");
    }

    /** The same, cut where it would be longer. */
    public static String line(Object text, int most) {
        String line = line(text);
        return Width.of(line) <= most ? line : Width.cut(line, most - 1) + "…";
    }
}
