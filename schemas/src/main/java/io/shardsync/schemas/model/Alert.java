package io.shardsync.schemas.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import static java.util.Objects.requireNonNull;

/**
 * One alert as it stands now. Its identity is its labels alone; everything that may change while it fires is a field or
 * an annotation.
 *
 * @param fingerprint the record's key: 16 hexadecimal digits over the labels, as Prometheus computes them
 * @param status firing, resolved, or unknown while the cluster can't be seen
 * @param alertname the rule
 * @param severity how soon a person has to look
 * @param cluster the configured cluster name; {@code *} for the Watchdog
 * @param index only where the rule is per index
 * @param shard only where the rule is per shard
 * @param startsAt when the condition began to hold
 * @param endsAt when it ended; null while it has not
 * @param lastSeen when the condition was last judged
 * @param summary one line
 * @param description what was seen, with numbers
 * @param cause what is known of why
 * @param value the number judged; null where there is none
 * @param threshold what it was held against; null where there is none
 * @param affected how much of the cluster
 * @param suggestedAction what to do next, in words
 * @param actionTaken the last command sent for it; null if none
 * @param occurrences how often it has fired, this time included
 * @param flapping whether it came and went too often to be told each time
 * @param silenced by what it is silenced; null if it is not
 * @param runbookUrl where the runbook is
 * @param labels identity
 * @param annotations everything else worth showing
 */
public record Alert(
        String fingerprint,
        Status status,
        String alertname,
        Severity severity,
        String cluster,
        @JsonInclude(JsonInclude.Include.NON_NULL) String index,
        @JsonInclude(JsonInclude.Include.NON_NULL) Integer shard,
        Instant startsAt,
        Instant endsAt,
        Instant lastSeen,
        String summary,
        String description,
        Cause cause,
        Double value,
        Double threshold,
        Affected affected,
        String suggestedAction,
        String actionTaken,
        int occurrences,
        boolean flapping,
        Silenced silenced,
        String runbookUrl,
        Map<String, String> labels,
        Map<String, String> annotations)
        implements Message {

    public Alert {
        requireNonNull(fingerprint, "fingerprint");
        requireNonNull(status, "status");
        requireNonNull(alertname, "alertname");
        requireNonNull(severity, "severity");
        requireNonNull(cluster, "cluster");
        requireNonNull(lastSeen, "lastSeen");
        labels = Collections.unmodifiableMap(new TreeMap<>(labels));
        annotations = annotations == null ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(annotations));
    }

    public enum Status {
        @JsonProperty("firing")
        FIRING,
        @JsonProperty("resolved")
        RESOLVED,
        @JsonProperty("unknown")
        UNKNOWN
    }

    public enum Severity {
        @JsonProperty("critical")
        CRITICAL,
        @JsonProperty("warning")
        WARNING,
        @JsonProperty("info")
        INFO,
        @JsonProperty("none")
        NONE
    }

    /**
     * @param code as observed, or as a diagnosis found it later
     * @param text for people
     * @param node where it is about one node, its name
     */
    public record Cause(String code, String text, @JsonInclude(JsonInclude.Include.NON_NULL) String node) {}

    /**
     * @param copies number of copies
     * @param primaries how many of them are primaries
     * @param indices the first 20 by name
     * @param nodes names
     */
    public record Affected(int copies, int primaries, List<String> indices, List<String> nodes) {
        public Affected {
            indices = List.copyOf(indices);
            nodes = List.copyOf(nodes);
        }
    }

    /** @param until null where it has no end */
    public record Silenced(String by, Instant until, String why) {}

    @Override
    public String eventId() {
        return fingerprint + ":" + status + ":" + lastSeen.toEpochMilli();
    }

    @Override
    public Instant eventTime() {
        return lastSeen;
    }
}
