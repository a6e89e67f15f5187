package io.shardsync.processor.schedule;

import io.shardsync.processor.match.Glob;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * @param period within which every index is checked once; empty where none is asked for
 * @param patterns which indices: {@code *} stands for anything, {@code -} before a pattern excludes; a later one beats
 *     an earlier one
 * @param depth {@code versions} or {@code content}
 * @param expiry how long a command may wait for its start
 */
public record ScheduleSettings(Optional<Duration> period, List<String> patterns, String depth, Duration expiry) {
    public ScheduleSettings {
        patterns = List.copyOf(patterns);
    }

    /** Names that begin with a dot are the system's own, and meant only by a pattern that begins with one. */
    boolean covers(String index) {
        boolean covered = false;
        for (String pattern : patterns) {
            boolean excludes = pattern.startsWith("-");
            String name = excludes ? pattern.substring(1) : pattern;
            boolean hidden = index.startsWith(".") && !name.startsWith(".");
            if (new Glob(name).matches(index) && (excludes || !hidden)) {
                covered = !excludes;
            }
        }
        return covered;
    }
}
