package io.shardsync.runtime.kafka;

import io.shardsync.runtime.config.CommonConfig;
import io.shardsync.runtime.config.TopicsConfig;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Sees to it that topics are there and are what they must be. */
public final class TopicAdmin {
    private static final Logger log = LoggerFactory.getLogger(TopicAdmin.class);

    private static final Duration CALL = Duration.ofSeconds(15);

    /** New topics need leaders, and every broker has to hear of them. */
    private static final Duration APPEAR = Duration.ofSeconds(30);

    private static final Duration PAUSE = Duration.ofMillis(100);

    private final Admin admin;
    private final TopicsConfig topics;
    private final KafkaReach kafka;

    /** @param admin stays the caller's to close */
    public TopicAdmin(Admin admin, CommonConfig config) {
        this.admin = admin;
        this.topics = config.topics();
        this.kafka = new KafkaReach(config);
    }

    /**
     * Creates what is missing, waits until it can be used, and checks everything. Several services may do so at once.
     *
     * @throws KafkaProblem naming every topic that is missing (where none may be created) or wrong, with what was found
     *     and what is expected; or saying why Kafka can't be reached
     */
    public void ensure(List<TopicSpec> specs) {
        kafka.ask(admin, KafkaReach.PATIENCE);
        List<TopicSpec> missing = missing(specs);
        if (!missing.isEmpty() && !topics.create()) {
            throw new KafkaProblem(missing.stream()
                    .map(spec -> "  " + spec.name() + ": found no topic; expected " + words(spec))
                    .collect(Collectors.joining("\n", "these topics are missing, and topics.create is false:\n", "")));
        }
        create(missing);
        Map<String, TopicDescription> found = awaitAll(specs);
        if (!missing.isEmpty()) {
            awaitLed(found);
        }
        check(specs, found);
    }

    private List<TopicSpec> missing(List<TopicSpec> specs) {
        Map<String, TopicDescription> found = describe(specs);
        return specs.stream().filter(spec -> !found.containsKey(spec.name())).toList();
    }

    private Map<String, TopicDescription> describe(List<TopicSpec> specs) {
        List<String> names = specs.stream().map(TopicSpec::name).toList();
        Map<String, TopicDescription> found = new HashMap<>();
        admin.describeTopics(names, new DescribeTopicsOptions().timeoutMs(millis()))
                .topicNameValues()
                .forEach((name, future) -> getUnlessUnknown(future, "describe topic " + name)
                        .ifPresent(description -> found.put(name, description)));
        return found;
    }

    private void create(List<TopicSpec> missing) {
        if (missing.isEmpty()) {
            return;
        }
        List<NewTopic> wanted = missing.stream()
                .map(spec -> new NewTopic(spec.name(), spec.partitions(), topics.replicationFactor())
                        .configs(spec.allConfigs()))
                .toList();
        List<String> refused = new ArrayList<>();
        admin.createTopics(wanted, new CreateTopicsOptions().timeoutMs(millis()))
                .values()
                .forEach((name, creation) -> {
                    if (!awaitCreated(name, creation)) {
                        refused.add("topic " + name + ": Create");
                    }
                });
        if (!refused.isEmpty()) {
            throw kafka.lacking(refused.stream().sorted().toList());
        }
    }

    /** False where the ACLs don't allow it. */
    private boolean awaitCreated(String name, KafkaFuture<Void> creation) {
        try {
            kafka.get(creation, CALL, "create topic " + name);
            log.atInfo().addKeyValue("topic", name).log("topic created");
            return true;
        } catch (KafkaProblem e) {
            if (e.getCause() instanceof TopicAuthorizationException) {
                return false;
            }
            if (e.getCause() instanceof InvalidReplicationFactorException) {
                throw new KafkaProblem(
                        e.getMessage() + ". Check topics.replication.factor, found " + topics.replicationFactor()
                                + "; allowed: at most the number of brokers, or -1 for the brokers' default",
                        e.getCause());
            }
            // Another service was quicker; whether it made the same topic is checked afterwards.
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
            return true;
        }
    }

