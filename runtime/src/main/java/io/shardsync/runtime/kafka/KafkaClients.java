package io.shardsync.runtime.kafka;

import io.shardsync.runtime.config.CommonConfig;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Makes Kafka clients. Layers, the later ones winning: what we choose, what the caller adds, {@code kafka.*} of the
 * configuration, {@code kafka.producer.*} (or {@code consumer}, {@code admin}) of the configuration. What safety rests
 * on can't be overridden: such a configuration was refused when it was read.
 *
 * <p>Each client is called {@code shardsync-SERVICE-PURPOSE}; give each client of one process a purpose of its own.
 */
public final class KafkaClients {
    /**
     * A broker that hangs has lost what it led to others after 9 s, by Kafka's default; whoever waits for its answer
     * any longer (30 s by default) judges and commands nothing meanwhile.
     *
     * <p>An admin client may notice a request without an answer only at the end of the whole call (60 s by default),
     * for it sleeps until then where nothing else wakes it; so a call of it takes no longer than one answer. Streams
     * waits for such calls while it shares out tasks, and asks again.
     */
    private static final int ANSWER_MS = 10_000;

    private final CommonConfig config;

    /** @param config whose Kafka is meant */
    public KafkaClients(CommonConfig config) {
        this.config = config;
    }

    /** A client to administer Kafka. */
    public Admin admin(String purpose) {
        return orExplain(() -> Admin.create(settings("admin", purpose, Map.of())));
    }

    /** A producer whose records arrive on all in-sync replicas, once and in order. */
    public <K, V> Producer<K, V> producer(String purpose, Serializer<K> keys, Serializer<V> values) {
        return producer(purpose, Optional.empty(), Map.of(), keys, values);
    }

    /**
     * Any producer.
     *
     * @param transactionalId full name, prefix included; whoever starts later under the same one fences the former
     * @param more settings on top of ours, for example {@code linger.ms}
     */
    public <K, V> Producer<K, V> producer(
            String purpose,
            Optional<String> transactionalId,
            Map<String, Object> more,
            Serializer<K> keys,
            Serializer<V> values) {
        Map<String, Object> settings = settings("producer", purpose, more);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        transactionalId.ifPresent(id -> settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, id));
        return orExplain(() -> new KafkaProducer<>(settings, keys, values));
    }

    /**
     * A consumer that sees committed records only, begins at the earliest, and commits when told.
     *
     * @param groupId full name, prefix included; empty for one that assigns its partitions itself
     * @param more settings on top of ours, for example {@code max.poll.records}
     */
    public <K, V> Consumer<K, V> consumer(
            String purpose,
            Optional<String> groupId,
            Map<String, Object> more,
            Deserializer<K> keys,
            Deserializer<V> values) {
        Map<String, Object> settings = settings("consumer", purpose, more);
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        groupId.ifPresent(id -> settings.put(ConsumerConfig.GROUP_ID_CONFIG, id));
        return orExplain(() -> new KafkaConsumer<>(settings, keys, values));
    }

    /** A consumer without further settings. */
    public <K, V> Consumer<K, V> consumer(
            String purpose, Optional<String> groupId, Deserializer<K> keys, Deserializer<V> values) {
        return consumer(purpose, groupId, Map.of(), keys, values);
    }

    /** Bootstrap servers and {@code kafka.*}, scopes included, for Kafka Streams, which knows these prefixes itself. */
    public Map<String, Object> streams() {
        Map<String, Object> settings = new HashMap<>(Map.of(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, ANSWER_MS));
        settings.putAll(config.kafkaClient());
        settings.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, config.bootstrap());
        if (!settings.containsKey(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG)) {
            Object answer = settings.get(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG);
            settings.putIfAbsent(
                    "admin." + CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG,
                    settings.getOrDefault("admin." + CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, answer));
        }
        return settings;
    }

    Map<String, Object> settings(String kind, String purpose, Map<String, Object> more) {
        Map<String, Object> settings = new HashMap<>();
        settings.put(CommonClientConfigs.CLIENT_ID_CONFIG, "shardsync-" + config.service() + "-" + purpose);
        settings.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, ANSWER_MS);
        settings.putAll(more);
        settings.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, config.bootstrap());
        config.kafkaClient().forEach((key, value) -> {
            if (!isScoped(key)) {
                settings.put(key, value);
            }
        });
        config.kafkaClient().forEach((key, value) -> {
            if (key.startsWith(kind + ".")) {
                settings.put(key.substring(kind.length() + 1), value);
            }
        });
        if (kind.equals("admin")) {
            settings.putIfAbsent(
                    CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG,
                    settings.get(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG));
        }
        return settings;
    }

    private static boolean isScoped(String key) {
        return key.startsWith("producer.") || key.startsWith("consumer.") || key.startsWith("admin.");
    }

    private <T> T orExplain(Make<T> make) {
        try {
            return make.it();
        } catch (KafkaException e) {
            Throwable reason = e.getCause() == null ? e : e.getCause();
            throw new KafkaProblem(
                    "no Kafka client can be made for " + config.bootstrap() + ": " + reason.getMessage()
                            + ". Check kafka.bootstrap.servers and the other kafka.* settings",
                    e);
        }
    }

    private interface Make<T> {
        T it();
    }
}
