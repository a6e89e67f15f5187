package io.shardsync.processor.alert;

import io.shardsync.schemas.model.Alert.Affected;
import io.shardsync.schemas.model.Alert.Cause;
import io.shardsync.schemas.model.Alert.Severity;

import java.time.Duration;
import java.util.Map;

/**
 * What a rule found to hold now.
 *
 * @param labels identity, {@code alertname} and {@code cluster} among them
 * @param severity if it fires
 * @param pending how long it has to hold before it fires
 * @param clear how long it has to hold no more before it is resolved
 * @param cause what is known of why
 * @param value the number judged; null where there is none
 * @param threshold what it was held against; null where there is none
 * @param affected how much of the cluster
 * @param summary one line
 * @param description what was seen, with numbers, but no ages: those would make every reading a change
 * @param suggestedAction what a person does next
 */
public record Condition(
        Map<String, String> labels,
        Severity severity,
        Duration pending,
        Duration clear,
        Cause cause,
        Double value,
        Double threshold,
        Affected affected,
        String summary,
        String description,
        String suggestedAction) {

    public String alertname() {
        return labels.get("alertname");
    }

    public String cluster() {
        return labels.get("cluster");
    }

    public String fingerprint() {
        return Fingerprint.of(labels);
    }
}
