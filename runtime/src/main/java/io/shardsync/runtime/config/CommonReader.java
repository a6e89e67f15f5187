package io.shardsync.runtime.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Puts the common keys into records. Must get along with wrong settings, since checks still look at the rest. */
final class CommonReader {
    private CommonReader() {}

    static CommonConfig read(Settings settings) {
        return new CommonConfig(
                settings.definition().service(),
                settings.optionalString(CommonKeys.KAFKA_BOOTSTRAP).orElse(""),
                settings.kafka(),
                new TopicsConfig(
                        settings.string(CommonKeys.TOPICS_PREFIX),
                        settings.flag(CommonKeys.TOPICS_CREATE),
                        settings.integer(CommonKeys.TOPICS_PARTITIONS),
                        (short) settings.integer(CommonKeys.TOPICS_REPLICATION_FACTOR)),
                new HttpConfig(
                        settings.string(CommonKeys.HTTP_HOST),
                        settings.integer(CommonKeys.HTTP_PORT),
                        settings.secret(CommonKeys.HTTP_TOKEN),
                        byName(settings, CommonKeys.HTTP_TOKEN_OF, key -> settings.secret(key))),
                Path.of(settings.string(CommonKeys.STATE_DIR)),
                settings.list(CommonKeys.CLUSTERS).stream()
                        .distinct()
                        .map(name -> cluster(settings, name))
                        .toList(),
                new HealingModes(
                        HealingMode.of(settings.string(CommonKeys.HEALING_MODE)),
                        byName(settings, CommonKeys.CLUSTER_HEALING_MODE, mode(settings)),
                        byName(settings, CommonKeys.HEALING_MODE_OF, mode(settings))));
    }

    private static Function<String, Optional<HealingMode>> mode(Settings settings) {
        return key -> settings.optionalString(key).map(HealingMode::of);
    }

    private static <T> Map<String, T> byName(
            Settings settings, String template, Function<String, Optional<T>> valueOf) {
        Map<String, T> values = new HashMap<>();
        for (String name : settings.namesOf(template)) {
            valueOf.apply(named(template, name)).ifPresent(value -> values.put(name, value));
        }
        return values;
    }

    private static ClusterConfig cluster(Settings settings, String name) {
        return new ClusterConfig(
                name,
                hosts(settings.list(named(CommonKeys.CLUSTER_HOSTS, name))),
                credentials(settings, name),
                settings.optionalString(named(CommonKeys.CLUSTER_CA_FILE, name)).map(Path::of),
                settings.duration(named(CommonKeys.CLUSTER_INTERVAL, name)));
    }

    private static List<URI> hosts(List<String> addresses) {
        return addresses.stream()
                .map(address -> address.endsWith("/") ? address.substring(0, address.length() - 1) : address)
                .map(URI::create)
                .distinct()
                .toList();
    }

    private static Credentials credentials(Settings settings, String name) {
        Optional<Secret> apiKey = settings.secret(named(CommonKeys.CLUSTER_API_KEY, name));
        if (apiKey.isPresent()) {
            return new Credentials.ApiKey(apiKey.get());
        }
        return settings.optionalString(named(CommonKeys.CLUSTER_USERNAME, name))
                .<Credentials>map(user -> new Credentials.Basic(
                        user,
                        settings.secret(named(CommonKeys.CLUSTER_PASSWORD, name))
                                .orElse(new Secret(""))))
                .orElseGet(Credentials.None::new);
    }

    static String named(String template, String name) {
        return template.replaceFirst("NAME|PRINCIPAL|CAUSE", name);
    }
}
