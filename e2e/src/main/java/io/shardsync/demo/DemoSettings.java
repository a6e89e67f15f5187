package io.shardsync.demo;

import java.util.Map;

/** Times short enough to watch. Those of a real cluster are the defaults. */
public final class DemoSettings {
    private DemoSettings() {}

    /** What makes the demo quick: every pending time, grace and distance in seconds instead of minutes. */
    public static Map<String, String> quick(String cluster) {
        return Map.ofEntries(
                Map.entry("topics.replication.factor", "1"),
                Map.entry("cluster." + cluster + ".interval.ms", "2000"),
                Map.entry("healing.mode", "act"),
                Map.entry("healing.grace.ms", "5000"),
                Map.entry("healing.switch.grace.ms", "5000"),
                Map.entry("healing.backoff.ms", "10000"),
                Map.entry("healing.retry.cooldown.ms", "5000"),
                Map.entry("alerts.unassigned.for.ms", "5000"),
                Map.entry("alerts.unassigned.new.for.ms", "30000"),
                Map.entry("alerts.switch.for.ms", "5000"),
                Map.entry("alerts.clear.ms", "3000"),
                Map.entry("alerts.heartbeat.ms", "15000"));
    }
}
