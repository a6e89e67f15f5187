package io.shardsync.runtime.config;

import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.types.Password;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A service's configuration, checked: a properties file, over it the environment
 * ({@code SHARDSYNC_KAFKA_BOOTSTRAP_SERVERS} for {@code kafka.bootstrap.servers}), over that {@code --set key=value}.
 *
 * <p>A getter given a key that isn't declared, or with another type than declared, throws
 * {@link IllegalArgumentException}: that is a mistake in the program.
 */
public final class Settings {
    private final Definition definition;
    private final Map<String, Object> values;
    private final Map<String, Object> kafka;
    private final Set<String> given;
    private final Set<String> ignored;
    private final CommonConfig common;

    private Settings(Definition definition, Parser parser, Set<String> given, Set<String> ignored) {
        this.definition = definition;
        this.values = parser.values();
        this.kafka = parser.kafka();
        this.given = given;
        this.ignored = ignored;
        this.common = CommonReader.read(this);
    }

    /**
     * Reads and checks a configuration.
     *
     * @param file properties file (UTF-8), if there is one
     * @param environment all environment variables; those without our prefix matter only to {@code ${env:…}}
     * @param overrides from the command line
     * @throws InvalidConfiguration with everything that is wrong
     */
    public static Settings read(
            Definition definition,
            Optional<Path> file,
            Map<String, String> environment,
            Map<String, String> overrides) {
        Map<String, String> properties = file.map(Settings::load).orElse(Map.of());
        List<Problem> problems = new ArrayList<>();
        Sources sources = new Sources(definition, properties, environment, overrides, problems);
        Parser parser = new Parser(definition, new SecretReferences(environment), problems);
        Map<String, String> raw = sources.merged();
        parser.parse(raw);

        Set<String> ignored = new TreeSet<>(sources.ignored());
        ignored.addAll(parser.ignored());
        Settings settings = new Settings(definition, parser, raw.keySet(), ignored);
        problems.addAll(CommonChecks.of(settings));
        problems.addAll(definition.check().apply(settings));
        if (!problems.isEmpty()) {
            throw new InvalidConfiguration(problems);
        }
        return settings;
    }

    /** Reads {@code key=value} pairs as if they came from the command line alone; for tests and embedding. */
    public static Settings of(Definition definition, Map<String, String> pairs) {
        return read(definition, Optional.empty(), Map.of(), pairs);
    }

    private static Map<String, String> load(Path file) {
        String allowed = "a properties file in UTF-8 that can be read";
        try (Reader reader = Files.newBufferedReader(file)) {
            Properties properties = new Properties();
            properties.load(reader);
            Map<String, String> loaded = new TreeMap<>();
            properties
                    .stringPropertyNames()
                    .forEach(key -> loaded.put(key, properties.getProperty(key).strip()));
            return loaded;
        } catch (CharacterCodingException notUtf8) {
            throw new InvalidConfiguration(
                    List.of(new Problem("--config " + file, "bytes that are not UTF-8", allowed)));
        } catch (IOException | IllegalArgumentException e) {
            String found = Files.exists(file) ? "a file that can't be read (" + e.getMessage() + ")" : "no such file";
            throw new InvalidConfiguration(List.of(new Problem("--config " + file, found, allowed)));
        }
    }

    /** What all services have in common. */
    public CommonConfig common() {
        return common;
    }

    /** The service's own definition. */
    public Definition definition() {
        return definition;
    }

    /** Keys and variables that were left to other services. */
    public Set<String> ignored() {
        return Collections.unmodifiableSet(ignored);
    }

    /** Text; fails where there is neither a value nor a default. */
    public String string(String key) {
        return optionalString(key).orElseThrow(() -> new IllegalArgumentException(key + " has no value"));
    }

    /** Text that may be absent. */
    public Optional<String> optionalString(String key) {
        return value(key, String.class);
    }

    /** A whole number, declared as INT, SHORT or LONG. */
    public long number(String key) {
        return value(key, Number.class)
                .orElseThrow(() -> new IllegalArgumentException(key + " has no value"))
                .longValue();
    }

    /** A whole number, declared as INT or SHORT. */
    public int integer(String key) {
        return Math.toIntExact(number(key));
    }

    /** A number, declared as DOUBLE. */
    public double decimal(String key) {
        return value(key, Number.class)
                .orElseThrow(() -> new IllegalArgumentException(key + " has no value"))
                .doubleValue();
    }

    /** Yes or no. */
    public boolean flag(String key) {
        return value(key, Boolean.class).orElseThrow(() -> new IllegalArgumentException(key + " has no value"));
    }

    /** A time in milliseconds, from a key that ends in {@code .ms}. */
    public Duration duration(String key) {
        return Duration.ofMillis(number(key));
    }

    /** A list; empty where there is neither a value nor a default. */
    public List<String> list(String key) {
        return value(key, List.class).stream()
                .flatMap(items -> ((List<?>) items).stream())
                .map(String::valueOf)
                .toList();
    }

    /** A password that may be absent. */
    public Optional<Secret> secret(String key) {
        return value(key, Password.class).map(password -> new Secret(password.value()));
    }

    /**
     * The names for which a key of this template is set, for example the principals of {@code http.token.PRINCIPAL}.
     */
    public Set<String> namesOf(String template) {
        KeyTemplate shape = definition.templates().stream()
                .filter(candidate -> candidate.key().name.equals(template))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(template + " is not declared as a template"));
        Set<String> names = new TreeSet<>();
        values.keySet().forEach(key -> {
            if (!definition.keys().configKeys().containsKey(key)) {
                shape.nameIn(key).ifPresent(names::add);
            }
        });
        return names;
    }

    /** {@code kafka.*} without the prefix and without the bootstrap servers. */
    Map<String, Object> kafka() {
        return kafka;
    }

    /** Whether there was a value that could not be used, which is then already reported. */
    boolean isWrong(String key) {
        return given.contains(key) && !values.containsKey(key);
    }

    private <T> Optional<T> value(String key, Class<T> type) {
        Object value = values.get(key);
        if (value == null) {
            value = definition
                    .declarationOf(key)
                    .orElseThrow(() -> new IllegalArgumentException(key + " is not declared"))
                    .defaultValue;
        }
        if (value == null || value == ConfigDef.NO_DEFAULT_VALUE) {
            return Optional.empty();
        }
        if (!type.isInstance(value)) {
            throw new IllegalArgumentException(
                    key + " is a " + value.getClass().getSimpleName() + ", not a " + type.getSimpleName());
        }
        return Optional.of(type.cast(value));
    }

    /** Values as read, secrets hidden, defaults left out; for logs and {@code --check}. */
    public Map<String, String> shown() {
        Map<String, String> shown = new LinkedHashMap<>();
        new TreeMap<>(values).forEach((key, value) -> shown.put(key, String.valueOf(value)));
        new TreeMap<>(kafka)
                .forEach((key, value) ->
                        shown.put("kafka." + key, KafkaKeys.isSecret(key) ? "[hidden]" : String.valueOf(value)));
        return shown;
    }

    @Override
    public String toString() {
        return definition.service() + shown();
    }
}
