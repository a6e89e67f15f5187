package io.shardsync.runtime.config;

import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Everything one service understands: the common keys and its own.
 *
 * @param service the service's name, which is also the first segment of its own keys
 * @param keys all keys; a segment in capitals stands for a name of the user's choice
 * @param own only the service's own keys, for the reference
 * @param needsElasticsearch whether each cluster must have hosts
 * @param check finds what no single key can show; sees the defaults in place of values that are wrong by themselves
 */
public record Definition(
        String service,
        ConfigDef keys,
        ConfigDef own,
        boolean needsElasticsearch,
        Function<Settings, List<Problem>> check) {

    /**
     * The common keys and a service's own.
     *
     * @param httpPort default of {@code http.port}
     * @param own its own keys; they may use {@link Allowed} and templates such as {@code area.thing.NAME}
     */
    public static Definition of(String service, int httpPort, ConfigDef own) {
        ConfigDef all = CommonKeys.definition(httpPort);
        own.configKeys().values().forEach(all::define);
        return new Definition(service, all, own, false, settings -> List.of());
    }

    /** The same for a service that talks to Elasticsearch: at least one cluster, each with hosts. */
    public Definition needingElasticsearch() {
        return new Definition(service, keys, own, true, check);
    }

    /** The same with a check across keys. */
    public Definition checking(Function<Settings, List<Problem>> acrossKeys) {
        return new Definition(service, keys, own, needsElasticsearch, acrossKeys);
    }

    List<ConfigKey> plainKeys() {
        return keys.configKeys().values().stream()
                .filter(key -> KeyTemplate.of(key).isEmpty())
                .toList();
    }

    List<KeyTemplate> templates() {
        return keys.configKeys().values().stream()
                .map(KeyTemplate::of)
                .flatMap(Optional::stream)
                .toList();
    }

    /** How a key is declared, be it by itself or by a template. */
    Optional<ConfigKey> declarationOf(String name) {
        ConfigKey plain = keys.configKeys().get(name);
        if (plain != null && KeyTemplate.of(plain).isEmpty()) {
            return Optional.of(plain);
        }
        return templates().stream()
                .filter(template -> template.nameIn(name).isPresent())
                .map(KeyTemplate::key)
                .findFirst();
    }

    /** The declared names, for suggestions. */
    Stream<String> names() {
        return keys.configKeys().keySet().stream();
    }
}
