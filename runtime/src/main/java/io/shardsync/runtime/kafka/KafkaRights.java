package io.shardsync.runtime.kafka;

import io.shardsync.schemas.topic.Topic;
import org.apache.kafka.common.acl.AclOperation;

import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a service does with Kafka, and so what its user must be allowed where there are ACLs.
 *
 * @param topics by full name
 * @param groups consumer groups it is a member of
 * @param transactionalIds under which it writes
 * @param makes beginnings of the names of topics that it makes, reads and writes for itself
 */
public record KafkaRights(
        Map<String, Set<AclOperation>> topics, Set<String> groups, Set<String> transactionalIds, Set<String> makes) {
    /** Sorts, so that messages are the same each time. */
    public KafkaRights {
        topics = new TreeMap<>(topics);
        groups = new TreeSet<>(groups);
        transactionalIds = new TreeSet<>(transactionalIds);
        makes = new TreeSet<>(makes);
    }

    /** Looking at topics and their settings, as every service does when it starts. */
    public static KafkaRights lookingAt(Collection<Topic<?, ?>> topics) {
        Map<String, Set<AclOperation>> operations = new TreeMap<>();
        topics.forEach(topic ->
                operations.put(topic.name(), EnumSet.of(AclOperation.DESCRIBE, AclOperation.DESCRIBE_CONFIGS)));
        return new KafkaRights(operations, Set.of(), Set.of(), Set.of());
    }

    /** The same and reading these. */
    public KafkaRights reading(Topic<?, ?>... read) {
        return also(AclOperation.READ, List.of(read));
    }

    /** The same and writing these. */
    public KafkaRights writing(Topic<?, ?>... written) {
        return also(AclOperation.WRITE, List.of(written));
    }

    private KafkaRights also(AclOperation operation, List<Topic<?, ?>> on) {
        Map<String, Set<AclOperation>> more = new TreeMap<>(topics);
        for (Topic<?, ?> topic : on) {
            Set<AclOperation> operations = EnumSet.of(operation);
            operations.addAll(more.getOrDefault(topic.name(), Set.of()));
            more.put(topic.name(), operations);
        }
        return new KafkaRights(more, groups, transactionalIds, makes);
    }

    /** The same as a member of this group. */
    public KafkaRights inGroup(String group) {
        Set<String> more = new TreeSet<>(groups);
        more.add(group);
        return new KafkaRights(topics, more, transactionalIds, makes);
    }

    /** The same in transactions under these ids. */
    public KafkaRights underTransactionalIds(Collection<String> ids) {
        Set<String> more = new TreeSet<>(transactionalIds);
        more.addAll(ids);
        return new KafkaRights(topics, groups, more, makes);
    }

    /** The same with topics of its own. */
    public KafkaRights making(String prefix) {
        Set<String> more = new TreeSet<>(makes);
        more.add(prefix);
        return new KafkaRights(topics, groups, transactionalIds, more);
    }
}
