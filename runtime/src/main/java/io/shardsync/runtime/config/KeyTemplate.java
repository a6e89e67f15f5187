package io.shardsync.runtime.config;

import org.apache.kafka.common.config.ConfigDef.ConfigKey;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A key of which one segment is a name of the user's choice, such as {@code cluster.NAME.hosts}.
 *
 * @param key the declaration, its name with the segment in capitals
 * @param placeholder that segment
 */
record KeyTemplate(ConfigKey key, String placeholder) {
    private static final Pattern PLACEHOLDER = Pattern.compile("(?:^|\\.)([A-Z]+)(?:\\.|$)");

    static Optional<KeyTemplate> of(ConfigKey key) {
        Matcher matcher = PLACEHOLDER.matcher(key.name);
        return matcher.find() ? Optional.of(new KeyTemplate(key, matcher.group(1))) : Optional.empty();
    }

    boolean namesCluster() {
        return placeholder.equals("NAME");
    }

    String with(String name) {
        return prefix() + name + suffix();
    }

    /** The name in a key of this shape. */
    Optional<String> nameIn(String candidate) {
        if (!candidate.startsWith(prefix())
                || !candidate.endsWith(suffix())
                || candidate.length() <= prefix().length() + suffix().length()) {
            return Optional.empty();
        }
        String name = candidate.substring(prefix().length(), candidate.length() - suffix().length());
        return name.matches("[A-Za-z0-9_@-]+") ? Optional.of(name) : Optional.empty();
    }

    /** The key for an environment variable of this shape; the name is taken in lower case. */
    Optional<String> keyOf(String variable) {
        String before = EnvironmentNames.of(prefix());
        String after = EnvironmentNames.of(suffix());
        if (!variable.startsWith(before)
                || !variable.endsWith(after)
                || variable.length() <= before.length() + after.length()) {
            return Optional.empty();
        }
        String name = variable.substring(before.length(), variable.length() - after.length());
        return Optional.of(with(name.toLowerCase(Locale.ROOT)));
    }

    private String prefix() {
        return key.name.substring(0, key.name.indexOf(placeholder));
    }

    private String suffix() {
        return key.name.substring(key.name.indexOf(placeholder) + placeholder.length());
    }
}
