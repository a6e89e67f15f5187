package io.shardsync.runtime.config;

import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;

import java.util.stream.Collectors;

/** The reference of all keys, as Markdown, made from the same declarations that check them. */
public final class ConfigReference {
    private ConfigReference() {}

    /** A table of the keys that all services share. */
    public static String common() {
        return table(CommonKeys.definition(0)).replace("| `http.port` | `0` |", "| `http.port` | by service |");
    }

    /** A table of one service's own keys. */
    public static String of(Definition definition) {
        return table(definition.own());
    }

    private static String table(ConfigDef keys) {
        return keys.configKeys().values().stream()
                .map(ConfigReference::row)
                .collect(Collectors.joining("", "| key | default | allowed | meaning |\n|---|---|---|---|\n", ""));
    }

    private static String row(ConfigKey key) {
        return "| `" + key.name + "` | " + defaultOf(key) + " | " + cell(Parser.allowed(key)) + " | "
                + cell(key.documentation) + " |\n";
    }

    private static String defaultOf(ConfigKey key) {
        if (!key.hasDefault()) {
            return "(required)";
        }
        String text = ConfigDef.convertToString(key.defaultValue, key.type);
        return text == null || text.isEmpty() ? "(none)" : "`" + cell(text) + "`";
    }

    private static String cell(String text) {
        return text.replace("|", "\\|").replace("\n", " ");
    }
}