    private Map<String, TopicDescription> awaitAll(List<TopicSpec> specs) {
        long deadline = System.nanoTime() + APPEAR.toNanos();
        while (true) {
            Map<String, TopicDescription> found = describe(specs);
            List<String> waiting = specs.stream()
                    .map(TopicSpec::name)
                    .filter(name -> !found.containsKey(name) || !hasLeaders(found.get(name)))
                    .toList();
            if (waiting.isEmpty()) {
                return found;
            }
            if (System.nanoTime() - deadline > 0) {
                throw new KafkaProblem("after " + APPEAR.toSeconds() + " s these topics still have partitions without a"
                        + " leader, or are not known to all brokers: " + String.join(", ", waiting));
            }
            pause();
        }
    }

    /**
     * Everybody may know of a leader before it does itself. Of the first two requests of a producer such a one can
     * refuse one and take two, and from then on it refuses the first as out of order, although it asks for it again and
     * again: for two minutes nothing is written, then records are lost (KAFKA-15591). A leader says where a partition
     * ends only once it leads it.
     */
    private void awaitLed(Map<String, TopicDescription> found) {
        Map<TopicPartition, OffsetSpec> ends = found.values().stream()
                .flatMap(topic -> topic.partitions().stream()
                        .map(partition -> new TopicPartition(topic.name(), partition.partition())))
                .collect(Collectors.toMap(Function.identity(), partition -> OffsetSpec.latest()));
        ListOffsetsOptions options = new ListOffsetsOptions().timeoutMs(Math.toIntExact(APPEAR.toMillis()));
        kafka.get(admin.listOffsets(ends, options).all(), APPEAR, "see the new topics led");
    }

    private static boolean hasLeaders(TopicDescription topic) {
        return topic.partitions().stream()
                .allMatch(partition ->
                        partition.leader() != null && !partition.leader().isEmpty());
    }

    private void check(List<TopicSpec> specs, Map<String, TopicDescription> found) {
        Map<String, String> policies = policies(specs);
        List<String> wrong = new ArrayList<>();
        for (TopicSpec spec : specs) {
            int partitions = found.get(spec.name()).partitions().size();
            if (partitions != spec.partitions()) {
                wrong.add("  " + spec.name() + ": found " + partitions + " partitions; expected " + spec.partitions()
                        + " (topics.partitions, the same in every service, fixed at birth)");
            }
            String policy = policies.get(spec.name());
            if (!spec.hasPolicy(policy)) {
                wrong.add(
                        "  " + spec.name() + ": found cleanup.policy=" + policy + "; expected " + spec.cleanupPolicy());
            }
        }
        if (!wrong.isEmpty()) {
            throw new KafkaProblem("these topics are not what they must be:\n" + String.join("\n", wrong));
        }
    }

    private Map<String, String> policies(List<TopicSpec> specs) {
        Map<ConfigResource, TopicSpec> resources = specs.stream()
                .collect(Collectors.toMap(
                        spec -> new ConfigResource(ConfigResource.Type.TOPIC, spec.name()),
                        Function.identity(),
                        (one, same) -> one,
                        LinkedHashMap::new));
        Map<String, String> policies = new HashMap<>();
        long deadline = System.nanoTime() + APPEAR.toNanos();
        // The broker that is asked may not have heard of a topic that another one already leads.
        while (policies.size() < resources.size()) {
            admin.describeConfigs(resources.keySet(), new DescribeConfigsOptions().timeoutMs(millis()))
                    .values()
                    .forEach((resource, future) -> getUnlessUnknown(
                                    future, "describe the settings of topic " + resource.name())
                            .map(TopicAdmin::policy)
                            .ifPresent(policy -> policies.put(resource.name(), policy)));
            if (policies.size() < resources.size()) {
                if (System.nanoTime() - deadline > 0) {
                    throw new KafkaProblem("Kafka shows no settings for some of " + resources.keySet());
                }
                pause();
            }
        }
        return policies;
    }

    private static String policy(Config config) {
        return config.get("cleanup.policy").value();
    }

    private <T> Optional<T> getUnlessUnknown(KafkaFuture<T> future, String doing) {
        try {
            return Optional.of(kafka.get(future, CALL, doing));
        } catch (KafkaProblem e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static String words(TopicSpec spec) {
        return spec.partitions() + " partitions, cleanup.policy=" + spec.cleanupPolicy()
                + spec.retention()
                        .map(time -> ", retention.ms=" + time.toMillis())
                        .orElse("");
    }

    private static int millis() {
        return Math.toIntExact(CALL.toMillis());
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaProblem("interrupted while waiting for topics", e);
        }
    }
}
