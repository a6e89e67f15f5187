package io.shardsync.runtime.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Lays the three sources over each other and gives every value its key.
 *
 * <p>Environment variables are the difficult ones: {@code _} may stand for a dot, a hyphen or itself, so they are
 * looked up among the keys that can exist, the configured clusters' included, rather than translated.
 */
final class Sources {
    private static final String KAFKA = "kafka.";

    private final Definition definition;
    private final Map<String, String> file;
    private final Map<String, String> environment;
    private final Map<String, String> overrides;
    private final List<Problem> problems;
    private final Set<String> ignored = new TreeSet<>();

    Sources(
            Definition definition,
            Map<String, String> file,
            Map<String, String> environment,
            Map<String, String> overrides,
            List<Problem> problems) {
        this.definition = definition;
        this.file = file;
        this.environment = new TreeMap<>(environment);
        this.overrides = overrides;
        this.problems = problems;
    }

    /** Value by key; unknown keys are in it as well. */
    Map<String, String> merged() {
        Map<String, String> merged = new LinkedHashMap<>(file);
        merged.putAll(fromEnvironment());
        merged.putAll(overrides);
        return merged;
    }

    /** Environment variables that begin like ours and are left to others. */
    Set<String> ignored() {
        return ignored;
    }

    private Map<String, String> fromEnvironment() {
        Map<String, List<String>> keysByVariable = keysByVariable();
        Map<String, String> found = new LinkedHashMap<>();
        environment.forEach((variable, value) -> {
            // An empty variable is how Compose and CI hand over "not set".
            if (!variable.startsWith(EnvironmentNames.PREFIX) || value.isEmpty()) {
                return;
            }
            String name = variable.substring(EnvironmentNames.PREFIX.length());
            List<String> keys = keysByVariable.getOrDefault(name, List.of());
            if (keys.size() > 1) {
                problems.add(new Problem(
                        variable,
                        "a name that stands for " + String.join(" and ", keys),
                        "one of these keys in the configuration file instead"));
            } else if (keys.size() == 1) {
                found.put(keys.get(0), value);
            } else {
                keyOfOpenName(name).ifPresentOrElse(key -> found.put(key, value), () -> unknown(variable, name));
            }
        });
        return found;
    }

    private Map<String, List<String>> keysByVariable() {
        Map<String, List<String>> byVariable = new HashMap<>();
        definition.plainKeys().forEach(key -> add(byVariable, key.name));
        for (KeyTemplate template : definition.templates()) {
            if (template.namesCluster()) {
                clusters().forEach(cluster -> add(byVariable, template.with(cluster)));
            }
        }
        return byVariable;
    }

    private static void add(Map<String, List<String>> byVariable, String key) {
        byVariable
                .computeIfAbsent(EnvironmentNames.of(key), name -> new ArrayList<>())
                .add(key);
    }

    private Optional<String> keyOfOpenName(String name) {
        if (name.startsWith(EnvironmentNames.of(KAFKA))) {
            return Optional.of(name.toLowerCase(Locale.ROOT).replace('_', '.'));
        }
        return definition.templates().stream()
                .filter(template -> !template.namesCluster())
                .map(template -> template.keyOf(name))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private void unknown(String variable, String name) {
        String guess = name.toLowerCase(Locale.ROOT).replace('_', '.');
        if (EnvironmentNames.isForeign(name) || Areas.leaveToOthers(definition, guess)) {
            ignored.add(variable);
            return;
        }
        String allowed = Nearest.to(name, keysByVariable().keySet().stream(), Math.max(2, name.length() / 3))
                .map(nearest -> "a known setting; did you mean " + EnvironmentNames.PREFIX + nearest + "?")
                .orElse("a known setting");
        if (name.startsWith("CLUSTER_")) {
            allowed += " (clusters: " + (clusters().isEmpty() ? "none" : String.join(", ", clusters())) + ")";
        }
        problems.add(new Problem(variable, "an unknown setting", allowed));
    }

    private List<String> clusters() {
        String names = overrides.get(CommonKeys.CLUSTERS);
        if (names == null) {
            names = environment.getOrDefault(EnvironmentNames.PREFIX + "CLUSTERS", "");
        }
        if (names.isEmpty()) {
            names = file.getOrDefault(CommonKeys.CLUSTERS, "");
        }
        return Arrays.stream(names.split(","))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .distinct()
                .toList();
    }
}
