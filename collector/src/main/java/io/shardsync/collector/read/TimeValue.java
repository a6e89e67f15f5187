package io.shardsync.collector.read;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Elasticsearch's way to write durations, such as {@code 60s}. */
final class TimeValue {
    private static final Pattern FORM = Pattern.compile("(\\d{1,12})(nanos|micros|ms|s|m|h|d)");
    private static final Duration MOST = Duration.ofNanos(Long.MAX_VALUE);
    private static final Map<String, Duration> UNITS = Map.of(
            "nanos", Duration.ofNanos(1),
            "micros", Duration.ofNanos(1_000),
            "ms", Duration.ofMillis(1),
            "s", Duration.ofSeconds(1),
            "m", Duration.ofMinutes(1),
            "h", Duration.ofHours(1),
            "d", Duration.ofDays(1));

    private TimeValue() {}

    /** At most 292 years, as Elasticsearch counts; empty for null and for what is not such a duration. */
    static Optional<Duration> parse(String text) {
        Matcher matcher = FORM.matcher(text == null ? "" : text.trim());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        Duration duration = UNITS.get(matcher.group(2)).multipliedBy(Long.parseLong(matcher.group(1)));
        return Optional.of(duration.compareTo(MOST) > 0 ? MOST : duration);
    }
}
