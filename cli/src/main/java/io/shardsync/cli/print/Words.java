package io.shardsync.cli.print;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** Sizes, times and counts as people say them; the dashboard says them the same way. */
public final class Words {
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    private static final int STEP = 1024;

    private Words() {}

    /** "12.4 MiB"; "unknown" for null. */
    public static String bytes(Long value) {
        if (value == null) {
            return "unknown";
        }
        double left = value;
        int unit = 0;
        while (left >= STEP && unit < UNITS.length - 1) {
            left /= STEP;
            unit++;
        }
        String number =
                unit == 0 || left >= 100 ? String.valueOf(Math.round(left)) : String.format(Locale.ROOT, "%.1f", left);
        return number + " " + UNITS[unit];
    }

    /** "1,204"; "unknown" for null. */
    public static String count(Long value) {
        return value == null ? "unknown" : String.format(Locale.ROOT, "%,d", value);
    }

    /** "1 shard", "1,204 shards". */
    public static String many(long value, String one, String more) {
        return count(value) + " " + (value == 1 ? one : more);
    }

    /** "14 s", "3 min", "2 h 5 min", "4 d"; "unknown" for null. */
    public static String duration(Long ms) {
        if (ms == null) {
            return "unknown";
        }
        long seconds = Math.max(0, Math.round(ms / 1000.0));
        if (seconds < 90) {
            return seconds + " s";
        }
        long minutes = Math.round(seconds / 60.0);
        if (minutes < 90) {
            return minutes + " min";
        }
        long hours = minutes / 60;
        if (hours < 48) {
            return minutes % 60 == 0 ? hours + " h" : hours + " h " + minutes % 60 + " min";
        }
        return Math.round(hours / 24.0) + " d";
    }

    /** How long ago; "never" for null. */
    public static String ago(Instant then, Instant now) {
        return then == null ? "never" : age(then, now) + " ago";
    }

    /** How long since; a dash for null. */
    public static String age(Instant then, Instant now) {
        return then == null ? "-" : duration(Duration.between(then, now).toMillis());
    }

    /** "node_left" as "node left"; a dash for null. */
    public static String code(Object code) {
        return code == null
                ? "-"
                : String.valueOf(code).toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
