package io.shardsync.runtime.config;

import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigTransformer;
import org.apache.kafka.common.config.provider.ConfigProvider;
import org.apache.kafka.common.config.provider.DirectoryConfigProvider;
import org.apache.kafka.common.config.provider.EnvVarConfigProvider;
import org.apache.kafka.common.config.provider.FileConfigProvider;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Replaces {@code ${file:PATH:KEY}}, {@code ${env:NAME}} and {@code ${directory:PATH:FILE}} by what they refer to, with
 * Kafka's own providers.
 */
final class SecretReferences {
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{(file|env|directory):[^}]*}");

    private final ConfigTransformer transformer;

    SecretReferences(Map<String, String> environment) {
        FileConfigProvider file = new FileConfigProvider();
        file.configure(Map.of());
        DirectoryConfigProvider directory = new DirectoryConfigProvider();
        directory.configure(Map.of());
        EnvVarConfigProvider env = new EnvVarConfigProvider(environment);
        env.configure(Map.of());
        Map<String, ConfigProvider> providers = new HashMap<>();
        providers.put("file", file);
        providers.put("directory", directory);
        providers.put("env", env);
        this.transformer = new ConfigTransformer(providers);
    }

    /** @throws Unresolved when something is referred to that isn't there */
    String resolve(String value) throws Unresolved {
        Matcher matcher = REFERENCE.matcher(value);
        if (!matcher.find()) {
            return value;
        }
        String resolved;
        try {
            resolved = transformer.transform(Map.of("value", value)).data().get("value");
        } catch (ConfigException unreadable) {
            throw new Unresolved(matcher.group());
        }
        // An unknown name is left as it stands, which would end as a literal password.
        Optional<String> left = matcher.reset()
                .results()
                .map(found -> found.group())
                .filter(resolved::contains)
                .findFirst();
        if (left.isPresent()) {
            throw new Unresolved(left.get());
        }
        return resolved;
    }

    /** A reference to nothing. The reference itself is no secret. */
    static final class Unresolved extends Exception {
        private static final long serialVersionUID = 1L;

        private final String reference;

        Unresolved(String reference) {
            super(reference);
            this.reference = reference;
        }

        String reference() {
            return reference;
        }
    }
}
