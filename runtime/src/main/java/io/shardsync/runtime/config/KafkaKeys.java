package io.shardsync.runtime.config;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What may be said to the Kafka clients under {@code kafka.}, and what may not. */
public final class KafkaKeys {
    private static final Pattern SECRET =
            Pattern.compile("password|secret|jaas|keystore\\.key|token|credential|basic\\.auth");

    /** Settings that "exactly once" and "never twice" rest on, with the values that say what we say anyway. */
    private static final Map<String, Set<String>> FIXED = Map.ofEntries(
            Map.entry("isolation.level", Set.of("read_committed")),
            Map.entry("acks", Set.of("all", "-1")),
            Map.entry("enable.idempotence", Set.of("true")),
            Map.entry("enable.auto.commit", Set.of("false")),
            Map.entry("auto.offset.reset", Set.of("earliest")),
            Map.entry("processing.guarantee", Set.of("exactly_once_v2")),
            Map.entry("transactional.id", Set.of()),
            Map.entry("group.id", Set.of()),
            Map.entry("application.id", Set.of()),
            Map.entry("key.serializer", Set.of()),
            Map.entry("value.serializer", Set.of()),
            Map.entry("key.deserializer", Set.of()),
            Map.entry("value.deserializer", Set.of()));

    private KafkaKeys() {}

    /** Whether a client's setting (without {@code kafka.}) must not be shown. */
    public static boolean isSecret(String key) {
        return SECRET.matcher(key).find();
    }

    /**
     * Why this setting (without {@code kafka.}) is refused, if it is. {@code producer.acks} counts like {@code acks}.
     */
    static Optional<Problem> refusal(String key, String value) {
        return FIXED.entrySet().stream()
                .filter(fixed -> key.equals(fixed.getKey()) || key.endsWith("." + fixed.getKey()))
                .filter(fixed -> !fixed.getValue().contains(value))
                .map(fixed -> Problem.value(
                        "kafka." + key,
                        value,
                        fixed.getValue().isEmpty()
                                ? "not to be set: ShardSync chooses it"
                                : "only " + fixed.getValue().iterator().next()
                                        + ", since no record may be lost, doubled or read before it is committed"))
                .findFirst();
    }
}
