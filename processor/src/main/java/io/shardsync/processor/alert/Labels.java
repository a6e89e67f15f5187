package io.shardsync.processor.alert;

import java.util.Map;
import java.util.TreeMap;

/** Builds an alert's identity. */
final class Labels {
    private Labels() {}

    static Map<String, String> of(String alertname, String cluster, String... more) {
        Map<String, String> labels = new TreeMap<>();
        labels.put("alertname", alertname);
        labels.put("cluster", cluster);
        for (int i = 0; i + 1 < more.length; i += 2) {
            labels.put(more[i], more[i + 1]);
        }
        return labels;
    }
}
