package io.shardsync.runtime.config;

import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.apache.kafka.common.config.ConfigException;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Turns text into typed values, key by key, so that one wrong value doesn't hide the next. */
final class Parser {
    private static final String KAFKA = "kafka.";

    private final Definition definition;
    private final SecretReferences references;
    private final List<Problem> problems;
    private final Map<String, Object> values = new HashMap<>();
    private final Map<String, Object> kafka = new HashMap<>();
    private final Set<String> ignored = new TreeSet<>();

    Parser(Definition definition, SecretReferences references, List<Problem> problems) {
        this.definition = definition;
        this.references = references;
        this.problems = problems;
    }

    Map<String, Object> values() {
        return values;
    }

    Map<String, Object> kafka() {
        return kafka;
    }

    Set<String> ignored() {
        return ignored;
    }

    void parse(Map<String, String> raw) {
        new TreeMap<>(raw).forEach(this::parse);
        for (ConfigKey key : definition.plainKeys()) {
            if (!key.hasDefault() && !raw.containsKey(key.name)) {
                problems.add(Problem.missing(key.name, allowed(key)));
            }
        }
    }

    private void parse(String name, String raw) {
        Optional<ConfigKey> declared = definition.declarationOf(name);
        if (declared.isEmpty() && !name.startsWith(KAFKA)) {
            unknown(name);
            return;
        }
        String text;
        try {
            text = references.resolve(raw);
        } catch (SecretReferences.Unresolved e) {
            problems.add(Problem.value(name, e.reference(), "a reference to something that exists and can be read"));
            return;
        }
        if (declared.isPresent()) {
            parse(name, text, declared.get());
        } else {
            String key = name.substring(KAFKA.length());
            KafkaKeys.refusal(key, text).ifPresentOrElse(problems::add, () -> kafka.put(key, text));
        }
    }

    private void parse(String name, String text, ConfigKey key) {
        boolean secret = key.type == ConfigDef.Type.PASSWORD;
        if (secret && text.isBlank()) {
            problems.add(Problem.value(name, text, "a secret of at least one character, or no such line"));
            return;
        }
        try {
            Object value = ConfigDef.parseType(name, text, key.type);
            if (key.validator != null) {
                key.validator.ensureValid(name, value);
            }
            values.put(name, value);
        } catch (ConfigException wrong) {
            problems.add(secret ? Problem.secret(name, allowed(key)) : Problem.value(name, text, allowed(key)));
        }
    }

    private void unknown(String name) {
        if (Areas.leaveToOthers(definition, name)) {
            ignored.add(name);
            return;
        }
        String allowed = Nearest.to(name, definition.names(), Math.max(2, name.length() / 3))
                .map(nearest -> "a known key; did you mean " + nearest + "?")
                .orElse("a known key");
        problems.add(new Problem(name, "an unknown key", allowed));
    }

    static String allowed(ConfigKey key) {
        if (key.validator != null) {
            return key.validator.toString();
        }
        return switch (key.type) {
            case BOOLEAN -> "true or false";
            case INT, SHORT, LONG -> "a whole number";
            case DOUBLE -> "a number";
            case LIST -> "a list, separated by commas";
            case CLASS -> "the name of a class";
            case PASSWORD -> "a secret";
            case STRING -> "text";
        };
    }
}
