package io.shardsync.runtime.kafka;

import io.shardsync.runtime.config.CommonConfig;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.DescribeTransactionsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthorizationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Finds out before anything begins whether Kafka's ACLs allow a service what it does, all of it at once: a client is
 * told of one missing right after the other, and of some only hours later.
 */
public final class KafkaRightsCheck {
    private static final Logger log = LoggerFactory.getLogger(KafkaRightsCheck.class);
    private static final Duration CALL = Duration.ofSeconds(15);

    private final Admin admin;
    private final KafkaReach kafka;

    /** @param admin stays the caller's to close */
    public KafkaRightsCheck(Admin admin, CommonConfig config) {
        this.admin = admin;
        this.kafka = new KafkaReach(config);
    }

    /**
     * Nothing happens if all is allowed. What can't be found out, as on old brokers, counts as allowed.
     *
     * @throws KafkaProblem naming each right that is missing; or saying why Kafka can't be reached
     */
    public void require(KafkaRights rights) {
        kafka.ask(admin, KafkaReach.PATIENCE);
        List<String> missing = new ArrayList<>(topics(rights.topics()));
        missing.addAll(groups(rights.groups()));
        missing.addAll(transactionalIds(rights.transactionalIds()));
        missing.addAll(makes(rights.makes()));
        if (!missing.isEmpty()) {
            throw kafka.lacking(missing);
        }
    }

    private List<String> topics(Map<String, Set<AclOperation>> needed) {
        List<String> missing = new ArrayList<>();
        admin.describeTopics(
                        needed.keySet(),
                        new DescribeTopicsOptions()
                                .includeAuthorizedOperations(true)
                                .timeoutMs(millis()))
                .topicNameValues()
                .forEach((name, future) -> {
                    Set<AclOperation> lacking = EnumSet.copyOf(needed.get(name));
                    lacking.removeAll(allowed(name, future));
                    if (!lacking.isEmpty()) {
                        missing.add("topic " + name + ": " + words(lacking));
                    }
                });
        return missing.stream().sorted().toList();
    }

    /** All operations where nobody says otherwise. */
    private Collection<AclOperation> allowed(String topic, KafkaFuture<TopicDescription> future) {
        try {
            Set<AclOperation> told =
                    kafka.get(future, CALL, "describe topic " + topic).authorizedOperations();
            return told == null ? EnumSet.allOf(AclOperation.class) : told;
        } catch (KafkaProblem e) {
            return refused(e) ? Set.of() : EnumSet.allOf(AclOperation.class);
        }
    }

    private List<String> groups(Set<String> groups) {
        return refused(
                groups,
                admin.describeConsumerGroups(groups, new DescribeConsumerGroupsOptions().timeoutMs(millis()))
                        .describedGroups()::get,
                group -> "group " + group + ": Read");
    }

    private List<String> transactionalIds(Set<String> ids) {
        return refused(
                ids,
                admin.describeTransactions(ids, new DescribeTransactionsOptions().timeoutMs(millis()))::description,
                id -> "transactional id " + id + ": Write");
    }

    private List<String> makes(Set<String> prefixes) {
        return refused(
                prefixes,
                prefix -> admin.createTopics(
                                List.of(new NewTopic(prefix + "may-i-make-topics", 1, (short) 1)),
                                new CreateTopicsOptions().validateOnly(true).timeoutMs(millis()))
                        .all(),
                prefix -> "topics " + prefix + "*: Create");
    }

    private List<String> refused(
            Set<String> names, Function<String, KafkaFuture<?>> asked, Function<String, String> words) {
        return names.stream().filter(name -> refused(name, asked)).map(words).toList();
    }

    private boolean refused(String name, Function<String, KafkaFuture<?>> asked) {
        try {
            Object unused = kafka.get(asked.apply(name), CALL, "show the rights on " + name);
            return false;
        } catch (KafkaProblem e) {
            return refused(e);
        }
    }

    private static boolean refused(KafkaProblem problem) {
        boolean refused = problem.getCause() instanceof AuthorizationException;
        if (!refused) {
            log.debug("no answer about rights", problem);
        }
        return refused;
    }

    /** As Kafka's own tools spell them, {@code DescribeConfigs}. */
    private static String words(Set<AclOperation> operations) {
        return operations.stream()
                .map(operation -> Arrays.stream(operation.name().split("_"))
                        .map(word -> word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining()))
                .sorted()
                .collect(Collectors.joining(", "));
    }

    private static int millis() {
        return Math.toIntExact(CALL.toMillis());
    }
}
